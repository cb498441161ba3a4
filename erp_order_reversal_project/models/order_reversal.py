from odoo import api, models


class OrderReversalStep(models.Model):
    """Steps about tasks."""

    _inherit = "order.reversal.step"

    @api.model
    def _get_operation_rows(self):
        """Override: a task is made for an order."""
        return self._add_made(super()._get_operation_rows(), "project.task")


class OrderReversalPlan(models.AbstractModel):
    """Tasks answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `project.task` answers as a document."""
        return (*super()._get_known_models(), "project.task")
