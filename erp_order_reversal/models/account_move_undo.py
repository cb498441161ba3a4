from odoo import api, models


class AccountMove(models.Model):
    """Invoices and credit notes when a reversal is taken back."""

    _inherit = "account.move"

    def _reversal_undo_blockers(self, step):
        self.ensure_one()
        blockers = super()._reversal_undo_blockers(step)
        if step.operation in ("credit", "release") and step.result_model == self._name:
            result = self.browse(step.result_id).exists()
            blockers += result._reversal_cancel_obstacles()
        if step.operation == "void" and step._before().get("state") == "posted":
            if self.state != "cancel":
                blockers.append(self.env._("%s is in use again.", self.display_name))
            if self._get_violated_lock_dates(self.date, self._affect_tax_report()):
                blockers.append(
                    self.env._(
                        "The period of %s was closed since. Create a new invoice.",
                        self.display_name,
                    )
                )
        return blockers

    def _reversal_cancel_obstacles(self):
        """Why an entry that a reversal made can't be cancelled any more."""
        obstacles = []
        advice = self.env._("Invoice the order anew instead.")
        for move in self:
            if move.state != "posted":
                continue
            if move.is_move_sent:
                why = self.env._("%s was sent to the customer.", move.name)
            elif move.inalterable_hash:
                why = self.env._("%s is secured by a hash.", move.name)
            elif move.need_cancel_request:
                why = self.env._("%s was sent to the authorities.", move.name)
            elif move._get_violated_lock_dates(move.date, move._affect_tax_report()):
                why = self.env._("The period of %s was closed since.", move.name)
            else:
                continue
            obstacles.append(f"{why} {advice}")
        return obstacles

    @api.private
    def _reversal_undo_credit(self, steps):
        """Cancel the credit notes: the invoices stand again."""
        credits = self.browse(steps.mapped("result_id"))
        credits.filtered(lambda move: move.state == "posted").button_cancel()
        self._reversal_undo_rematch(
            steps.filtered(lambda step: step.data.get("rematch_ids"))
        )

    @api.private
    def _reversal_undo_rematch(self, steps):
        """Unlink the matches made instead of the ones that are restored.

        What others matched with the invoice since, a later reversal of another part
        of it among them, stays.
        """
        for step in steps:
            rows = step.reversal_id._image_rows("account_partial_reconcile")
            ours = step._get_rematched(rows)
            lines = step._get_document().line_ids
            partials = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
                lambda partial, ours=ours: ours
                & (partial.debit_move_id | partial.credit_move_id)
            )
            known = {row["id"] for row in rows}
            partials.browse(set(partials.ids) - known).unlink()

    @api.private
    def _reversal_undo_void(self, steps):
        """Post cancelled entries again, under their own numbers.

        With the very journal items that they had: computed anew, they might differ by
        a cent.
        """
        moves = steps._get_document().with_context(skip_invoice_sync=True)
        moves.button_draft()
        posted = moves.browse(
            step.res_id for step in steps if step._before().get("state") == "posted"
        )
        if posted:
            posted.action_post()

    # ------------------------------------------------------------------
    # Removal
    # ------------------------------------------------------------------

    def _reversal_removal_obstacles(self):
        self.ensure_one()
        name = self.display_name
        if not self.is_invoice(include_receipts=True):
            return super()._reversal_removal_obstacles()
        if self.state != "cancel":
            return [self.env._("%s is not cancelled.", name)]
        if self.inalterable_hash:
            return [self.env._("%s is secured by a hash.", name)]
        if self._is_protected_by_audit_trail():
            return [
                self.env._("%s was posted once, and the audit trail keeps it.", name)
            ]
        if self.name and self.name != "/" and not self._is_end_of_seq_chain():
            return [
                self.env._("Without %s its numbered sequence would have a gap.", name)
            ]
        return []
