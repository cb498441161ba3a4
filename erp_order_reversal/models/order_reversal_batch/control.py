from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import split_every

from ...checks import check_one, check_type
from .record import ROOTS

# As many as this are carried out at once, in the request.
DIRECT_LIMIT = 30


# As many reversals as this are created in the request, the others in the background.
CREATE_LIMIT = 500


class OrderReversalBatch(models.Model):
    """What a person does with a batch: start, pause, resume, retry, cancel, restore."""

    _inherit = "order.reversal.batch"

    can_control = fields.Boolean(compute="_compute_can_control")

    @api.depends("requester_id")
    @api.depends_context("uid")
    def _compute_can_control(self):
        """Whether the user may pause it, let it go on, retry or cancel it."""
        manager = self.env.user.has_group("erp_order_reversal.group_reversal_manager")
        for batch in self:
            batch.can_control = manager or batch.requester_id == self.env.user

    def action_start(self):
        """Start: a few dozen are carried out at once, more in the background.

        :raise AccessError: a document may not be read
        :raise UserError: nothing is selected, or a note is missing
        :return: an action that shows the batch
        """
        self.check_access("write")
        self._check_state("draft")
        self._check_own_draft()
        for batch in self:
            batch._check_startable()
            batch._engine().write(
                {
                    "state": "running",
                    "started_on": fields.Datetime.now(),
                    "runner_id": self.env.uid,
                }
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

    def _take_over(self, reversals):
        """Whoever lets them go on asks for them from then on, and is on record for it.

        :param reversals: `order.reversal` of this batch, not carried out
        """
        self.ensure_one()
        foreign = reversals.filtered(lambda r: r.requester_id != self.env.user)
        if not foreign:
            return
        # sudo: the names of users, which not everybody may read.
        names = sorted(foreign.sudo().requester_id.mapped("name"))
        self.env["order.reversal"]._engine_env(foreign).write(
            {"requester_id": self.env.uid}
        )
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "taken_over",
                    "company": company,
                    "record": self,
                    "detail": {"from": names, "reversals": of_company.mapped("name")},
                }
                for company, of_company in foreign.grouped("company_id").items()
            ]
        )

    def action_pause(self):
        """Stop after what is being carried out right now."""
        self._change("running", "paused")
        return True

    def action_resume(self):
        """Go on with what is left."""
        self._change("paused", "running")
        for batch in self:
            batch._take_over(batch._get_reversals("queued"))
            batch._engine().write({"runner_id": self.env.uid})
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
            batch._take_over(failed)
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
            batch._tell_assigned()
        return True

    def action_restore(self):
        """Settle again all that the batch took back, by a batch of its own.

        What can't be restored any more fails by itself, with the reason; what needs
        approval waits for it.

        :raise AccessError: no reversal manager
        :raise UserError: it is not finished, restores another one, or has nothing left
        :return: an action that shows the new batch
        """
        check_one(self)
        self.check_access("read")
        done = self._get_reversals("done")
        done._check_may_restore()
        self._check_state("done", "cancelled")
        if self.restores_batch_id or not done:
            raise UserError(
                self.env._(
                    "Nothing that %s took back is left to restore. Open its documents "
                    "to see what became of them.",
                    self.name,
                )
            )
        batch = self._create_restoring(done._last_first())
        batch._start_work()
        return batch._get_records_action(target="current")

    def _create_restoring(self, reversals):
        """A running batch that restores these reversals, in this order.

        :param reversals: done ones of this batch, the last one first
        """
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in ("scope", "invoice_method", "payment_method", "company_id")
        }
        for root, name in ROOTS.items():
            values[name] = [Command.set(reversals[root].ids)]
        batch = self._engine().create(
            {
                **values,
                "reason_id": reversals[0]._get_restore_reason().id,
                "restores_batch_id": self.id,
                "requester_id": self.env.uid,
                "runner_id": self.env.uid,
                "state": "running",
                "started_on": fields.Datetime.now(),
            }
        )
        # From the user's hands: who presses is who asks.
        batch = self.browse(batch.id)
        engine = reversals._engine_env(self.env["order.reversal"])
        engine.with_context(mail_create_nosubscribe=True).create(
            [
                {
                    **reversals._get_restore_values(reversal.id),
                    "restores_id": reversal.id,
                    "reason_id": batch.reason_id.id,
                    "name": name,
                    "state": "queued",
                    "batch_id": batch.id,
                    "batch_group": reversal.batch_group,
                    "requester_id": self.env.uid,
                }
                for reversal, name in zip(
                    reversals, reversals._get_next_names(len(reversals)), strict=True
                )
            ]
        )
        return batch

    def _get_member_sequence(self):
        """The sequence that numbers the reversals of the batch; override point."""
        return self.env["order.reversal"]._get_sequence()

    def action_view_reversals(self, state=None):
        """All results as a list, or those of one state.

        :param str state: key of the state of a reversal
        """
        check_one(self)
        check_type(self.env, state or "", str, "state")
        self.check_access("read")
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

    def _change(self, present, target):
        self.check_access("write")
        self._check_owner()
        self._check_state(present)
        self._engine().write({"state": target})
        for batch in self:
            batch._send_progress()

    def _check_owner(self):
        """:raise AccessError: neither the owner nor a manager"""
        foreign = self.filtered(lambda batch: not batch.can_control)
        if foreign:
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
        """Create queued reversals of documents, for whoever started or resumed.

        :param list nodes: [(field of the reversal, id, number of the group)]
        """
        model = self.env["order.reversal"]
        values = self._get_passed_values()
        of_root = defaultdict(list)
        for root, record_id, _group in nodes:
            of_root[root].append(record_id)
        parts = {
            (root, record_id): part
            for root, ids in of_root.items()
            for record_id, part in self._get_part_values(
                self.env[self._fields[ROOTS[root]].comodel_name].browse(ids)
            ).items()
        }
        engine = model._engine_env(model).with_context(mail_create_nosubscribe=True)
        names = engine._get_next_names(len(nodes), self._get_member_sequence())
        engine.create(
            [
                {
                    **values,
                    **parts.get((root, record_id), {}),
                    root: record_id,
                    "name": name,
                    "state": "queued",
                    "batch_id": self.id,
                    "batch_group": group,
                    "requester_id": (self.runner_id or self.requester_id).id,
                }
                for (root, record_id, group), name in zip(nodes, names, strict=True)
            ]
        )
