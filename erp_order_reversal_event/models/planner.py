from odoo import api, models


class OrderReversalPlan(models.AbstractModel):
    """Registrations answer with their order."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: the order answers for `event.registration`."""
        return (*super()._get_known_models(), "event.registration")
