from odoo import api, models


class OrderReversalStep(models.Model):
    """Steps about booths."""

    _inherit = "order.reversal.step"

    @api.model
    def _get_operation_rows(self):
        """Override: a booth is made for an order."""
        return self._add_made(super()._get_operation_rows(), "event.booth")


class OrderReversalPlan(models.AbstractModel):
    """Booths answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `event.booth` answers as a document."""
        return (*super()._get_known_models(), "event.booth")
