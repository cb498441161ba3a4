from odoo import api, models


class SaleOrder(models.Model):
    """An order is opened for edit, and locked again."""

    _inherit = "sale.order"

    @api.private
    def _reversal_apply_unlock(self, steps):
        """Open the orders (`sale.order.action_unlock`)."""
        steps._get_document().action_unlock()
        steps._set_result()

    def _reversal_check_unlock(self, step, books):
        """:return: list of str"""
        order = step._get_document()
        if books.fresh and order.locked:
            return [self.env._("%s is still locked.", order.name)]
        return []

    def _reversal_obstacles_unlock(self, step, plan):
        """Nothing stands against locking an order again."""

    @api.private
    def _reversal_apply_lock(self, steps):
        """Lock the orders again (`sale.order.action_lock`)."""
        steps._get_document().action_lock()
        steps._set_result()

    def _reversal_check_lock(self, step, books):
        """:return: list of str"""
        order = step._get_document()
        if books.fresh and not order.locked:
            return [self.env._("%s is not locked.", order.name)]
        return []
