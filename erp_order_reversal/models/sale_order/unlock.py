from odoo import api, models


class SaleOrder(models.Model):
    """An order is opened for edit, and locked again."""

    _inherit = "sale.order"

    @api.private
    def _reversal_apply_unlock(self, steps):
        steps._get_document().action_unlock()
        steps._set_result()
