from odoo import api, models


class SaleOrder(models.Model):
    """A cancelled order becomes a quotation again."""

    _inherit = "sale.order"

    @api.private
    def _reversal_apply_draft(self, steps):
        steps._get_document().action_draft()
        steps._set_result()
