from odoo import models


class AccountMove(models.Model):
    """An invoice whose credit note ZATCA wants a reason of."""

    _inherit = "account.move"

    def _reversal_credit_questions(self):
        """Override: the reason, without which ZATCA takes no credit note.

        Rules: `_compute_show_l10n_sa_reason`, and `_check_move_configuration` of
        `l10n_sa_edi`.
        """
        questions = super()._reversal_credit_questions()
        if self.country_code == "SA" and self.is_sale_document(True):
            questions["l10n_sa_reason"] = True
        return questions
