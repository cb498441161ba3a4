from odoo import models


class AccountMove(models.Model):
    """An invoice whose credit note goes to Veri*Factu."""

    _inherit = "account.move"

    def _reversal_credit_questions(self):
        """Override: the reason; left open, the wizard takes “R4”."""
        questions = super()._reversal_credit_questions()
        if self.l10n_es_edi_verifactu_required:
            questions["l10n_es_edi_verifactu_refund_reason"] = False
        return questions
