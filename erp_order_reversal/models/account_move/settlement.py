from odoo import models

from ..settlement_mixin import SETTLEMENTS


class AccountMove(models.Model):
    """An invoice is found by its settlement."""

    _name = "account.move"
    _inherit = ["account.move", "order.reversal.settlement.mixin"]
    _settlement_rows = SETTLEMENTS.format(
        id="move.id",
        join="AND move.state = 'posted' "
        "AND move.payment_state IN ('in_payment', 'paid')",
    )
