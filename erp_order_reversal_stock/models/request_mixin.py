from odoo import fields, models

from ..const import DEFAULT_METHOD, DELIVERY_METHODS


class OrderReversalRequestMixin(models.AbstractModel):
    """What becomes of the goods, of one order or of many."""

    _inherit = "order.reversal.request.mixin"

    delivery_method = fields.Selection(
        DELIVERY_METHODS,
        default=DEFAULT_METHOD,
        help="What becomes of delivered goods when the order is cancelled or goes back "
        "to quotation. With any other scope they stay where they are.",
        request=True,
    )
