from odoo import api, models


class OrderReversalPlan(models.AbstractModel):
    """Purchases answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `purchase.order` answers as a document."""
        return (*super()._get_known_models(), "purchase.order")
