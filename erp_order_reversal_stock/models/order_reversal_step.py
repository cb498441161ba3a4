from odoo import api, fields, models

from odoo.addons.erp_order_reversal.models.order_reversal_step import (
    OrderReversalStep as Base,
)

from ..const import DELIVERY_METHODS


class OrderReversalStep(models.Model):
    _inherit = "order.reversal.step"

    _override_fields = (*Base._override_fields, "delivery_method")

    # The place of a value is the place in the order of execution. Goods are received
    # before the credit note is posted, so that the cost of goods follows them. A return
    # is asked for after the order was cancelled: the host cancels open transfers of an
    # order along with it.
    operation = fields.Selection(
        selection_add=[
            ("void_payment",),
            ("return", "Receive back"),
            ("trim",),
            ("cancel",),
            ("keep", "Keep with the customer"),
            ("request_return", "Ask for the return"),
            ("draft",),
        ],
        # Steps about goods go with the addon that understands them; the audit log
        # keeps what they did.
        ondelete={"return": "cascade", "request_return": "cascade", "keep": "cascade"},
    )
    kind = fields.Selection(selection_add=[("picking", "Transfer")])
    delivery_method = fields.Selection(DELIVERY_METHODS)

    @api.depends("res_model")
    def _compute_kind(self):
        pickings = self.filtered(lambda step: step.res_model == "stock.picking")
        pickings.kind = "picking"
        return super(OrderReversalStep, self - pickings)._compute_kind()

    @api.depends("res_model", "res_id", "operation")
    def _compute_can_choose(self):
        pickings = self.filtered(lambda step: step.res_model == "stock.picking")
        for step in pickings:
            step.can_choose = step.operation != "cancel" or (step.data or {})["back"]
        return super(OrderReversalStep, self - pickings)._compute_can_choose()
