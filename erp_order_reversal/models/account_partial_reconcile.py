from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _reversal_unlink_full(self):
        """Unlink the full matches that these matches belong to.

        `unlink` does it, too, but afterwards, when all that it computes has to be
        read from the database a second time.
        """
        self.full_reconcile_id.unlink()

    def unlink(self):
        """Guard unreconciling, on every path."""
        if self and not self.env["order.reversal"]._is_running():
            moves = (self.debit_move_id | self.credit_move_id).move_id
            moves.filtered(
                lambda move: move.is_invoice(include_receipts=True)
            )._reversal_guard("unreconcile")
        return super().unlink()
