from odoo import models


class MrpProduction(models.Model):
    """What is manufactured for an order that is taken back."""

    _name = "mrp.production"
    _inherit = ["mrp.production", "order.reversal.made.mixin"]
    _reversal_fresh = ("draft", "confirmed")

    def _reversal_made_for(self):
        self.ensure_one()
        return self.reference_ids.sale_ids | self.sale_line_id.order_id, False

    def _reversal_cancel_made(self):
        return self.action_cancel()

    def _reversal_reopen_made(self, before):
        """The host can't open one again: confirming the order makes a new one."""

    def _reversal_check_reopen_made(self, step, books):
        """Override: it stays cancelled."""
        return []
