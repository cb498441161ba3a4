"""A settled order is corrected: the books move by exactly the difference."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .generator import PRICES, QUANTITIES
from .test_generated import GeneratedCase, note
from .test_settlement import SettlementCase

# A few where all tests run, hundreds by `make fuzz`.
EXAMPLES = max(2, settings().max_examples * 3 // 8)
TAXES = ("plain", "included", "two", "none")

lines = st.tuples(
    PRICES, QUANTITIES, st.sampled_from([0.0, 0.0, 10.0, 33.0]), st.sampled_from(TAXES)
)
line_numbers = st.integers(0, 2)
edits = st.one_of(
    st.tuples(st.just("price_unit"), line_numbers, PRICES),
    st.tuples(st.just("product_uom_qty"), line_numbers, QUANTITIES),
    st.tuples(st.just("discount"), line_numbers, st.sampled_from([0.0, 5.0, 50.0])),
    st.tuples(st.just("tax"), line_numbers, st.sampled_from(TAXES)),
    st.tuples(st.just("add"), st.just(0), lines),
    st.tuples(st.just("remove"), line_numbers, st.none()),
    st.tuples(st.just("customer"), st.just(0), st.none()),
    st.tuples(st.just("currency"), st.just(0), st.none()),
)


@dataclass(frozen=True)
class Correction:
    """A settled order, and what was wrong with it."""

    lines: tuple
    edits: tuple
    sent: bool
    locked: bool
    paid: str
    rest: str


corrections = st.builds(
    Correction,
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    edits=st.lists(edits, min_size=1, max_size=3).map(tuple),
    sent=st.booleans(),
    locked=st.booleans(),
    paid=st.sampled_from(["whole", "whole", "part", "none"]),
    rest=st.sampled_from(["keep", "keep", "refund"]),
)


class TestCorrect(SettlementCase):
    def test_one_flow(self):
        """Correct, a reason, Confirm; edit; settle again, Confirm."""
        order, move, _payment = self.settle(user_id=self.clerk.id)
        action = order.with_user(self.clerk).action_correct()
        self.assertEqual(action["res_model"], "order.reversal")
        defaults = {
            key.removeprefix("default_"): value
            for key, value in action["context"].items()
            if key.startswith("default_")
        }
        self.assertEqual(defaults["scope"], "draft")
        reversal = (
            self.env["order.reversal"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({**defaults, "reason_id": self.reason.id})
        )
        opened = reversal.action_submit()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), (order._name, order.id)
        )
        order = order.with_user(self.clerk)
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.is_being_corrected)
        self.assertEqual(order.open_reversal_id, reversal)
        order.order_line[0].price_unit = 50.0
        action = order.action_settle_again()
        settlement = self.env[action["res_model"]].browse(action["res_id"])
        settlement = settlement.with_user(self.clerk)
        self.assertEqual(settlement.amount_due, -57.5)
        settlement.action_settle()
        self.assertFalse(order.is_being_corrected)
        self.assertFalse(order.open_reversal_id)
        self.assertEqual(order.settlement_state, "settled")
        self.assertEqual(move.payment_state, "reversed")
        with self.assertRaisesRegex(UserError, "waits to be settled again"):
            order.action_settle_again()

    def test_opening_it_changes_nothing(self):
        """What is shown was tried for real and rolled back: no number is used up."""
        order, move, payment = self.settle(user_id=self.clerk.id)
        reversal = self.reverse(order, "draft", correction=True)
        order.order_line[0].price_unit = 50.0
        books = self.trial_balance()
        image = self.image(order, order.order_line, order.invoice_ids, payment)
        settlement = self.open_settlement(reversal)
        self.assertFalse(settlement.rehearsal_error)
        self.assertFalse(settlement.blocker_count)
        now = self.image(order, order.order_line, order.invoice_ids, payment)
        self.assertEqual(now, image)
        self.assertBooks(books)
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.sequence_number, move.sequence_number + 1)

    def test_not_for_everybody_nor_for_quotations(self):
        order, _move, _payment = self.settle()
        with self.assertRaises(AccessError):
            order.with_user(self.outsider).action_correct()
        self.assertFalse(order.with_user(self.outsider).open_reversal_id)
        quotation = order.copy()
        with self.assertRaisesRegex(UserError, "is not confirmed"):
            quotation.with_user(self.clerk).action_correct()

    def test_a_usual_reversal_shows_itself(self):
        order, _move, _payment = self.settle()
        reversal = self.request(order, "draft")
        self.assertEqual(reversal.action_submit()["res_model"], "order.reversal")
        self.assertFalse(order.with_user(self.clerk).is_being_corrected)
        self.assertTrue(order.with_user(self.clerk).open_reversal_id)


@pytest.mark.fuzz
class TestGeneratedCorrections(GeneratedCase, SettlementCase):
    @settings(max_examples=EXAMPLES)
    @given(correction=corrections)
    def test_the_books_move_by_the_difference(self, correction):
        with self.cr.savepoint() as savepoint:
            try:
                self._check_correction(correction)
            finally:
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def _check_correction(self, correction):
        order = self._order(correction.lines)
        old = self.invoice(order, date="2026-02-10")
        old.is_move_sent = correction.sent
        self._pay(old, correction.paid)
        if correction.locked:
            order.action_lock()
        settled = self.trial_balance()
        reversal = self.reverse(order, "draft", correction=True)
        for edit in correction.edits:
            self._edit(order, *edit)
        settlement = self.open_settlement(
            reversal, date="2026-02-20", rest_method=correction.rest
        )
        note(settlement.finding_ids.mapped("message"))
        if not order.order_line:
            self.assertEqual(self.codes(settlement), {"refused"})
            return
        fresh = self._books_of_a_fresh_order(order)
        due = settlement.amount_due
        settlement.action_settle()
        self._check_books(settled, self._sums(old), fresh, settlement)
        self._check_money(order, settlement, due, correction)

    def _order(self, of_lines):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.clerk.id,
                "order_line": [self._line(*values) for values in of_lines],
            }
        )
        order.action_confirm()
        return order

    def _line(self, price, quantity, discount, tax):
        return Command.create(
            {
                "product_id": self.services[0].id,
                "price_unit": price,
                "product_uom_qty": quantity,
                "discount": discount,
                "tax_ids": [Command.set(self.taxes[tax].ids)],
            }
        )

    def _pay(self, invoice, paid):
        if paid == "none" or invoice.amount_residual < 0.02:
            return
        part = round(invoice.amount_total / 2, 2) if paid == "part" else None
        self.pay(invoice, amount=part)

    def _edit(self, order, what, number, value):
        line = order.order_line[number : number + 1]
        if what == "add":
            order.order_line = [self._line(*value)]
        elif what == "remove":
            line.unlink()
        elif what == "tax":
            line.tax_ids = self.taxes[value]
        elif what == "customer":
            order.partner_id = self.env["res.partner"].create({"name": "Another"})
        elif what == "currency":
            prices = {line: line.price_unit for line in order.order_line}
            order.pricelist_id = self.euro_pricelist
            for line, price in prices.items():
                line.price_unit = price
        elif line:
            line[what] = value

    def _books_of_a_fresh_order(self, order):
        """The oracle: what the host books for the same order, never settled wrong."""
        with self.cr.savepoint() as savepoint:
            twin = order.copy()
            for line, source in zip(twin.order_line, order.order_line, strict=True):
                line.write(
                    {"price_unit": source.price_unit, "discount": source.discount}
                )
                line.tax_ids = source.tax_ids
            twin.action_confirm()
            sums = self._sums(self.invoice(twin, date="2026-02-20"))
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return sums

    @staticmethod
    def _sums(moves):
        sums = {}
        for line in moves.line_ids:
            key = (line.account_id.code, line.currency_id.name)
            balance, amount = sums.get(key, (0.0, 0.0))
            sums[key] = (balance + line.balance, amount + line.amount_currency)
        return sums

    def _check_books(self, settled, old, fresh, settlement):
        expected = {key: tuple(map(float, sums)) for key, sums in settled.items()}
        for sums, sign in ((old, -1), (fresh, 1), (self._paid_back(settlement), 1)):
            for key, (balance, amount) in sums.items():
                before = expected.get(key, (0.0, 0.0))
                expected[key] = (before[0] + sign * balance, before[1] + sign * amount)
        expected = {
            key: sums
            for key, sums in expected.items()
            if round(sums[0], 4) or round(sums[1], 4)
        }
        exclude = ()
        if settlement.currency_id != self.company.currency_id:
            # Money of another currency than the invoice: cents of exchange.
            exclude = (
                self.company.income_currency_exchange_account_id
                | self.company.expense_currency_exchange_account_id
                | self.company_data["default_account_receivable"]
            )
        self.assertBooks(expected, exclude)

    def _paid_back(self, settlement):
        return self._sums(settlement.refund_ids.move_id)

    def _check_money(self, order, settlement, due, correction):
        """What was shown is what came; nothing was matched beyond it."""
        move = settlement.move_ids
        self.assertEqual(move.state, "posted")
        self.assertEqual(order.locked, correction.locked)
        if settlement.refund_ids:
            due = max(due, 0.0)
        self.assertAlmostEqual(settlement.amount_due, due, 2)
        if due > 0:
            self.assertAlmostEqual(move.amount_residual, due, 2)
        else:
            self.assertEqual(move.amount_residual, 0.0)
        if correction.rest == "refund" and due <= 0:
            self.assertFalse(
                settlement.credit_ids.line_id.filtered(lambda line: not line.reconciled)
            )
