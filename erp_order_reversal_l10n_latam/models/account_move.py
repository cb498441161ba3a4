from odoo import models

from odoo.addons.account.models.account_move import TYPE_REVERSE_MAP


class AccountMove(models.Model):
    """An invoice whose credit note is a numbered document of a type."""

    _inherit = "account.move"

    def _reversal_refund_draft(self):
        """The credit note as the host's wizard imagines it, to ask it: a new record."""
        self.ensure_one()
        return self.new(
            {
                "company_id": self.company_id.id,
                "journal_id": self.journal_id.id,
                "move_type": TYPE_REVERSE_MAP[self.move_type],
                "partner_id": self.partner_id.id,
                "reversed_entry_id": self.id,
            }
        )

    def _reversal_asks_number(self):
        """Whether a person has to give the number of the credit note.

        Rule: `_compute_l10n_latam_manual_document_number` of the host's wizard.

        :return: bool
        """
        return bool(
            self.l10n_latam_use_documents
            and self._reversal_refund_draft()._is_manual_document_number()
        )

    def _reversal_document_types(self):
        """Types that its credit note may have: `l10n_latam.document.type`.

        Rule: `_compute_documents_info` of the host's wizard, which takes the first.
        """
        types = self.env["l10n_latam.document.type"]
        if self.l10n_latam_use_documents:
            types = self._reversal_refund_draft().l10n_latam_available_document_type_ids
        return types._origin

    def _reversal_credit_questions(self):
        """Override: the number, and the type where there is a choice."""
        questions = super()._reversal_credit_questions()
        if self._reversal_asks_number():
            questions["l10n_latam_document_number"] = True
        if len(self._reversal_document_types()) > 1:
            questions["l10n_latam_document_type_id"] = False
        return questions

    def _reversal_foresee_credit(self, plan, share):
        """Override: a number is meant for one document, a type must be possible."""
        result = super()._reversal_foresee_credit(plan, share)
        chosen = plan.reversal.l10n_latam_document_type_id
        if chosen and chosen not in self._reversal_document_types():
            plan.block(
                "document_type_wrong",
                self.env._(
                    "The credit note of %(invoice)s can't be a “%(type)s”.",
                    invoice=self.display_name,
                    type=chosen.display_name,
                ),
                self,
                remedy=self.env._("Choose another document type, or none."),
            )
        if not self._reversal_asks_number():
            return result
        others = plan.records("account.move").filtered(
            lambda move: move.state == "posted"
            and move.move_type == self.move_type
            and move != self
        )
        if any(move._reversal_asks_number() for move in others):
            plan.block(
                "document_number_shared",
                self.env._(
                    "%s is not the only one whose credit note needs a number of "
                    "its own.",
                    self.display_name,
                ),
                self,
                remedy=self.env._("Take each of them back by itself."),
            )
        return result
