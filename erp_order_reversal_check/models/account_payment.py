from odoo import api, models
from odoo.fields import Domain

from ..const import PAYMENT_IN_FORCE


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "settlement.check.mixin"]
    # A second payment of a customer over the same amount is looked for with each one.
    _settlement_check_alike_idx = models.Index(
        "(partner_id, amount) WHERE payment_type = 'inbound' "
        "AND partner_type = 'customer'"
    )

    def _settlement_check_domain(self):
        return (
            Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", ("draft", *PAYMENT_IN_FORCE))
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Guard payments that are recorded as they are created."""
        payments = super().create(vals_list)
        payments._settlement_guard_recording()
        return payments

    def write(self, vals):
        """Guard recording on every path: `action_post`, or a written state.

        Afterwards, as the host writes entry and state together, and only the entry
        tells what is written off.
        """
        recording = self.browse()
        if vals.get("state") in PAYMENT_IN_FORCE:
            recording = self.filtered(lambda payment: payment.state == "draft")
        result = super().write(vals)
        recording._settlement_guard_recording()
        return result

    def _settlement_guard_recording(self):
        """:raise UserError: a blocker holds one of the payments that are in force"""
        in_force = self.filtered(lambda payment: payment.state in PAYMENT_IN_FORCE)
        in_force._settlement_guard(self.env._("%s can't be recorded yet:"))
