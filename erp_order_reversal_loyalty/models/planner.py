from odoo import api, models


class OrderReversalPlan(models.AbstractModel):
    """Cards answer with the order."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: the order answers for its cards."""
        return (*super()._get_known_models(), "loyalty.")
