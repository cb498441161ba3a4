from odoo import models

from ..settlement_mixin import SETTLEMENTS


class SaleOrder(models.Model):
    """An order is found by its settlement."""

    _name = "sale.order"
    _inherit = ["sale.order", "order.reversal.settlement.mixin"]
    _settlement_rows = SETTLEMENTS.format(
        id="o.id",
        join="""
            JOIN account_move_line item ON item.move_id = move.id
            JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
            JOIN sale_order_line ON sale_order_line.id = rel.order_line_id
            JOIN sale_order o
              ON o.id = sale_order_line.order_id AND o.settlement_state = 'settled'
        """,
    )
