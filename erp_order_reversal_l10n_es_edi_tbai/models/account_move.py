from odoo import models


class AccountMove(models.Model):
    """An invoice whose credit note goes to TicketBAI."""

    _inherit = "account.move"

    def _reversal_credit_questions(self):
        """Override: the reason of the credit note."""
        questions = super()._reversal_credit_questions()
        if self.l10n_es_tbai_is_required:
            questions["l10n_es_tbai_refund_reason"] = True
        return questions
