from odoo import models
from odoo.tools import SQL


class SaleReport(models.Model):
    """Practice is in no sales analysis."""

    _inherit = "sale.report"

    def _where_sale(self):
        """Override to leave practice orders out."""
        return f"{super()._where_sale()} AND s.reversal_practice IS NULL"


class AccountInvoiceReport(models.Model):
    """Practice is in no invoice analysis."""

    _inherit = "account.invoice.report"

    def _where(self):
        """Override to leave the journals of practice out."""
        return SQL(
            """%s AND move.journal_id NOT IN (
                SELECT id FROM account_journal WHERE reversal_practice
            )""",
            super()._where(),
        )
