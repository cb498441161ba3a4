from odoo import api, models

from ...const import PAYMENT_IN_FORCE
from ...plan import VoidPaymentData


class AccountPayment(models.Model):
    """A payment that never happened: its entry is cancelled."""

    _inherit = "account.payment"

    def _reversal_plan_void(self, plan, releases):
        """The payment never happened: its entry is cancelled."""
        self.ensure_one()
        for code, message, remedy in self._reversal_void_blockers(plan, releases):
            plan.block(code, message, self, remedy=remedy)
        counter = self._reversal_must_counter()
        journal_id = self._reversal_foresee_counter(plan) if counter else 0
        values = self._reversal_release_vals(plan, releases)
        values["amount"] = self.amount
        values["currency_id"] = self.currency_id.id
        data = values["data"]
        values["data"] = VoidPaymentData(
            data.releases, data.write_offs, counter, journal_id
        )
        plan.add_step(
            self,
            "void_payment",
            self.env._("Cancelled by a counter-entry")
            + self._reversal_journal_words(journal_id)
            if counter
            else self.env._("Cancelled"),
            why=self.env._("Its entry is locked, so that a new one takes it back.")
            if counter
            else self.env._("It never happened."),
            payment_method=self._reversal_own_method(plan),
            **values,
        )

    def _reversal_must_counter(self):
        """Whether the entry can't be cancelled itself: locked period or hash."""
        move = self.move_id
        return bool(move and (move.inalterable_hash or move._reversal_is_locked()))

    def _reversal_void_blockers(self, plan, releases):
        """Why this payment can't be said never to have happened.

        :return: list of (code, message, remedy)
        """
        blockers = []
        keep_it = self.env._("Keep it as customer credit, or refund it.")
        foreign = self._reversal_foreign_documents(plan, releases)
        if foreign:
            blockers.append(
                (
                    "payment_shared",
                    self.env._(
                        "%(payment)s also settles %(others)s, so it can't be voided.",
                        payment=self.display_name,
                        others=", ".join(sorted(set(foreign))),
                    ),
                    keep_it,
                )
            )
        if lines := self._reversal_statement_lines():
            blockers.append(
                (
                    "payment_bank_matched",
                    self.env._(
                        "%(payment)s is matched with the bank statement line "
                        "%(line)s: the bank says that it happened.",
                        payment=self.display_name,
                        line=", ".join(lines.mapped("display_name")),
                    ),
                    keep_it
                    + " "
                    + self.env._(
                        "If the match is wrong, an accountant undoes it in the bank "
                        "statement first."
                    ),
                )
            )
        if self.payment_transaction_id.state == "done":
            blockers.append(
                (
                    "payment_online",
                    self.env._(
                        "%s was captured online: cancelling it here would not give "
                        "the money back.",
                        self.display_name,
                    ),
                    keep_it,
                )
            )
        return blockers

    def _reversal_foreign_documents(self, plan, releases):
        """Names of what this payment settles beside what is released."""
        released = {release.partial_id for release in releases}
        kept = any(not self.currency_id.is_zero(release.keep) for release in releases)
        names = []
        lines = self.move_id.line_ids
        for partials, side in (
            (lines.matched_debit_ids, "debit_move_id"),
            (lines.matched_credit_ids, "credit_move_id"),
        ):
            for partial in partials:
                move = partial[side].move_id
                if (
                    partial.id in released
                    or move.statement_line_id
                    or move.exchange_diff_partial_ids
                    or move == self.move_id
                ):
                    continue
                if self != plan.root or not move.is_invoice(include_receipts=True):
                    names.append(move.display_name)
        if not self.move_id and self != plan.root:
            others = self.invoice_ids - plan.records("account.move")
            names += others.mapped("display_name")
        if kept:
            names += [release.document for release in releases if release.keep]
        return names

    @api.private
    def _reversal_apply_void_payment(self, steps):
        """Cancel payments, or take back an entry that is locked (HOST: §11 h).

        `account.payment.action_cancel` keeps the entry and its number; going
        through draft would delete it.
        """
        steps._reversal_unlink_partials()
        counter = steps.filtered(
            lambda step: VoidPaymentData.from_json(step.data).counter
        )
        direct = steps - counter
        if direct:
            payments = direct._get_document()
            with payments.move_id._reversal_keep_names():
                exact = payments.with_context(skip_invoice_sync=True)
                payments._reversal_acted(exact.action_cancel(), "canceled")
            direct._set_result()
        for step in counter:
            payment = step._get_document()
            date = step.reversal_id.entry_date
            journal_id = VoidPaymentData.from_json(step.data).journal_id
            entry = payment.move_id._reverse_moves(
                [
                    {
                        "date": date,
                        "journal_id": journal_id or payment.journal_id.id,
                        "ref": self.env._("Reversal of: %s", payment.name),
                    }
                ],
                cancel=True,
            )
            payment.state = "canceled"
            step._set_result(entry)

    def _reversal_check_void_payment(self, step, books):
        """:return: list of str"""
        payment = step._get_document()
        wrong = payment.state != "canceled" or (
            payment.move_id.state == "posted" and not step.result_id
        )
        return [self.env._("%s is not cancelled.", step.res_name)] if wrong else []

    def _reversal_obstacles_void_payment(self, step, plan):
        """Its period must be open, or its counter-entry one that can be cancelled."""
        self.ensure_one()
        entry = self.move_id
        if step.result_id:
            entry.browse(step.result_id)._reversal_block_kept(plan)
        elif entry and entry._get_violated_lock_dates(
            entry.date, entry._affect_tax_report()
        ):
            plan.block(
                "period_closed_since",
                self.env._(
                    "The period of %s has been closed since.", self.display_name
                ),
                self,
                remedy=self.env._("Register a new payment."),
            )
        if entry and not step.result_id:
            entry._reversal_foresee_again(plan, self)

    @api.private
    def _reversal_apply_post_payment(self, steps):
        """Post cancelled payments again, under their own numbers."""
        countered = steps.filtered("origin_id.result_id")
        for step in countered:
            entry = step.origin_id._get_result("account.move")
            entry._reversal_acted(entry.button_cancel(), "cancel")
            step._get_document().state = "in_process"
        if direct := (steps - countered):
            payments = direct._get_document()
            payments._reversal_acted(payments.action_draft(), "draft")
            payments._reversal_acted(payments.action_post(), *PAYMENT_IN_FORCE)
        steps._set_result()

    def _reversal_check_post_payment(self, step, books):
        """:return: list of str"""
        if books.fresh and step._get_document().state not in PAYMENT_IN_FORCE:
            return [self.env._("%s is not in force.", step.res_name)]
        return []
