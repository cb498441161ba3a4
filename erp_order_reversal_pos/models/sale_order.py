from odoo import models


class SaleOrder(models.Model):
    """What of an order went over the till."""

    _inherit = "sale.order"

    def _reversal_till_lines(self):
        """Lines of the till that settled these orders: `pos.order.line`."""
        return self.pos_order_line_ids | self.order_line.pos_order_line_ids

    def _reversal_related(self, plan):
        """Override to bring in what the till sold of these orders."""
        related = super()._reversal_related(plan)
        if plan.reaches("invoice"):
            related.append(self._reversal_till_lines()._reversal_standing().order_id)
        return related

    def _reversal_findings(self, plan):
        """Override: what the till took, only the till gives back."""
        super()._reversal_findings(plan)
        if not plan.reaches("payment"):
            return plan
        for order in self:
            lines = order._reversal_till_lines()
            if not plan.reaches("invoice"):
                for pos_order in lines._reversal_standing().order_id:
                    pos_order._reversal_block(plan, order)
            for pos_order in lines.order_id.filtered(lambda o: o.state == "draft"):
                plan.warn(
                    "open_at_till",
                    self.env._(
                        "%(order)s is open at the till, as %(pos_order)s.",
                        order=order.name,
                        pos_order=pos_order._reversal_name(),
                    ),
                    order,
                    remedy=self.env._("Whoever is at the till has to drop it there."),
                )
        return plan
