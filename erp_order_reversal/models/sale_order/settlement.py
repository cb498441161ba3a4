from odoo import models


class SaleOrder(models.Model):
    """An order is found by its settlement."""

    _name = "sale.order"
    _inherit = ["sale.order", "order.reversal.settlement.mixin"]
    _settled_domain = [("settlement_state", "=", "settled")]
    _settlement_entries = """
        SELECT order_line.order_id AS id, item.move_id
          FROM sale_order_line order_line
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
          JOIN account_move_line item ON item.id = rel.invoice_line_id
    """
