from odoo import fields, models

from ..const import DELIVERY_METHODS


class OrderReversalReason(models.Model):
    _inherit = "order.reversal.reason"

    delivery_method = fields.Selection(
        DELIVERY_METHODS,
        "Default Delivery Method",
        proposal=True,
    )
