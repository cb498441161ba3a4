from odoo import fields, models

from ..const import DEFAULT_METHOD, DELIVERY_METHODS


class OrderReversalBatch(models.Model):
    """What becomes of the goods of many orders."""

    _inherit = "order.reversal.batch"

    delivery_method = fields.Selection(
        DELIVERY_METHODS, default=DEFAULT_METHOD, request=True
    )
