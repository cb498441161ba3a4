from odoo import api, fields, models

from odoo.addons.erp_order_reversal.plan import Operation
from odoo.addons.erp_order_reversal_stock.models.step import WAREHOUSE

REPAIR = "repair.order"


class OrderReversalStep(models.Model):
    """Steps about repairs."""

    _inherit = "order.reversal.step"

    operation = fields.Selection(
        selection_add=[
            ("return_parts", "Receive its parts back"),
            ("use_parts", "Its parts are used again"),
        ],
        ondelete={"return_parts": "cascade", "use_parts": "cascade"},
    )

    @api.model
    def _get_operation_rows(self):
        """Override: a repair is made for an order, and its parts may come back."""
        return self._add_made(super()._get_operation_rows(), REPAIR) + [
            Operation("return_parts", 34, (REPAIR,), "use_parts", right=WAREHOUSE),
            Operation("use_parts", 264, (REPAIR,), right=WAREHOUSE),
        ]


class OrderReversalPlan(models.AbstractModel):
    """Repairs answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `repair.order` answers as a document."""
        return (*super()._get_known_models(), REPAIR)
