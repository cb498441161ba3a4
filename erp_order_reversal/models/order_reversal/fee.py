from odoo import fields, models
from odoo.tools import formatLang

from ...plan import CreditData


class OrderReversal(models.Model):
    """What the customer is charged for taking back, by the reason."""

    _inherit = "order.reversal"

    amount_fee = fields.Monetary(
        "Fee Charged",
        readonly=True,
        copy=False,
        help="With taxes. It is taken off the credit note.",
    )

    def _plan_vals(self, plan):
        """Override to add up the fees of the credit notes."""
        fees = [
            {"amount": fee.total, "currency_id": step.get("currency_id")}
            for step in plan.steps
            if step["operation"] == "credit"
            for fee in (CreditData.from_json(step.get("data")).fee,)
            if fee
        ]
        return {**super()._plan_vals(plan), "amount_fee": self._amount(plan, fees)}

    def _get_act_parts(self):
        """Override to name the fee."""
        parts = super()._get_act_parts()
        if self.amount_fee and not self.restores_id:
            fee = formatLang(self.env, self.amount_fee, currency_obj=self.currency_id)
            parts.append(self.env._("charge a fee of %s", fee))
        return parts
