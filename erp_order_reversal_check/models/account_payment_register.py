from odoo import api, fields, models
from odoo.fields import Command

from ..check import facts
from .settlement_check_mixin import GivenReason


class AccountPaymentRegister(models.TransientModel):
    """The payment is compared with its invoices before it is recorded."""

    _inherit = "account.payment.register"

    settlement_check_reason = fields.Char(
        "Accept Because",
        help="Why the payment is right all the same. It is kept in the audit log.",
    )
    settlement_check_differs = fields.Boolean(compute="_compute_actionable_errors")

    @api.depends(
        "amount",
        "currency_id",
        "group_payment",
        "journal_id",
        "line_ids",
        "partner_id",
        "payment_date",
        "payment_difference_handling",
    )
    def _compute_actionable_errors(self):
        res = super()._compute_actionable_errors()
        for wizard in self:
            alerts, wizard.settlement_check_differs = wizard._get_settlement_alerts()
            wizard.actionable_errors = {**(wizard.actionable_errors or {}), **alerts}
        return res

    def _is_settlement_checked(self):
        return (
            self.payment_type == "inbound"
            and self.partner_type == "customer"
            and bool(self.line_ids.move_id)
        )

    def _get_settlement_alerts(self):
        """What differs on the invoices, and on the payment that would be made.

        :return: (dict as `actionable_errors` shows it, whether the payment differs, and
            the user may say why it is right)
        """
        if not self._is_settlement_checked():
            return {}, False
        invoices = self.line_ids.move_id._origin
        check = self.env["settlement.check"]
        found = check._check(invoices)
        items = [item for move in invoices for item in found[move.id]]
        alerts = invoices[:1]._to_alerts(items)
        if "settlement_accept" in alerts:
            last = alerts["settlement_accept"]
            last["action"] = invoices.action_accept_differences()
            if invoices._may_accept([item for item in items if not item.accepted]):
                # Why the payment is right is a field of the dialog itself.
                last["message"] = self.env._("If what is invoiced is right:")
        planned = check._check_planned(invoices, self._get_planned_payment())
        for item, (message, remedy) in zip(planned, check._words(planned), strict=True):
            alerts[f"settlement_{item.code}"] = {
                "level": "danger" if item.severity == "blocker" else "warning",
                "message": f"{message} {remedy}",
            }
        # A reason helps nobody who may not accept what would be refused.
        return alerts, bool(planned) and invoices._may_accept(planned)

    def _get_planned_payment(self):
        """The payment that would be made, as `facts` has it.

        Several payments at once are made by the host, each of what is open.
        """
        alone = self.can_edit_wizard and (self.group_payment or len(self.line_ids) == 1)
        amount = self.amount or 0.0
        settles = amount
        if self.payment_difference_handling == "reconcile":
            settles += self.payment_difference
        return facts.Payment(
            0,
            self.company_id.id,
            "draft",
            self.partner_id.id,
            self.partner_id.commercial_partner_id.id,
            self.currency_id.id,
            self.payment_date or fields.Date.context_today(self),
            amount,
            settles,
            settles,
            shown_on=("account.move", self.line_ids.move_id._origin[:1].id),
            is_amount_known=alone,
        )

    def _init_payments(self, to_process, edit_mode=False):
        """Tell each payment its invoices at once, so that it is compared with them."""
        checked = self._is_settlement_checked()
        for item in to_process if checked else []:
            invoices = item["to_reconcile"].move_id
            item["create_vals"].setdefault("invoice_ids", [Command.set(invoices.ids)])
        reason = checked and (self.settlement_check_reason or "").strip()
        if not reason:
            return super()._init_payments(to_process, edit_mode=edit_mode)
        accepting = self.with_context(settlement_check_reason=GivenReason(reason))
        payments = super(AccountPaymentRegister, accepting)._init_payments(
            to_process, edit_mode=edit_mode
        )
        for item in to_process:
            item["payment"] = item["payment"].with_env(self.env)
        payments = payments.with_env(self.env)
        differing = payments.filtered(
            lambda payment: any(
                not item.accepted for item in payment._get_differences()
            )
        )
        if differing:
            differing.accept_differences(reason)
        return payments
