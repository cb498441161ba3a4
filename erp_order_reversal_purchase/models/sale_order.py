from odoo import models


class SaleOrder(models.Model):
    """An order that was bought for."""

    _inherit = "sale.order"

    def _reversal_related(self, plan):
        """Override to bring in the purchases that were made for these orders."""
        related = super()._reversal_related(plan)
        if plan.reaches("draft"):
            related.append(
                self._get_purchase_orders().filtered(
                    lambda purchase: purchase.state != "cancel"
                )
            )
        return related
