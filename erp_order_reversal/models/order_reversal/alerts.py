from odoo import api, fields, models
from odoo.tools import format_datetime

from ...checks import check_one


class OrderReversal(models.Model):
    """How a reversal stands, told in one place on top of its form; and what is next."""

    _inherit = "order.reversal"

    alerts = fields.Json(
        compute="_compute_alerts", help="What to know before anything else is read."
    )
    credit_left = fields.Monetary(
        compute="_compute_credit_left", help="Of the money kept, what is still open."
    )

    @api.depends("state", "error", "verify_state", "fingerprint", "approval_note")
    @api.depends_context("uid", "lang")
    def _compute_alerts(self):
        for reversal in self:
            reversal.alerts = [
                {"level": level, "title": title, "text": text or ""}
                for level, title, text in reversal._get_alerts()
            ]

    def _get_alerts(self):
        """What to know of it; override point.

        :return: list of (level of Bootstrap's alerts, title, text)
        """
        self.ensure_one()
        alerts = []
        if self.error:
            alerts.append(("danger", self.env._("It was not carried out:"), self.error))
        if self.verify_state == "broken":
            title = self.env._("The books differ from this reversal:")
            alerts.append(("danger", title, self.verify_detail))
        if self.changes:
            title = self.env._(
                "The documents changed since the approval was asked for. Send it back, "
                "or reject it and have it asked for again:"
            )
            alerts.append(("warning", title, self.changes))
        elif self.state == "to_approve":
            alerts.append(("info", self._get_waiting_title(), self._get_waiting_text()))
        elif self.state == "rejected":
            title = self.env._("Rejected, nothing was changed:")
            alerts.append(("info", title, self.rejection_reason))
        elif self.state == "cancelled":
            alerts.append(("info", self.env._("Withdrawn, nothing was changed."), ""))
        elif self.state == "undone":
            title = self.env._("Restored: the order is settled again.")
            alerts.append(("warning", title, self._get_restored_text()))
        if self.approval_note and self.state in ("draft", "failed"):
            title = self.env._("A second person has to approve it:")
            alerts.append(("info", title, self.approval_note))
        return alerts

    def _get_waiting_title(self):
        asked = self.requested_on or self.create_date
        return self.env._(
            "%(user)s asked for it on %(date)s. Nothing was changed yet.",
            user=self.requester_id.name,
            date=format_datetime(self.env, asked, dt_format="short"),
        )

    def _get_waiting_text(self):
        if self.can_approve:
            action = self.env._("Check what happens below, then approve or reject.")
        else:
            action = self.env._("It is carried out as soon as an approver agrees.")
        return "\n".join(filter(None, (action, self.approval_note)))

    def _get_restored_text(self):
        return self.env._(
            "By %(user)s on %(date)s: %(restore)s.",
            user=self.undone_by_id.name or "",
            restore=self.restored_by_id.name or "",
            date=format_datetime(self.env, self.undone_on, dt_format="short"),
        )

    # ------------------------------------------------------------------
    # What comes next
    # ------------------------------------------------------------------

    @api.depends("state", "amount_credit", "step_ids.res_id")
    def _compute_credit_left(self):
        for reversal in self:
            left = 0.0
            for payment in reversal._get_kept_payments():
                _liquidity, counterpart, _write_off = payment._seek_for_lines()
                left += abs(sum(counterpart.mapped("amount_residual")))
            reversal.credit_left = min(left, reversal.amount_credit)

    def _get_kept_payments(self):
        """Payments whose money this reversal kept, and which is still open."""
        self.ensure_one()
        # sudo: the amounts alone, for whoever may read the reversal.
        payments = self.env["account.payment"].sudo()
        if self.state != "done" or not self.amount_credit:
            return payments
        released = self.step_ids.filtered(
            lambda step: step.operation == "release"
            and step.res_model == "account.payment"
        )
        return (
            payments.browse(released.mapped("res_id"))
            .exists()
            .filtered(lambda payment: payment.move_id and not payment.is_reconciled)
        )

    def action_refund_credit(self):
        """Open the dialog that pays back the money which this reversal kept.

        :raise UserError: nothing of it is left
        """
        check_one(self)
        payment = self._get_kept_payments()[:1].sudo(False)
        if not payment:
            raise self._error(
                self.env._(
                    "Nothing of the money that %s kept is left to pay back.", self.name
                )
            )
        action = payment.action_open_reversal()
        action["context"] = {
            **action["context"],
            "default_payment_method": "refund",
            "default_reason_id": self.reason_id.id,
        }
        return action
