from odoo import models

from ...plan import Limits


class AccountMoveLine(models.Model):
    """Kept money is matched up to the amount that a person chose."""

    _inherit = "account.move.line"

    def _prepare_reconciliation_plan(
        self, plan, amls_values_map, shadowed_aml_values=None
    ):
        """Override to match no more of a journal item than its limit.

        The host matches all that is open on both sides. It works on a copy of what is
        open, which is lowered here; what is beyond the limit stays open.
        """
        limits = self.env.context.get("order_settlement_limits")
        if isinstance(limits, Limits):
            amls_values_map = {
                line: line._lower_residual(values, limits)
                for line, values in amls_values_map.items()
            }
        return super()._prepare_reconciliation_plan(
            plan, amls_values_map, shadowed_aml_values=shadowed_aml_values
        )

    def _lower_residual(self, values, limits):
        """The values of one journal item, with no more open than its limit.

        :param dict values: `amount_residual` and `amount_residual_currency`, signed
        :param Limits limits: positive, in the currency of each item
        """
        limit = limits.get(self.id)
        residual = values["amount_residual_currency"]
        if limit is None or self.currency_id.compare_amounts(limit, abs(residual)) >= 0:
            return values
        part = limit / abs(residual)
        company = self.company_currency_id
        return {
            **values,
            "amount_residual_currency": limit if residual > 0 else -limit,
            "amount_residual": company.round(values["amount_residual"] * part),
        }
