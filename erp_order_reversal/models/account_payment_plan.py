from odoo import models

from ..const import PAYMENT_IN_FORCE


class AccountPayment(models.Model):
    """What becomes of a payment: kept as credit, refunded, or voided."""

    _inherit = "account.payment"

    def _reversal_release_vals(self, plan, releases):
        """Values of a step on these releases, in the payment's currency."""
        amount = 0.0
        for release in releases:
            kept = release["keep"] / release["amount"] if release["amount"] else 0.0
            amount += release["own_amount"] * (1.0 - kept)
        currency = self.env["res.currency"].browse(
            releases[0]["own_currency_id"] if releases else self.currency_id.id
        )
        values = {"releases": releases}
        write_offs = self._reversal_write_off(plan, releases, amount)
        if write_offs:
            values["write_offs"] = [
                [line.id, taken, balance] for line, taken, balance in write_offs
            ]
            sign = 1 if self.payment_type == "inbound" else -1
            amount -= sign * sum(taken for _line, taken, _balance in write_offs)
        return {
            "amount": currency.round(amount),
            "currency_id": currency.id,
            "data": values,
        }

    def _reversal_warn_bank(self, plan):
        if lines := self._reversal_statement_lines():
            plan.warn(
                "bank_matched",
                self.env._(
                    "%(payment)s is matched with the bank statement line %(line)s; "
                    "the statement stays as it is.",
                    payment=self.display_name,
                    line=", ".join(lines.mapped("display_name")),
                ),
                self,
            )

    def _reversal_plan_credit(self, plan, releases, outcome="", why=""):
        """The money stays with us as a credit of the customer."""
        self.ensure_one()
        self._reversal_warn_bank(plan)
        if not outcome and self.payment_type == "inbound":
            outcome = self.env._("Kept as customer credit")
        plan.add_step(
            self,
            "release",
            outcome or self.env._("Kept as an open payment"),
            why=why or self.env._("The money was received and did not move."),
            payment_method=self._reversal_own_method(plan),
            **self._reversal_release_vals(plan, releases),
        )

    def _reversal_own_method(self, plan):
        own = plan.reversal._get_overrides().get((self._name, self.id), {})
        return own.get("payment_method") or False

    def _reversal_plan_refund(self, plan, releases):
        """The money goes back: a payment in the other direction."""
        self.ensure_one()
        self._reversal_plan_credit(
            plan,
            releases,
            outcome=self.env._("Taken off, to be paid back"),
            why=self.env._("It is paid back in a step of its own."),
        )
        self._reversal_plan_paying_back(
            plan, self._reversal_release_vals(plan, releases)
        )

    def _reversal_plan_refund_of_credit(self, plan):
        """A credit that was kept goes back after all: nothing has to be released."""
        self.ensure_one()
        _liquidity, counterpart, _write_off = self._seek_for_lines()
        open_amount = abs(sum(counterpart.mapped("amount_residual_currency")))
        currency = counterpart.currency_id[:1] or self.currency_id
        if self.state in PAYMENT_IN_FORCE and not currency.is_zero(open_amount):
            self._reversal_warn_bank(plan)
            self._reversal_plan_paying_back(
                plan, {"amount": open_amount, "currency_id": currency.id, "data": {}}
            )

    def _reversal_plan_paying_back(self, plan, values):
        """The step that pays `values["amount"]` back, by the provider if it can."""
        online = self._reversal_plan_online_refund(plan, values)
        if not self.move_id:
            plan.block(
                "refund_without_entry",
                self.env._(
                    "%s has no journal entry that a refund could be matched with.",
                    self.display_name,
                ),
                self,
                remedy=self.env._("Keep it as customer credit, or void it."),
            )
        values["data"] = {"amount": values["amount"], "online": online}
        plan.add_step(
            self,
            "refund",
            self.env._("Paid back to the customer"),
            why=self.env._("The provider pays it back, right after the books are done.")
            if online
            else self.env._("A new payment, matched with the open credit."),
            **values,
        )

    def _reversal_plan_online_refund(self, plan, values):
        """Whether the payment provider pays this amount back.

        Rule: `payment.refund.wizard`, what provider and method support.
        """
        # sudo: what a provider supports; an invoicing clerk may not read providers.
        source = self.sudo().payment_transaction_id
        if not source:
            return False
        # sudo: as the read below; what was cached is from before the refunds.
        self.sudo().invalidate_recordset(["amount_available_for_refund"])
        self._reversal_check_refunded(plan, values["amount"])
        method = source.payment_method_id
        support = {
            source.provider_id.support_refund,
            (method.primary_payment_method_id or method).support_refund,
        }
        amount, available = values["amount"], self.sudo().amount_available_for_refund
        compare = self.currency_id.compare_amounts
        if (
            source.state == "done"
            and "none" not in support
            and compare(amount, available) <= 0
            and not ("full_only" in support and compare(amount, source.amount))
        ):
            plan.inform(
                "refund_by_provider",
                self.env._(
                    "%(payment)s was received online: %(provider)s is asked to pay it "
                    "back as soon as the books are done.",
                    payment=self.display_name,
                    provider=source.provider_id.name,
                ),
                self,
            )
            return True
        plan.warn(
            "refund_online",
            self.env._(
                "%(payment)s was received online, and %(provider)s can't pay this "
                "amount back by itself. The refund is recorded here only.",
                payment=self.display_name,
                provider=source.provider_id.name,
            ),
            self,
            remedy=self.env._("Pay the money back by hand, or at the provider."),
        )
        return False

    def _reversal_check_refunded(self, plan, amount):
        """Money that its provider paid back already can't go back once more.

        :param float amount: to pay back, in the payment's currency
        """
        # sudo: refunds of this payment, as the host's refund wizard.
        refunds = self.sudo().search(
            [("source_payment_id", "=", self.id), ("state", "in", PAYMENT_IN_FORCE)]
        )
        left = self.amount - sum(refunds.mapped("amount"))
        if refunds and self.currency_id.compare_amounts(amount, left) > 0:
            plan.block(
                "refunded_before",
                self.env._(
                    "%(payment)s was paid back in part by %(refunds)s already: "
                    "%(left)s is left of it.",
                    payment=self.display_name,
                    refunds=", ".join(refunds.mapped("display_name")),
                    left=self.currency_id.format(left),
                ),
                self,
                remedy=self.env._(
                    "Keep it as customer credit, match the credit with %s, and refund "
                    "what is left.",
                    ", ".join(refunds.mapped("display_name")),
                ),
            )

    def _reversal_plan_void(self, plan, releases):
        """The payment never happened: its entry is cancelled."""
        self.ensure_one()
        for code, message, remedy in self._reversal_void_blockers(plan, releases):
            plan.block(code, message, self, remedy=remedy)
        counter = self._reversal_must_counter()
        values = self._reversal_release_vals(plan, releases)
        values["amount"] = self.amount
        values["currency_id"] = self.currency_id.id
        values["data"]["counter"] = counter
        plan.add_step(
            self,
            "void_payment",
            self.env._("Cancelled by a counter-entry")
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

    def _reversal_statement_lines(self):
        """Bank statement lines that this payment is matched with.

        The same as `reconciled_statement_line_ids`, from matches that are read
        already.
        """
        lines = self.move_id.line_ids
        matched = (
            lines.matched_debit_ids.debit_move_id
            | lines.matched_credit_ids.credit_move_id
        )
        return matched.move_id.statement_line_id

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
        released = {release["partial_id"] for release in releases}
        kept = any(
            not self.currency_id.is_zero(release["keep"]) for release in releases
        )
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
            names += [release["document"] for release in releases if release["keep"]]
        return names
