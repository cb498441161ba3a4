from odoo import models


class SaleOrder(models.Model):
    """An order that is manufactured for."""

    _inherit = "sale.order"

    def _reversal_related(self, plan):
        """Override to bring in the manufacturing orders that were made for these."""
        related = super()._reversal_related(plan)
        if plan.reaches("draft"):
            related.append(self.mrp_production_ids)
        return related

    def _reversal_obstacles_cancel(self, step, plan):
        """Override: one that stayed is no reason not to make another one."""
        result = super()._reversal_obstacles_cancel(step, plan)
        for production in self.mrp_production_ids:
            if production.state != "done":
                plan.warn(
                    "made_again",
                    self.env._(
                        "%(production)s still stands: confirming %(order)s again may "
                        "make another one.",
                        production=production.display_name,
                        order=self.name,
                    ),
                    self,
                    remedy=self.env._("Cancel the one that is too much."),
                )
            elif self._reversal_gives_back(production):
                plan.warn(
                    "made_again",
                    self.env._(
                        "What %(production)s made has come back: confirming %(order)s "
                        "again may make another one.",
                        production=production.display_name,
                        order=self.name,
                    ),
                    self,
                    remedy=self.env._("Cancel the new one, and deliver what is there."),
                )
        return result

    def _reversal_gives_back(self, production):
        """Whether less than was ordered of what was made is with the customer."""
        return any(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0
            for line in self.order_line
            if line.product_id == production.product_id
        )
