from odoo import models


class SaleOrder(models.Model):
    """An order with repairs."""

    _inherit = "sale.order"

    def _reversal_related(self, plan):
        """Override to bring in the repairs of these orders."""
        related = super()._reversal_related(plan)
        if plan.reaches("draft"):
            related.append(
                self.repair_order_ids.filtered(lambda repair: repair.state != "cancel")
            )
        return related


class SaleOrderLine(models.Model):
    """A line that a repair delivers."""

    _inherit = "sale.order.line"

    def _cancel_repair_order(self):
        """Override: a reversal cancels those that it planned to, by itself."""
        lines = self.browse() if self.env["order.reversal"]._is_running() else self
        return super(SaleOrderLine, lines)._cancel_repair_order()

    def _reversal_comes_back(self):
        """Override: parts stay in what was repaired."""
        # sudo: whether there is a repair, whoever may read it.
        return super()._reversal_comes_back() and not self.move_ids.sudo().repair_id
