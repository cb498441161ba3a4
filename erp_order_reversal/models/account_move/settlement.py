from odoo import models

from ..settlement_mixin import SETTLEMENTS


class AccountMove(models.Model):
    """An invoice is found by its settlement."""

    _name = "account.move"
    _inherit = ["account.move", "order.reversal.settlement.mixin"]
    _settlement_rows = f"""
        SELECT settlement.move AS id, settlement.date, settlement.journal
          FROM ({SETTLEMENTS}) settlement
          JOIN account_move move ON move.id = settlement.move
         WHERE move.state = 'posted' AND move.payment_state IN ('in_payment', 'paid')
    """
