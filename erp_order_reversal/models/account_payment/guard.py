from odoo import models

from ...const import PAYMENT_IN_FORCE


class AccountPayment(models.Model):
    """Payments that settle something stay in force, on every path of the host."""

    _inherit = "account.payment"

    def _reversal_is_settled(self):
        return self.state in PAYMENT_IN_FORCE and bool(self._reversal_get_invoices())

    def write(self, vals):
        """Guard the state (any that is not in force), the entry and the invoices."""
        if "state" in vals and vals["state"] not in PAYMENT_IN_FORCE:
            self._reversal_guard(vals["state"] or "no state")
        for name in ("move_id", "company_id"):
            if name in vals:
                self.filtered(
                    lambda payment, name=name: payment[name]
                    and payment[name].id != vals[name]
                )._reversal_guard("unlink")
        if "invoice_ids" not in vals:
            return super().write(vals)
        # With an entry the list is a note; what settles is the match of its items.
        listed = self.filtered(lambda payment: not payment.move_id)
        with listed._reversal_watch("unlink", listed, "invoice_ids"):
            return super().write(vals)

    def unlink(self):
        """Guard payments without an entry, which the host deletes at once."""
        self._reversal_guard("delete")
        return super().unlink()
