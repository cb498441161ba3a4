from odoo import models

from ..settlement_mixin import SETTLEMENTS


class SaleOrder(models.Model):
    """An order is found by its settlement."""

    _name = "sale.order"
    _inherit = ["sale.order", "order.reversal.settlement.mixin"]
    _settlement_rows = f"""
        SELECT line.order_id AS id, settlement.date, settlement.journal
          FROM sale_order
          JOIN sale_order_line line ON line.order_id = sale_order.id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line item ON item.id = rel.invoice_line_id
          JOIN ({SETTLEMENTS}) settlement ON settlement.move = item.move_id
         WHERE sale_order.settlement_state = 'settled'
    """
