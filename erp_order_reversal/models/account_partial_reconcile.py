from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _reversal_unlink_full(self):
        """Unlink the full matches that these matches belong to.

        `unlink` does it, too, but afterwards, when all that it computes has to be
        read from the database a second time.
        """
        self.full_reconcile_id.unlink()
