from odoo import api, models

STATE = "l10n_vn_edi_invoice_state"


class AccountMove(models.Model):
    """An invoice that was sent to SInvoice is adjusted by its credit note.

    Rules: `reverse_moves` and `_prepare_default_reversal` of the host's wizard.
    """

    _inherit = "account.move"

    def _reversal_credit_questions(self):
        """Override: what an adjustment says; left open, the wizard fills it in."""
        questions = super()._reversal_credit_questions()
        if self._l10n_vn_edi_is_sent():
            questions |= {
                "l10n_vn_edi_adjustment_type": True,
                "l10n_vn_edi_agreement_document_name": False,
                "l10n_vn_edi_agreement_document_date": False,
            }
        return questions

    def _reversal_foresee_credit(self, plan, share):
        """Override: with a code of the tax authorities, they must have approved it."""
        result = super()._reversal_foresee_credit(plan, share)
        symbol = self.l10n_vn_edi_invoice_symbol.name or ""
        if self._l10n_vn_edi_is_sent() and symbol.startswith("C"):
            plan.warn(
                "code_approved",
                self.env._(
                    "%s can be adjusted only if the tax authorities have approved it.",
                    self.display_name,
                ),
                self,
                remedy=self.env._("Make sure that it is approved at SInvoice."),
            )
        return result

    def _reversal_plan_credit(self, plan, share, values):
        """Override to remember how SInvoice knows the invoice."""
        result = super()._reversal_plan_credit(plan, share, values)
        if self._l10n_vn_edi_is_sent():
            plan.steps[-1]["data"][STATE] = self[STATE]
        return result

    @api.private
    def _reversal_apply_credit(self, steps):
        """Override: what was sent is adjusted now."""
        result = super()._reversal_apply_credit(steps)
        sent = steps.filtered(lambda step: (step.data or {}).get(STATE))
        if sent:
            sent._get_document()[STATE] = "adjusted"
        return result

    @api.private
    def _reversal_apply_uncredit(self, steps):
        """Override: it is no more, unless SInvoice knows better by now."""
        result = super()._reversal_apply_uncredit(steps)
        for step in steps:
            state = (step.origin_id.data or {}).get(STATE)
            invoice = step._get_document()
            if state and invoice[STATE] == "adjusted":
                invoice[STATE] = state
        return result
