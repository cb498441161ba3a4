import logging
import time
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...exceptions import DocumentsBusyError
from .busy import Busy

_logger = logging.getLogger(__name__)


# As many reversals as this are carried out together, and committed together. It bounds
# memory, what a failure costs, and how long the journal's sequence is locked.
CHUNK = 50


# So many reversals are created at a time, and again when fewer wait: several workers
# then never run out of them while one creates more, which others see at its commit.
AHEAD = 10 * CHUNK


# So often a chunk is tried again when another transaction got in its way.
TRIES = 5


class OrderReversalBatch(models.Model):
    """Working through a batch: chunk by chunk, a commit each, as who asked for it.

    Nothing is kept beside the database: whoever works on a batch takes queued
    reversals under a lock that ends with the transaction. A worker that dies leaves
    its chunk queued.
    """

    _inherit = "order.reversal.batch"

    @api.model
    def _cron_process(self):
        """Work on all running batches in turn, as long as the scheduler allows."""
        if self.search([("state", "=", "running")], order="id")._process():
            self._search_rehearsals()._process_rehearsals()

    def _process(self):
        """Work through what is queued, in this process, a commit a chunk.

        :return: True if nothing is left to do
        """
        # sudo: the scheduler's work; each chunk is carried out as who asked for it.
        batches = self.sudo()
        busy = Busy()
        while batches:
            for batch in batches:
                worked, left = batch._work_step(busy)
                if not worked and not busy.wait(batch):
                    batches -= batch
                if not left:
                    return False
        return all(batch.state != "running" for batch in self)

    def _work_step(self, busy):
        """Carry out one chunk and commit it; try again if others got in its way.

        :param Busy busy: reversals that wait for somebody else
        :return: (int, how many were worked on; seconds left)
        """
        self.ensure_one()
        for tries in range(1, 2 * TRIES + 1):
            try:
                # A chunk that is disturbed again and again goes one by one.
                worked = self._work_chunk(busy, CHUNK if tries <= TRIES else 1)
                return worked, self._commit_work(worked)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if tries == 2 * TRIES or not self._can_commit():
                    raise
                self.env.cr.rollback()
                self.env.transaction.reset()
                time.sleep(0.1 * (tries % TRIES) ** 2)
        return 0, 0.0

    def _work_in_request(self):
        """Carry out all that is queued; the request commits, or tries all again."""
        busy = Busy(tries=1)
        while self._work_chunk(busy):
            continue

    def _work_chunk(self, busy, size=None):
        """Carry out one chunk of what is queued.

        :param Busy busy: reversals that wait for somebody else
        :return: int, how many reversals were worked on; 0 if none is left for us
        """
        self.ensure_one()
        self.invalidate_recordset()
        if self.state != "running":
            return 0
        self._create_missing()
        taken = self._take_chunk(busy, size or CHUNK)
        if not taken:
            # Another worker is creating them: there is more to do after its commit.
            busy.coming = self._count_created() < self.queued_count
            self._finish()
            return 0
        runner = taken.with_env(self._get_asker_env(taken))
        failed = self._run_chunk(runner, busy)
        runner._send_open_refunds()
        # Last, as nobody else appends to the log from then on until the commit.
        for reversal, message in failed.items():
            reversal.invalidate_recordset()
            reversal._mark_failed(message)
        self._send_progress()
        if not self.queued_count:
            # In the same breath: the job's time may be used up with this chunk.
            self._finish()
        return len(taken)

    def _commit_work(self, worked):
        """Commit, where the host may.

        :return: seconds left in this run of the scheduler
        """
        if not self._can_commit():
            self.env.flush_all()
            return float("inf")
        remaining = self.env["order.reversal"].search_count(
            [("batch_id.state", "=", "running"), ("state", "=", "queued")]
        )
        left = self.env["ir.cron"]._commit_progress(worked, remaining=remaining)
        # What was read belongs to the finished transaction; memory stays flat.
        self.env.invalidate_all()
        return left

    @api.model
    def _can_commit(self):
        """Whether what is done may be committed at once, as the host says."""
        return self.env["account.move"]._can_commit()

    def _create_missing(self):
        """Create a part of the reversals that the start left to the background."""
        queued = self._count_created()
        if (
            queued >= AHEAD
            or queued >= self.queued_count
            or not self.try_lock_for_update(allow_referencing=True)
        ):
            return
        # Who locks it next with a snapshot of before tries again, and finds them.
        self.env.execute_query(
            SQL(
                "UPDATE order_reversal_batch SET write_date = write_date "
                "WHERE id = %s RETURNING id",
                self.id,
            )
        )
        self._create_reversals(limit=AHEAD)

    def _count_created(self):
        """How many reversals wait, beside the documents that have none yet."""
        return self.env["order.reversal"].search_count(
            [("batch_id", "=", self.id), ("state", "=", "queued")]
        )

    def _take_chunk(self, busy, size):
        """Lock queued reversals of one company and asker that nobody else works on.

        The first queued one of a group stands for all of it: who locks it takes the
        group.
        """
        model = self.env["order.reversal"]
        domain = [("batch_id", "=", self.id), ("state", "=", "queued")]
        if waiting := model.browse(busy.now):
            groups = [group for group in waiting.mapped("batch_group") if group]
            domain += [
                ("id", "not in", waiting.ids),
                ("batch_group", "not in", groups),
            ]
        queued = model.search(
            domain, order="company_id, batch_group, id", limit=20 * CHUNK
        )
        queued = queued.filtered(
            lambda r: r.company_id == queued[0].company_id
            and r.requester_id == queued[0].requester_id
        )
        groups = queued.grouped(lambda r: r.batch_group or -r.id)
        first = model.union(*(members[0] for members in groups.values()))
        locked = first.try_lock_for_update(allow_referencing=True, limit=size)
        taken = model.union(*(groups[r.batch_group or -r.id] for r in locked))[:size]
        # Their first ones are ours, so nobody but a person holds any of the others.
        return taken.try_lock_for_update(allow_referencing=True)

    def _get_asker_env(self, reversals):
        """The environment of whoever pressed start, resume or retry for these.

        :param reversals: `order.reversal` of one company and one requester
        """
        asker, company = reversals.requester_id, reversals.company_id
        return self.env(
            user=asker.id,
            su=False,
            context={
                "lang": asker.lang,
                "tz": asker.tz,
                "allowed_company_ids": [company.id] + (asker.company_ids - company).ids,
            },
        )

    def _run_chunk(self, reversals, busy):
        """Carry out all at once; what can't be costs the others as little as possible.

        :return: {reversal: why it failed}; such a one changed nothing
        """
        if not reversals:
            return {}
        try:
            with self.env.cr.savepoint():
                return reversals._submit_queued()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except DocumentsBusyError as error:
            known = error.waiting
            waiting = reversals.filtered(lambda r: r.id in known) or reversals
            failed = {
                reversal: known.get(reversal.id, str(error))
                for reversal in waiting
                if busy.add(reversal)
            }
            return {**failed, **self._run_chunk(reversals - waiting, busy)}
        except Exception as error:
            if len(reversals) == 1:
                if isinstance(error, ConcurrencyError) and not busy.add(reversals):
                    # Not known what it was; each chunk sees what is there by then.
                    return {}
                reversals._note_refusal(error)
                if not isinstance(error, UserError):
                    _logger.warning("%s failed", reversals.name, exc_info=error)
                    return {reversals: self._get_unexpected_text(error)}
                return {reversals: str(error)}
            _logger.info("%s goes on in halves after: %s", self.name, error)
        half = len(reversals) // 2
        return {
            **self._run_chunk(reversals[:half], busy),
            **self._run_chunk(reversals[half:], busy),
        }

    def _get_unexpected_text(self, error):
        return self.env._(
            "Something unexpected happened, so nothing of it was changed (%(error)s). "
            "Retry it; if it fails again, ask your administrator: the server's log "
            "has the details.",
            error=f"{type(error).__name__}: {error}",
        )

    def _finish(self):
        """Close the batch when nobody works on it any more, and tell its owner."""
        if self.env["order.reversal"].search_count(
            [("batch_id", "=", self.id), ("state", "=", "queued")], limit=1
        ) or not self.try_lock_for_update(allow_referencing=True):
            return
        self._engine().write({"state": "done", "finished_on": fields.Datetime.now()})
        self._send_progress()
        self._ask_approvers()
        self._tell_assigned()
        self._notify_owner()

    def _ask_approvers(self):
        """One activity for each approver, whatever the number of reversals."""
        waiting = self._get_reversals("to_approve")
        of_approver = defaultdict(waiting.browse)
        for reversal, approvers in waiting._get_approvers_each().items():
            for approver in approvers:
                of_approver[approver] |= reversal
        for approver, reversals in of_approver.items():
            reader = self.with_context(lang=approver.lang)
            reader.activity_schedule(
                "erp_order_reversal.mail_activity_approve",
                user_id=approver.id,
                date_deadline=reversals[:1]._get_deadline(),
                note=reader.env._(
                    "Reversals waiting for approval: %s.", len(reversals)
                ),
            )

    def _finish_approval_activities(self):
        """Close them once nothing waits any more."""
        for batch in self:
            if not batch._get_reversals("to_approve"):
                # sudo: the activities of all approvers end, not only one's own.
                batch.sudo().activity_unlink(
                    ["erp_order_reversal.mail_activity_approve"]
                )

    def _tell_assigned(self):
        """Tell whom its reversals gave work, each person once for all of them."""
        for batch in self:
            # sudo: what was assigned to others, told by who asked; nobody twice.
            given = self.env["mail.activity"].with_user(batch.requester_id).sudo()
            given = given.search([("reversal_batch_id", "=", batch.id)])
            given.reversal_batch_id = False
            given._reversal_tell(batch.requester_id)

    def _notify_owner(self):
        """Tell the owner what became of it."""
        self.ensure_one()
        batch = self.with_context(lang=self.requester_id.lang)
        body = batch.env._(
            "%(name)s is finished: %(done)s done, %(failed)s failed, %(waiting)s "
            "waiting for approval.",
            name=self.name,
            done=self.done_count,
            failed=self.failed_count,
            waiting=self.waiting_count,
        )
        batch.message_notify(
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=self.requester_id.partner_id.ids,
            subject=self.name,
            body=body,
        )
        self.requester_id._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": body,
                "type": "warning" if self.failed_count else "success",
            },
        )

    def _send_progress(self):
        """Tell the web client of the owner how far it is; sent with the commit."""
        self.ensure_one()
        self.invalidate_recordset(
            ["done_count", "failed_count", "waiting_count", "queued_count", "progress"]
        )
        self.requester_id._bus_send(
            "order_reversal_batch",
            {
                "id": self.id,
                "state": self.state,
                "progress": self.progress,
                "done": self.done_count,
                "failed": self.failed_count,
            },
        )
