from odoo import api, models


class SaleOrder(models.Model):
    """A cancelled order becomes a quotation again; confirming it takes that back."""

    _inherit = "sale.order"

    @api.private
    def _reversal_apply_draft(self, steps):
        """Make quotations of cancelled orders (`sale.order.action_draft`)."""
        orders = steps._get_document()
        orders._reversal_acted(orders.action_draft(), "draft")
        steps._set_result()

    def _reversal_check_draft(self, step, books):
        """:return: list of str; later the quotation may be confirmed or cancelled"""
        order = step._get_document()
        if books.fresh and order.state != "draft":
            return [self.env._("%s is not a quotation.", order.name)]
        return []

    def _reversal_obstacles_draft(self, step, plan):
        """The same as against taking back its cancelling, which comes before it."""
