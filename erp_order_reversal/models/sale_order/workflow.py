from odoo import models


class SaleOrder(models.Model):
    """An order whose workflow invoices it by itself (`sale_automatic_workflow`)."""

    _inherit = "sale.order"

    def _reversal_findings(self, plan):
        """Override to say that another addon will undo what is taken back."""
        super()._reversal_findings(plan)
        if "workflow_process_id" not in self._fields or plan.reaches("draft"):
            return plan
        for order in self.filtered("workflow_process_id"):
            if plan.reaches("invoice"):
                plan.warn(
                    "acts_again",
                    self.env._(
                        "The workflow “%(workflow)s” of %(order)s invoices it again by "
                        "itself.",
                        workflow=order.workflow_process_id.display_name,
                        order=order.name,
                    ),
                    order,
                    remedy=self.env._(
                        "Take the workflow off the order before, if that is not what "
                        "you want."
                    ),
                )
        return plan
