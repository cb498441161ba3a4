from odoo import models


class OrderReversal(models.Model):
    """What a reversal tells the host's wizard of a credit note."""

    _inherit = "order.reversal"

    def _get_credit_wizard_vals(self, move):
        """Values of the host's wizard (`account.move.reversal`) for an invoice.

        Override to give it what a localisation asks of a person.

        :param move: `account.move`, the invoice to credit
        :return: dict
        """
        self.ensure_one()
        return {
            "company_id": move.company_id.id,
            "date": self.entry_date,
            "journal_id": move.journal_id.id,
            "move_ids": move.ids,
            "reason": self.reason_id.name,
        }
