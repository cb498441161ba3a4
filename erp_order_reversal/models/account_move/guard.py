from odoo import models

from ...const import CREDIT_TYPES, OWED, PAYMENT_IN_FORCE, REVERSIBLE_TYPES
from ...engine import ENGINE


class AccountMove(models.Model):
    """Settled invoices stay posted and matched, on every path of the host."""

    _inherit = "account.move"

    def _reversal_may_be_settled(self):
        """Whether it is a posted invoice, bill or receipt."""
        self.ensure_one()
        return self.state == "posted" and self.move_type in REVERSIBLE_TYPES

    def _reversal_is_settled(self):
        return self._reversal_may_be_settled() and (
            bool(self.line_ids.sale_line_ids) or self._reversal_is_paid()
        )

    def _reversal_is_paid(self):
        """Whether something is matched with it, or a payment in force names it.

        Not by `payment_state`, which is stored, so that a client can write it.
        """
        self.ensure_one()
        return bool(
            self.line_ids.matched_debit_ids
            or self.line_ids.matched_credit_ids
            or self.matched_payment_ids.filtered(
                lambda payment: payment.state in PAYMENT_IN_FORCE
            )
        )

    def _reversal_is_credited(self):
        """Whether its own credit notes alone settle all of it, by their matches.

        A client can make a match of any amount, between any items: a note counts for
        no more than it is worth, and beyond what is due nothing is believed.
        """
        self.ensure_one()
        terms = self._reversal_owed()
        currency = self.company_currency_id
        due = abs(sum(terms.mapped("balance")))
        if currency.is_zero(due):
            # Nothing can be matched: the host's word is all there is.
            return self.payment_state == "reversed"
        credited = matched = 0.0
        matches = terms.matched_debit_ids | terms.matched_credit_ids
        for match in matches:
            matched += match.amount
        for note in (matches.debit_move_id | matches.credit_move_id).move_id - self:
            if note.state == "posted" and note.reversed_entry_id == self:
                items = note._reversal_owed()
                own = items.matched_debit_ids | items.matched_credit_ids
                worth = abs(sum(items.mapped("balance")))
                credited += min(sum((own & matches).mapped("amount")), worth)
        return (
            currency.compare_amounts(credited, due) >= 0
            and currency.compare_amounts(matched, due) <= 0
        )

    def _reversal_owed(self):
        """Its items on which somebody owes something."""
        return self.line_ids.filtered(lambda line: line.account_id.account_type in OWED)

    def write(self, vals):
        """Guard the state, the type, the company, and the list of payments."""
        if "state" in vals and vals["state"] != "posted":
            action = vals["state"] or "no state"
            self._reversal_guard(action)
            self._reversal_entry_payments()._reversal_guard(action)
        for name in ("move_type", "company_id"):
            if name in vals:
                self.filtered(
                    lambda move, name=name: self._fields[name].convert_to_write(
                        move[name], move
                    )
                    != vals[name]
                )._reversal_guard(name)
        if vals.get("reversed_entry_id") and "posted" in self.mapped("state"):
            self.browse(vals["reversed_entry_id"])._reversal_guard("credit_note")
        if "matched_payment_ids" not in vals:
            return super().write(vals)
        with self._reversal_watch("unlink", self, "matched_payment_ids"):
            return super().write(vals)

    def _reversal_entry_payments(self):
        """The payments whose entries these are, as the payments say."""
        if self.env["order.reversal"]._is_running():
            return self.env["account.payment"]
        # sudo: whose entry it is must not depend on who asks.
        payments = self.env["account.payment"].sudo()
        return payments.search([("move_id", "in", self.ids)]).sudo(False)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Guard credit notes made by the wizard or by another addon."""
        self._reversal_guard("credit_note")
        return super()._reverse_moves(default_values_list, cancel)

    def _post(self, soft=True):
        """Guard credit notes of settled orders that somebody made line by line."""
        self._reversal_guard_notes()
        return super()._post(soft)

    def _reversal_guard_notes(self):
        if (
            self.env["order.reversal"]._is_running()
            or self.env.context.get("order_reversal_settling") is ENGINE
        ):
            return
        # sudo: what a note takes back must not depend on who posts it.
        notes = self.sudo().filtered(lambda move: move.move_type in CREDIT_TYPES)
        # Those of `_reverse_moves` were guarded, or logged, when they were made.
        by_hand = notes.filtered(lambda note: not note.reversed_entry_id)
        orders = by_hand.line_ids.sale_line_ids.order_id
        orders.sudo(False)._reversal_guard("credit_note")
        originals = notes.reversed_entry_id
        originals.filtered("company_id.reversal_guard").sudo(False)._reversal_guard(
            "credit_note"
        )


class AccountMoveLine(models.Model):
    """Lines of settled invoices stay tied to their orders, and in their invoice."""

    _inherit = "account.move.line"

    def write(self, vals):
        """Guard the links to order lines, and the entry a line belongs to."""
        if "move_id" in vals:
            self._reversal_sold().move_id._reversal_guard("unlink")
        if "sale_line_ids" not in vals:
            return super().write(vals)
        with self.move_id._reversal_watch("unlink", self, "sale_line_ids"):
            return super().write(vals)

    def unlink(self):
        """Guard lines that invoice an order.

        The host deletes lines of posted invoices for whoever asks by the context.
        """
        self._reversal_sold().move_id._reversal_guard("unlink")
        return super().unlink()

    def _reversal_sold(self):
        if self.env["order.reversal"]._is_running():
            return self.browse()
        # sudo: whether it invoices an order must not depend on who asks.
        return self.filtered(
            lambda line: line.sudo().move_id._reversal_may_be_settled()
            and line.sudo().sale_line_ids
        )
