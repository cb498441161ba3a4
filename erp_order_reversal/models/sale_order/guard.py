from odoo import models


class SaleOrder(models.Model):
    """Settled orders stay confirmed and locked, on every path of the host."""

    _inherit = "sale.order"

    def _reversal_is_settled(self):
        # Not by `settlement_state` or `payment_state`: stored, so a client can write
        # them. Links and matches are what they say.
        return self.state == "sale" and any(
            not invoice._reversal_is_credited()
            for invoice in self.order_line.invoice_lines.move_id
            if invoice._reversal_may_be_settled()
        )

    def write(self, vals):
        """Guard the state (any other one, also none), the lock and the company."""
        if "state" in vals and vals["state"] != "sale":
            self._reversal_guard(vals["state"] or "no state")
        if "locked" in vals and not vals["locked"]:
            self.filtered("locked")._reversal_guard("unlock")
        if "company_id" in vals:
            self.filtered(
                lambda order: order.company_id.id != vals["company_id"]
            )._reversal_guard("company")
        return super().write(vals)


class SaleOrderLine(models.Model):
    """Lines of settled orders stay tied to their invoices."""

    _inherit = "sale.order.line"

    def write(self, vals):
        """Guard the links to posted invoices, and the order a line belongs to."""
        if "order_id" in vals:
            self._reversal_invoiced().order_id._reversal_guard("unlink")
        if "invoice_lines" not in vals:
            return super().write(vals)
        with self.order_id._reversal_watch("unlink", self, "invoice_lines"):
            return super().write(vals)

    def unlink(self):
        """Guard invoiced lines; the host lets some of them go with the order."""
        self._reversal_invoiced().order_id._reversal_guard("unlink")
        return super().unlink()

    def _reversal_invoiced(self):
        # sudo: whether a line is invoiced must not depend on who asks.
        return self.filtered(
            lambda line: any(
                move._reversal_may_be_settled()
                for move in line.sudo().invoice_lines.move_id
            )
        )
