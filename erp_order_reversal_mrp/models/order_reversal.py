from odoo import api, models


class OrderReversalStep(models.Model):
    """Steps about manufacturing."""

    _inherit = "order.reversal.step"

    @api.model
    def _get_operation_rows(self):
        """Override: a manufacturing order is made for an order."""
        return self._add_made(super()._get_operation_rows(), "mrp.production")


class OrderReversalPlan(models.AbstractModel):
    """Manufacturing orders answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `mrp.production` answers as a document."""
        return (*super()._get_known_models(), "mrp.production")
