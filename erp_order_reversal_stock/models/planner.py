from odoo import api, models


class OrderReversalPlan(models.AbstractModel):
    """Transfers answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `stock.picking` answers as a document, for its moves, too."""
        return (*super()._get_known_models(), "stock.")
