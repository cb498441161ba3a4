from odoo import models


class AccountMove(models.Model):
    """An invoice is found by its settlement."""

    _name = "account.move"
    _inherit = ["account.move", "order.reversal.settlement.mixin"]
    _settled_domain = [
        ("state", "=", "posted"),
        ("payment_state", "in", ("in_payment", "paid")),
    ]
    _settlement_entries = "SELECT id, id AS move_id FROM account_move"
    # For those that nothing settles.
    _settled_nothing_idx = models.Index(
        "(id) WHERE amount_total = 0 AND state = 'posted' "
        "AND payment_state IN ('in_payment', 'paid')"
    )
