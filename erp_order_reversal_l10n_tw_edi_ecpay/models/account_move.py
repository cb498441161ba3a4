from odoo import api, models


class AccountMove(models.Model):
    """An invoice whose credit note ECPay knows as an allowance."""

    _inherit = "account.move"

    @api.depends("l10n_tw_edi_state", "l10n_tw_edi_refund_state")
    def _compute_show_reset_to_draft_button(self):
        """Override: one by one, as the host computes it for a single entry alone."""
        for move in self:
            super(AccountMove, move)._compute_show_reset_to_draft_button()
        return None

    def _reversal_credit_questions(self):
        """Override: how a private customer agrees to an allowance, and is told of it.

        Rule: the form of the host's wizard, `view_account_move_reversal`.
        """
        questions = super()._reversal_credit_questions()
        if (
            self.move_type == "out_invoice"
            and self.l10n_tw_edi_ecpay_invoice_id
            and not self.l10n_tw_edi_is_b2b
        ):
            questions |= {
                "l10n_tw_edi_refund_agreement_type": True,
                "l10n_tw_edi_allowance_notify_way": True,
            }
        return questions
