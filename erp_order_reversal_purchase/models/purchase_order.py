from odoo import models


class PurchaseOrder(models.Model):
    """What was ordered from a vendor for an order that is taken back.

    A request that nobody sent is cancelled along; one that a vendor knows of only if
    that is wanted; an order that was confirmed is the buyer's to cancel.
    """

    _name = "purchase.order"
    _inherit = ["purchase.order", "order.reversal.made.mixin"]
    _reversal_finished = ("purchase", "done")

    def _reversal_made_for(self):
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        foreign = lines.filtered(lambda line: not line.sale_order_id)
        return self._get_sale_orders(), bool(foreign)

    def _reversal_cancelled_along(self, plan):
        """Override: what was locked stays."""
        return (
            super()
            ._reversal_cancelled_along(plan)
            .filtered(lambda purchase: not purchase.locked)
        )

    def _reversal_cancel_made(self):
        return self.button_cancel()

    def _reversal_reopen_made(self, before):
        if self.state == "cancel":
            self.button_draft()
