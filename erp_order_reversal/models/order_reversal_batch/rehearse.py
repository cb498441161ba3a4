import time

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...engine import Rehearsal
from .busy import Busy
from .work import TRIES

# As many documents as this are tried out together, and rolled back together.
PART = 20


class OrderReversalBatch(models.Model):
    """A batch tried out before it starts: what it would do, document by document.

    The scheduler does what the batch would do, as whoever opened it, rolls it back, and
    keeps what it found: nothing else of it stays.
    """

    _inherit = "order.reversal.batch"

    rehearsal_state = fields.Selection(
        [("running", "Running"), ("done", "Finished")],
        "Rehearsal",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    # [[field of the reversal, id, number of the group]], in the order of the work.
    rehearsal_todo = fields.Json(readonly=True, copy=False)
    rehearsal = fields.Json(
        "What a rehearsal found",
        readonly=True,
        copy=False,
        help="As the assessment, and `rows`: what becomes of the books.",
    )
    rehearsal_html = fields.Html(compute="_compute_rehearsal_html", sanitize=False)
    rehearsal_progress = fields.Float(
        compute="_compute_rehearsal_progress", help="In percent."
    )

    @api.depends("rehearsal")
    @api.depends_context("lang")
    def _compute_rehearsal_html(self):
        reversals = self.env["order.reversal"]
        for batch in self:
            rows = (batch.rehearsal or {}).get("rows")
            batch.rehearsal_html = rows and reversals._render_rows(
                rows, batch.company_id.currency_id
            )

    @api.depends("rehearsal")
    def _compute_rehearsal_progress(self):
        for batch in self:
            found = batch.rehearsal or {}
            total = found.get("total")
            batch.rehearsal_progress = (
                100.0 * found["checked"] / total if total else 0.0
            )

    def write(self, vals):
        """Override: what was rehearsed is no longer what is asked for."""
        result = super().write(vals)
        if not self._is_engine() and self._request_fields & set(vals):
            self.filtered("rehearsal_state")._forget_rehearsal()
        return result

    def _forget_rehearsal(self):
        if self:
            self._engine().write(
                {"rehearsal_state": False, "rehearsal_todo": False, "rehearsal": False}
            )

    def action_rehearse(self):
        """Try out in the background what the batch would do, and list what it says.

        :raise AccessError: a document may not be read, or it is somebody else's batch
        :raise UserError: it was started, or nothing is selected
        :return: an action that shows the batch
        """
        self.check_access("write")
        self._check_state("draft")
        self._check_own_draft()
        for batch in self:
            batch._check_startable()
            todo = batch._get_missing()
            batch._engine().write(
                {
                    "rehearsal_state": "running",
                    "rehearsal_todo": todo,
                    "rehearsal": batch._finish_found(batch._start_found(len(todo))),
                }
            )
        # sudo: to wake up the scheduler takes no right of the user's.
        self.env.ref("erp_order_reversal.cron_batch").sudo()._trigger()
        return self._get_records_action(target="current")

    # ------------------------------------------------------------------
    # The scheduler's work
    # ------------------------------------------------------------------

    @api.model
    def _search_rehearsals(self):
        domain = [("state", "=", "draft"), ("rehearsal_state", "=", "running")]
        return self.search(domain, order="id")

    def _process_rehearsals(self):
        """Go on with rehearsals in turn, a commit a part.

        :return: True if nothing is left to do
        """
        # sudo: the scheduler's work; each part is tried out as who asked for it.
        batches = self.sudo()
        while batches:
            for batch in batches:
                tried = batch._try_part()
                if not tried:
                    batches -= batch
                if not batch._commit_work(tried):
                    return False
        return True

    def _try_part(self):
        """Try out the next documents; again, if others got in the way.

        :return: int, how many
        """
        self.ensure_one()
        for tries in range(1, TRIES + 1):
            try:
                return self._rehearse_next()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if tries == TRIES or not self._can_commit():
                    raise
                self.env.cr.rollback()
                self.env.transaction.reset()
                time.sleep(0.1 * tries**2)
        return 0

    def _rehearse_next(self):
        self.invalidate_recordset()
        # Whoever starts or changes it meanwhile waits for the end of this part.
        if not self.try_lock_for_update(allow_referencing=True):
            return 0
        self.invalidate_recordset()
        if self.state != "draft" or self.rehearsal_state != "running":
            return 0
        known = self.rehearsal
        part = self._get_next_part(known["checked"])
        found = self._rehearse_documents(part)
        done = known["checked"] + len(part) >= len(self.rehearsal_todo)
        self._engine().write(
            {
                "rehearsal": self._add_found(known, found),
                **(
                    {"rehearsal_state": "done", "rehearsal_todo": False} if done else {}
                ),
            }
        )
        self._send_rehearsal()
        return len(part)

    def _get_next_part(self, start):
        """The documents to try out next: those that hang together stay together."""
        todo = self.rehearsal_todo
        end = min(start + PART, len(todo))
        while 0 < end < len(todo) and todo[end][2] and todo[end][2] == todo[end - 1][2]:
            end += 1
        return todo[start:end]

    def _rehearse_documents(self, nodes):
        """What would become of these documents, each as the batch would do it.

        :param list nodes: [(field of the reversal, id, number of the group)]
        :return: dict, see `_start_found`
        """
        self.ensure_one()
        rehearsal = Rehearsal()
        found = self._start_found(len(nodes))
        reversals = self.env["order.reversal"]
        with reversals._keeping_nothing():
            batch = self.with_env(reversals._rehearsing(rehearsal).env)
            batch._create_queued(nodes)
            queued = batch._get_reversals("queued")
            for _company, of_company in queued.grouped("company_id").items():
                runner = of_company.with_env(self._get_asker_env(of_company))
                runner = runner._rehearsing(rehearsal)
                texts = batch._run_chunk(runner, Busy(tries=1))
                # sudo: amounts and partners of what is rolled back.
                for reversal in runner.sudo():
                    reversal._count_rehearsed(found, rehearsal, texts.get(reversal))
        return self._finish_found(found)

    def _send_rehearsal(self):
        """Tell the web client of the owner how far it is; sent with the commit."""
        self.requester_id._bus_send(
            "order_reversal_batch",
            {
                "id": self.id,
                "state": self.state,
                "progress": self.rehearsal_progress,
            },
        )


class OrderReversal(models.Model):
    _inherit = "order.reversal"

    def _count_rehearsed(self, found, rehearsal, text):
        """Add this one to what a rehearsal of many found.

        :param dict found: see `order.reversal.batch._start_found`, updated
        :param Rehearsal rehearsal: knows what became of it
        :param str text: why it can't be done, or None
        """
        self.ensure_one()
        batch = self.env["order.reversal.batch"]
        found["checked"] += 1
        if text is not None:
            refused = rehearsal.refused.get(self.id)
            busy = {"code": "busy", "message": text, "remedy": ""}
            batch._count_refused(found, self, refused or busy)
            return
        batch._count_ready(found, self, self.id in rehearsal.waiting)
        for row in rehearsal.rows.get(self.id, ()):
            amount, period = row["amount"], row["period"]
            key = (row["kind"], period)
            found["rows"][key] = found["rows"].get(key, 0.0) + amount
            if row["kind"] in ("tax", "cash"):
                found[row["kind"]] -= amount
            # With their taxes, as a plan counts them.
            if row["kind"] in ("revenue", "tax"):
                found["months"][period] = found["months"].get(period, 0.0) - amount

    def _get_root_row(self):
        """[model, id, name] of the root, as a list shows it."""
        self.ensure_one()
        root = self._get_root()
        return [
            root._name if root else False,
            root._origin.id if root else False,
            self.root_name or "",
        ]
