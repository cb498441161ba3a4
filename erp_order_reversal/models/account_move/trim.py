from odoo import api, models

from ...plan import TrimData


class AccountMove(models.Model):
    """A draft that is shared with other orders loses the lines of one."""

    _inherit = "account.move"

    @api.private
    def _reversal_apply_trim(self, steps):
        """Take the order's lines off a draft that it shares with other orders."""
        for step in steps:
            move = step._get_document()
            data = TrimData.from_json(step.data)
            orders = self.env["sale.order"].browse(data.order_ids)
            move.invoice_line_ids.filtered(
                lambda line, orders=orders: line.sale_line_ids.order_id
                and line.sale_line_ids.order_id <= orders
            ).unlink()
            step._set_result()
