"""Settled documents are found by date, journal, customer and amount of settlement."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError

from .common import ReversalCase


class TestSettlementSearch(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.company_data["default_journal_cash"]
        cls.early, cls.late, cls.open = (cls.make_order() for _number in range(3))
        cls.invoices = cls.invoice(cls.early), cls.invoice(cls.late)
        cls.pay(cls.invoices[0], payment_date="2026-01-10")
        # in two parts: the last one counts
        cls.pay(cls.invoices[1], amount=100.0, payment_date="2026-01-12")
        cls.pay(
            cls.invoices[1], journal=cls.cash, payment_date="2026-03-20", amount=590.0
        )
        cls.invoice(cls.open)
        for invoice in cls.invoices:
            # paid later than invoiced
            assert invoice.payment_state == "paid", invoice.payment_state

    @classmethod
    def invoice(cls, orders, **values):
        return super().invoice(orders, date="2026-01-05", **values)

    def find(self, records, *domain, user=None):
        model = records.with_user(user or self.clerk)
        return model.search([("company_id", "=", self.company.id), *domain])

    def test_date_and_journals(self):
        early, late = self.invoices
        self.assertEqual(early.settlement_date, fields.Date.to_date("2026-01-10"))
        self.assertEqual(late.settlement_date, fields.Date.to_date("2026-03-20"))
        self.assertEqual(late.settlement_journal_ids, self.bank | self.cash)
        self.assertEqual(self.early.settlement_date, early.settlement_date)
        self.assertEqual(self.late.settlement_journal_ids, self.bank | self.cash)
        self.assertFalse(self.open.settlement_date)
        self.assertFalse(self.open.invoice_ids.settlement_journal_ids)

    def test_orders_by_date(self):
        """The same is found from either end: few settlements, or few documents."""
        orders = self.env["sale.order"]
        both = self.early | self.late
        for few in (None, lambda share: True, lambda share: False, bool):
            for domain, found in (
                ([("settlement_date", ">=", "2026-02-01")], self.late),
                ([("settlement_date", "<", "2026-02-01")], self.early),
                ([("settlement_date", "<=", "2026-03-20")], both),
                ([("settlement_date", ">", "2026-03-20")], orders),
                ([("settlement_date", "=", "2026-01-10")], self.early),
                ([("settlement_date", "=", "2026-01-12")], orders),
                ([("settlement_date", "!=", "2026-01-10")], self.late | self.open),
                ([("settlement_date", "!=", False)], both),
                ([("settlement_date", "=", False)], self.open),
                ([("settlement_journal_ids", "=", self.cash.id)], self.late),
                ([("settlement_journal_ids", "in", self.bank.ids)], both),
                (
                    [
                        ("settlement_date", ">=", "2026-01-01"),
                        ("settlement_date", "<=", "2026-01-31"),
                    ],
                    self.early,
                ),
            ):
                with self.subTest(domain=domain), self._counted(few):
                    self.assertEqual(self.find(orders, *domain), found)

    @contextmanager
    def _counted(self, few):
        """Let the search take settlements for few or for many.

        :param few: share of all that are few in any case -> bool; None: as they are
        """
        if few is None:
            yield
            return
        mixin = self.env.registry["order.reversal.settlement.mixin"]
        with patch.object(mixin, "_are_few", lambda _self, _rows, share=0: few(share)):
            yield

    def test_settled_without_a_settlement(self):
        """An order over nothing is settled, on no date."""
        order = self.make_order()
        order.order_line.price_unit = 0
        invoice = self.invoice(order)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(order.settlement_state, "settled")
        self.assertFalse(order.settlement_date)
        for record, others in ((order, self.early), (invoice, self.invoices[0])):
            both = [("id", "in", (record | others).ids)]
            without = ("settlement_date", "=", False)
            self.assertEqual(self.find(record, *both, without), record)
            self.assertEqual(self.find(record, *both, "!", without), others)
            for operator in ("<=", ">="):
                found = self.find(
                    record, *both, ("settlement_date", operator, "2026-01-10")
                )
                self.assertEqual(found, others)

    def test_invoices_by_date_and_amount(self):
        moves = self.env["account.move"]
        early, late = self.invoices
        self.assertEqual(
            self.find(moves, ("settlement_date", ">=", "2026-02-01")), late
        )
        self.assertEqual(
            self.find(
                moves,
                ("settlement_date", "<=", "2026-02-01"),
                ("amount_total", "=", 690.0),
            ),
            early,
        )

    def test_by_journal(self):
        for model, early, late in (
            (self.env["sale.order"], self.early, self.late),
            (self.env["account.move"], *self.invoices),
        ):
            name = "settlement_journal_ids"
            self.assertEqual(self.find(model, (name, "=", self.cash.id)), late)
            self.assertEqual(
                self.find(model, (name, "in", self.bank.ids)), early | late
            )
            self.assertEqual(self.find(model, (name, "ilike", self.cash.name)), late)
            self.assertEqual(
                self.find(model, (f"{name}.type", "=", "bank")), early | late
            )

    def test_not_settled_any_more(self):
        self.reverse(self.early, "payment")
        self.assertFalse(self.early.settlement_date)
        self.assertEqual(
            self.find(self.env["sale.order"], ("settlement_date", "!=", False)),
            self.late,
        )

    def test_only_what_one_may_read(self):
        with self.assertRaises(AccessError):
            self.find(
                self.env["account.move"],
                ("settlement_date", "!=", False),
                user=self.env.ref("base.public_user"),
            )

    def test_filters_work(self):
        """Every filter of the search views can be used by a clerk."""
        for model, view, names in (
            ("sale.order", "sale.view_sales_order_filter", ("settled",)),
            ("account.move", "account.view_account_invoice_filter", ("settled",)),
            ("account.payment", "account.view_account_payment_search", ("settled",)),
        ):
            records = self.env[model].with_user(self.clerk)
            arch = records.get_view(self.env.ref(view).id, "search")["arch"]
            for name in names:
                self.assertIn(f'name="{name}"', arch)
            if model != "account.payment":
                self.assertIn('date="settlement_date"', arch)
                self.assertIn('name="settlement_journal_ids"', arch)
        settled = self.find(
            self.env["account.payment"],
            ("is_reconciled", "=", True),
            ("date", ">=", "2026-03-01"),
            ("amount", "=", 590.0),
        )
        self.assertEqual(settled.journal_id, self.cash)
