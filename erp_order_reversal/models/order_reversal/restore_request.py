from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...plan import without_words


class OrderReversal(models.Model):
    """Four eyes for a restore: one person asks, another one approves.

    The reversal stays done meanwhile: `undo_requester_id` says that it waits.
    """

    _inherit = "order.reversal"

    undo_requester_id = fields.Many2one(
        "res.users", "Restore Asked by", readonly=True, copy=False
    )
    undo_data = fields.Json(
        readonly=True, copy=False, help="The documents when the restore was asked for."
    )

    @api.depends("undo_requester_id")
    def _compute_can_approve(self):
        return super()._compute_can_approve()

    @api.depends("undo_requester_id")
    def _compute_changes(self):
        return super()._compute_changes()

    def _waits(self):
        return super()._waits() or self._waits_for_undo()

    def _waits_for_undo(self):
        return self.state == "done" and bool(self.undo_requester_id)

    def _get_requester(self):
        if self._waits_for_undo():
            return self.undo_requester_id
        return super()._get_requester()

    def _ask_undo(self):
        """Ask for a second person where the policy wants one.

        :return: bool, whether the reversal waits now
        :raise AccessError: by whoever asked for it before
        :raise UserError: the documents changed since
        """
        if self._waits_for_undo():
            self._check_undo_request()
            return False
        if not self._needs_approval():
            return False
        self._engine_env(self).write(
            {"undo_requester_id": self.env.uid, "undo_data": self._get_undo_data()}
        )
        self.message_subscribe(self.env.user.partner_id.ids)
        self._ask_approvers()
        self._record_undo("requested")
        return True

    def _get_activity_values(self):
        values = super()._get_activity_values()
        if self._waits_for_undo():
            values["summary"] = self.env._("Restore the order")
        return values

    def _get_undo_data(self):
        """What a restore works on, as it is now: the shape of a frozen plan."""
        documents = {}
        for step in self.step_ids:
            for model, record_id in (
                (step.res_model, step.res_id),
                (step.result_model, step.result_id),
            ):
                # sudo: read for a comparison, as the plan does.
                record = self.env[model].sudo().browse(record_id) if model else None
                if (
                    record
                    and record.exists()
                    and hasattr(record, "_reversal_fingerprint")
                ):
                    documents[f"{model},{record_id}"] = {
                        "name": record.display_name,
                        **record._reversal_fingerprint(),
                    }
        return {"documents": documents}

    def _get_changes(self):
        if not self._waits_for_undo():
            return super()._get_changes()
        now = self._get_undo_data()
        if without_words(now) == without_words(self.undo_data):
            return []
        return self._describe_changes(self.undo_data, now)

    def _check_undo_request(self):
        if self.undo_requester_id == self.env.user:
            raise AccessError(
                self.env._(
                    "You asked to restore %s yourself, so somebody else has to "
                    "approve it.",
                    self.name,
                )
            )
        changes = self._get_changes()
        if changes:
            raise self._error(
                self.env._(
                    "%(name)s can't be restored, because the documents changed since "
                    "%(requester)s asked for it:\n%(changes)s\n"
                    "Reject it, and have it asked for again.",
                    name=self.name,
                    requester=self.undo_requester_id.name,
                    changes="\n".join(changes),
                )
            )
        self._record_undo("approved")

    def action_approve(self):
        """Approve requests, and requests to restore."""
        waiting = self.filtered(lambda reversal: reversal._waits_for_undo())
        requests = self - waiting
        if requests:
            super(OrderReversal, requests).action_approve()
        if waiting:
            waiting._check_may_decide()
            waiting._restore()
        return True

    def _finish_undo(self):
        result = super()._finish_undo()
        if self.undo_requester_id not in (self.env.user, self.env["res.users"]):
            reader = self.with_context(lang=self.undo_requester_id.lang)
            self._tell_undo_requester(
                reader.env._(
                    "Approved by %s: the order is settled again.", self.env.user.name
                )
            )
        return result

    def _reject(self, reason):
        waiting = self.filtered(lambda reversal: reversal._waits_for_undo())
        result = super(OrderReversal, self - waiting)._reject(reason)
        for reversal in waiting:
            reader = reversal.with_context(lang=reversal.undo_requester_id.lang)
            reversal._tell_undo_requester(
                reader.env._(
                    "%(user)s declined to settle the order again: %(reason)s",
                    user=self.env.user.name,
                    reason=reason,
                )
            )
            reversal._record_undo("rejected", reason=reason)
        waiting._close_undo_request()
        return result

    def _tell_undo_requester(self, body):
        self.message_post(body=body, partner_ids=self.undo_requester_id.partner_id.ids)

    def _withdraw(self):
        waiting = self.filtered(lambda reversal: reversal._waits_for_undo())
        result = super(OrderReversal, self - waiting)._withdraw()
        for reversal in waiting:
            reversal._record_undo("cancelled")
        waiting._close_undo_request()
        return result

    def _close_undo_request(self):
        self._engine_env(self).write({"undo_requester_id": False, "undo_data": False})
        self._finish_approval_activities()

    def _record_undo(self, event, **detail):
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": event,
                    "reversal": self,
                    "record": self,
                    "detail": {"undo": True, **detail},
                }
            ]
        )
