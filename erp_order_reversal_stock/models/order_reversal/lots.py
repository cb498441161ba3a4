from odoo import models


class OrderReversal(models.Model):
    """The serial and lot numbers that a part names."""

    _inherit = "order.reversal"

    def _get_part_lots(self):
        """Of which order lines numbers are named: {order line: `stock.lot`}."""
        self.ensure_one()
        lots = {}
        # sudo: numbers of an order that the user may read.
        for line in self.line_ids.sudo():
            for order_line in line._get_order_lines():
                if line.lot_ids:
                    known = lots.get(order_line, self.env["stock.lot"].sudo())
                    lots[order_line] = known | line.lot_ids._origin
        return lots
