from odoo import models


class SaleOrder(models.Model):
    """An order that rents booths."""

    _inherit = "sale.order"

    def _reversal_related(self, plan):
        """Override to bring in the booths of these orders."""
        related = super()._reversal_related(plan)
        if plan.reaches("draft"):
            related.append(self.event_booth_ids)
        return related
