from odoo import models


class AccountMove(models.Model):
    """An invoice that the till made."""

    _inherit = "account.move"

    def _reversal_findings(self, plan):
        """Override: an invoice of the till is taken back with its order there."""
        super()._reversal_findings(plan)
        if plan.reaches("invoice"):
            for move in self.filtered(lambda move: move.state == "posted"):
                for pos_order in move.pos_order_ids.lines._reversal_standing().order_id:
                    pos_order._reversal_block(plan, move)
        return plan
