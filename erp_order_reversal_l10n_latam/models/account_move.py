from odoo import models

from odoo.addons.account.models.account_move import TYPE_REVERSE_MAP


class AccountMove(models.Model):
    """An invoice whose credit note is numbered by hand."""

    _inherit = "account.move"

    def _reversal_asks_number(self):
        """Whether a person has to give the number of the credit note.

        Rule: `_compute_l10n_latam_manual_document_number` of the host's wizard.

        :return: bool
        """
        self.ensure_one()
        if not self.l10n_latam_use_documents:
            return False
        return self.new(
            {
                "company_id": self.company_id.id,
                "journal_id": self.journal_id.id,
                "move_type": TYPE_REVERSE_MAP[self.move_type],
                "partner_id": self.partner_id.id,
                "reversed_entry_id": self.id,
            }
        )._is_manual_document_number()

    def _reversal_foresee_credit(self, plan, share):
        """Override: the number must be there, and be meant for one document."""
        result = super()._reversal_foresee_credit(plan, share)
        if not self._reversal_asks_number():
            return result
        if not (plan.reversal.l10n_latam_document_number or "").strip():
            plan.block(
                "document_number_missing",
                self.env._(
                    "The credit note of %s needs the number of its document.",
                    self.display_name,
                ),
                self,
                remedy=self.env._("Enter it as “Document Number”."),
            )
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
