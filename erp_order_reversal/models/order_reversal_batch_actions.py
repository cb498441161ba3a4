from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from .order_reversal_batch import ROOTS

# As many as this are carried out at once, in the request.
DIRECT_LIMIT = 30
# As many reversals as this are created in the request, the others in the background.
CREATE_LIMIT = 500


class OrderReversalBatch(models.Model):
    """What a person does with a batch."""

    _inherit = "order.reversal.batch"

    def action_start(self):
        """Start: a few dozen are carried out at once, more in the background.

        :raise AccessError: a document may not be read
        :raise UserError: nothing is selected, or a note is missing
        :return: an action that shows the batch
        """
        self.check_access("write")
        self._check_owner()
        self._check_state("draft")
        for batch in self:
            batch._check_startable()
            batch._engine().write(
                {"state": "running", "started_on": fields.Datetime.now()}
            )
            batch._create_reversals(limit=CREATE_LIMIT)
            batch._start_work()
        return self._get_records_action(target="current")

    def _check_startable(self):
        self.ensure_one()
        if not self._get_roots():
            raise UserError(
                self.env._(
                    "Nothing is selected. Select orders, invoices or payments in their "
                    "list, then choose “Reverse…”."
                )
            )
        for _root, records in self._get_roots():
            records.check_access("read")
        if not self.reason_id.active:
            raise UserError(
                self.env._(
                    "The reason “%s” is archived. Choose another one.",
                    self.reason_id.name,
                )
            )
        if self.note_required and not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "The reason “%s” has to be explained. Write what happened in the "
                    "explanation.",
                    self.reason_id.name,
                )
            )

    def _start_work(self):
        """In this request if they are few, else by the scheduler."""
        self.ensure_one()
        if self.queued_count <= DIRECT_LIMIT:
            self._work_in_request()
        else:
            self._start_background()

    def _start_background(self):
        """Let others work on it; override point for other schedulers."""
        # sudo: to wake up the scheduler takes no right of the user's.
        self.env.ref("erp_order_reversal.cron_batch").sudo()._trigger()

    def action_pause(self):
        """Stop after what is being carried out right now."""
        self._change("running", "paused")
        return True

    def action_resume(self):
        """Go on with what is left."""
        self._change("paused", "running")
        for batch in self:
            batch._start_work()
        return True

    def action_retry(self):
        """Try again what failed."""
        self.check_access("write")
        self._check_owner()
        self._check_state("running", "paused", "done", "cancelled")
        for batch in self:
            failed = batch._get_reversals("failed")
            if not failed:
                continue
            failed._set_state("queued", error=False)
            batch._engine().write({"state": "running", "finished_on": False})
            batch._start_work()
        return True

    def action_cancel(self):
        """Leave the rest as it is: what is done stays done."""
        self.check_access("write")
        self._check_owner()
        self._check_state("draft", "running", "paused")
        for batch in self:
            rest = batch._get_reversals("draft", "queued")
            busy = rest - rest.try_lock_for_update(allow_referencing=True)
            rest -= busy
            if rest:
                rest._set_state("cancelled")
                self.env["order.reversal.log"]._record(
                    [
                        {"event": "cancelled", "reversal": reversal, "record": reversal}
                        for reversal in rest
                    ]
                )
            batch._engine().write(
                {"state": "cancelled", "finished_on": fields.Datetime.now()}
            )
            batch._send_progress()
        return True

    def action_view_reversals(self):
        """All results as a list, or those of one state (context)."""
        self.ensure_one()
        state = self.env.context.get("batch_state")
        domain = [("batch_id", "=", self.id)]
        if state:
            domain.append(("state", "=", state))
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "order.reversal",
            "view_mode": "list,form",
            "domain": domain,
        }

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _change(self, present, target):
        self.check_access("write")
        self._check_owner()
        self._check_state(present)
        self._engine().write({"state": target})
        for batch in self:
            batch._send_progress()

    def _check_owner(self):
        """:raise AccessError: neither the owner nor a manager"""
        manager = self.env.user.has_group("erp_order_reversal.group_reversal_manager")
        foreign = self.filtered(lambda batch: batch.requester_id != self.env.user)
        if foreign and not manager:
            raise AccessError(
                self.env._(
                    "%(names)s belongs to %(owners)s. Only they or a reversal manager "
                    "may do that.",
                    names=", ".join(foreign.mapped("name")),
                    owners=", ".join(foreign.requester_id.mapped("name")),
                )
            )

    def _get_reversals(self, *states):
        """The reversals of this batch in one of the states, oldest first."""
        return self.env["order.reversal"].search(
            [("batch_id", "in", self.ids), ("state", "in", states)], order="id"
        )

    def _create_reversals(self, limit=None):
        """Create the reversals of documents that have none in this batch yet.

        :param int limit: about as many as this, all by default
        :return: int, how many were created
        """
        self.ensure_one()
        missing = self._get_missing(limit)
        for part in split_every(1000, missing, list):
            self._create_queued(part)
        return len(missing)

    def _create_queued(self, nodes):
        """Create queued reversals of documents that the owner may read.

        :param list nodes: [(field of the reversal, id, number of the group)]
        """
        model = self.env["order.reversal"]
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._request_fields - set(ROOTS.values())
        }
        engine = model._engine_env(model).with_context(mail_create_nosubscribe=True)
        names = engine._get_next_names(len(nodes))
        engine.create(
            [
                {
                    **values,
                    root: record_id,
                    "name": name,
                    "state": "queued",
                    "batch_id": self.id,
                    "batch_group": group,
                    "requester_id": self.requester_id.id,
                }
                for (root, record_id, group), name in zip(nodes, names, strict=True)
            ]
        )
