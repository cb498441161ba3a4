from odoo import models


class AccountMove(models.Model):
    """An invoice whose credit note carries a reason code."""

    _inherit = "account.move"

    def _reversal_credit_questions(self):
        """Override: the code; left open, it is “10”."""
        questions = super()._reversal_credit_questions()
        if self.country_code == "ES" and self.is_sale_document(True):
            questions["l10n_es_edi_facturae_reason_code"] = False
        return questions

    def _reversal_credit_values(self, reversal):
        """Override: the wizard writes it to the credit note, not among its values."""
        values = super()._reversal_credit_values(reversal)
        code = reversal.l10n_es_edi_facturae_reason_code
        if code and "l10n_es_edi_facturae_reason_code" in (
            self._reversal_credit_questions()
        ):
            values["l10n_es_edi_facturae_reason_code"] = code
        return values
