from odoo import api, models


class AccountPayment(models.Model):
    """Payments when a reversal is taken back."""

    _inherit = "account.payment"

    def _reversal_undo_blockers(self, step):
        self.ensure_one()
        blockers = super()._reversal_undo_blockers(step)
        if step.operation == "release":
            blockers += self._reversal_used_elsewhere(step)
            if step.result_model == "account.move":
                moves = self.env["account.move"].browse(step.result_id)
                blockers += moves.exists()._reversal_cancel_obstacles()
        if step.operation == "refund" and step._is_online_refund():
            if not step._refund_failed():
                blockers.append(
                    self.env._(
                        "%s was paid back by the payment provider. Register a new "
                        "payment when the money comes in again.",
                        self.display_name,
                    )
                )
        elif step.operation == "refund":
            refund = self.browse(step.result_id).exists()
            if refund.reconciled_statement_line_ids:
                blockers.append(
                    self.env._(
                        "The refund %s left the bank: the customer has the money. "
                        "Register a new payment when it comes in.",
                        refund.display_name,
                    )
                )
            blockers += refund.move_id._reversal_cancel_obstacles()
        if step.operation == "void_payment":
            entry = self.move_id
            if step.result_id:
                entry = entry.browse(step.result_id)
                blockers += entry._reversal_cancel_obstacles()
            elif entry and entry._get_violated_lock_dates(
                entry.date, entry._affect_tax_report()
            ):
                blockers.append(
                    self.env._(
                        "The period of %s was closed since. Register a new payment.",
                        self.display_name,
                    )
                )
        return blockers

    def _reversal_used_elsewhere(self, step):
        """The credit that was kept may have paid something else meanwhile."""
        lines = self.env["account.move.line"]
        needed = {}
        for release in step.data["releases"]:
            if release["counterpart_id"]:
                line = lines.browse(release["counterpart_id"])
                kept = release["keep"] / release["amount"] if release["amount"] else 0
                needed[line] = needed.get(line, 0.0) + release["own_amount"] * (
                    1.0 - kept
                )
        refunded = step.reversal_id.step_ids.filtered(
            lambda other: other.operation == "refund"
            and other.res_id == self.id
            and other.result_id
        )
        if refunded or step.data.get("write_offs"):
            return []
        return [
            self.env._(
                "The credit of %s was used for something else since. Take it off there "
                "first.",
                self.display_name,
            )
            for line, amount in needed.items()
            if line.currency_id.compare_amounts(
                abs(line.amount_residual_currency), amount
            )
            < 0
        ]

    @api.private
    def _reversal_undo_refund(self, steps):
        """Cancel the refunds: the money is with us."""
        self.browse(steps.filtered("result_id").mapped("result_id")).action_cancel()

    @api.private
    def _reversal_undo_release(self, steps):
        """Cancel the entries that took a write-off back; matches follow later."""
        for step in steps:
            if step.result_model == "account.move":
                self.env["account.move"].browse(step.result_id).button_cancel()

    @api.private
    def _reversal_undo_void_payment(self, steps):
        """Post cancelled payments again, under their own numbers."""
        countered = steps.filtered("result_id")
        for step in countered:
            self.env["account.move"].browse(step.result_id).button_cancel()
            step._get_document().state = "in_process"
        if direct := (steps - countered):
            payments = direct._get_document()
            payments.action_draft()
            payments.action_post()

    # ------------------------------------------------------------------
    # Removal
    # ------------------------------------------------------------------

    def _reversal_removal_obstacles(self):
        self.ensure_one()
        if self.state != "canceled":
            return [self.env._("%s is not cancelled.", self.display_name)]
        entry = self.move_id
        if not entry:
            return []
        if entry.inalterable_hash or entry._is_protected_by_audit_trail():
            return [self.env._("The entry of %s has to be kept.", self.display_name)]
        if entry.name and entry.name != "/" and not entry._is_end_of_seq_chain():
            return [
                self.env._(
                    "Without %s its numbered sequence would have a gap.",
                    self.display_name,
                )
            ]
        return []
