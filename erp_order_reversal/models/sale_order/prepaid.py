from odoo import models

from ...const import PAYMENT_IN_FORCE


class SaleOrder(models.Model):
    """Money that was received for an order itself: online, or in advance."""

    _inherit = "sale.order"

    def _reversal_related(self, plan):
        """Override to bring in what was paid without an invoice."""
        related = super()._reversal_related(plan)
        if plan.reaches("payment"):
            related.append(self._reversal_get_prepaid())
        return related

    def _reversal_get_prepaid(self):
        """Payments of these orders that name no invoice.

        By the online transaction, or by a field of an addon for advance payments that
        names the order.

        :return: `account.payment`, those in force
        """
        payments = self.transaction_ids.payment_id
        for field in payments._fields.values():
            if field.comodel_name == "sale.order" and field.type == "many2one":
                if field.store and self.ids:
                    payments |= payments.search([(field.name, "in", self.ids)])
        return payments.filtered(lambda payment: payment.state in PAYMENT_IN_FORCE)
