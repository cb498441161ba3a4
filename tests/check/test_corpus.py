"""Ten kinds of mistakes and as many right invoices, made by the host from orders.

At least 95 % of the mistakes are caught, and less than 1 % of the right ones is called
wrong. A hundred of each kind take minutes (`make fuzz`); fewer run every time.
"""

import os
import random
import time

import pytest

from odoo import Command

from ..figures import tell
from .common import CheckCase

EACH = {"dev": 8, "ci": 15, "fuzz": 100}[os.environ.get("HYPOTHESIS_PROFILE", "dev")]
SEED = 20260711


class Mistakes:
    """What a clerk does to a draft invoice: a method for each kind, and its code."""

    CODES = {
        "quantity": "quantity_ordered",
        "price": "price",
        "discount": "discount",
        "tax": "tax",
        "unit": "unit",
        "product": "product",
        "customer": "customer",
        "terms": "terms",
        "foreign_line": "not_ordered",
        "forgotten_line": "not_invoiced",
    }

    def __init__(self, case, random):
        self.case = case
        self.random = random

    def make(self, kind, move):
        lines = self.case.product_lines(move)
        getattr(self, f"make_{kind}")(move, self.random.choice(list(lines)))

    def make_quantity(self, move, line):
        line.quantity = line.quantity * 10 if line.quantity < 3 else line.quantity + 1

    def make_price(self, move, line):
        line.price_unit = round(
            line.price_unit * self.random.choice((0.1, 0.99, 10)), 2
        )

    def make_discount(self, move, line):
        line.discount = 7.5 if line.discount != 7.5 else 0.0

    def make_tax(self, move, line):
        line.tax_ids = self.random.choice((False, self.case.other_tax))

    def make_unit(self, move, line):
        line.product_uom_id = self.case.dozen

    def make_product(self, move, line):
        others = self.case.products - line.product_id
        line.product_id = self.random.choice(list(others))

    def make_customer(self, move, line):
        others = self.case.customers - move.partner_id
        move.partner_id = self.random.choice(list(others))

    def make_terms(self, move, line):
        move.invoice_payment_term_id = self.case.terms

    def make_foreign_line(self, move, line):
        line.copy({"move_id": move.id, "sale_line_ids": False})

    def make_forgotten_line(self, move, line):
        line.unlink()


class Variations:
    """What is right, though it is not the whole order as it is."""

    KINDS = (
        "whole",
        "down_payment",
        "currency",
        "part_of_quantities",
        "part_of_lines",
        "texts",
        "second_part",
        "order_changed_too",
        "reference",
        "dates",
    )

    def __init__(self, case, random):
        self.case = case
        self.random = random

    def make(self, kind, move):
        """:return: the invoices that are right now, by default the draft itself"""
        lines = self.case.product_lines(move)
        return getattr(self, f"make_{kind}")(move, lines) or move

    def make_whole(self, move, lines):
        """As the host made it."""

    def make_down_payment(self, move, lines):
        """The final invoice, which deducts what was invoiced before."""
        order = lines.sale_line_ids.order_id
        move.unlink()
        self.case.down_payment(order)
        return self.case.invoice(order, post=False)

    def make_currency(self, move, lines):
        """Of an order in another currency."""
        order = lines.sale_line_ids.order_id
        order = order.copy({"pricelist_id": self.case.euro_pricelist.id})
        order.action_confirm()
        move.unlink()
        return self.case.invoice(order, post=False)

    def make_part_of_quantities(self, move, lines):
        for line in lines:
            line.quantity = line.quantity / 2

    def make_part_of_lines(self, move, lines):
        lines[1:].unlink()

    def make_texts(self, move, lines):
        move.invoice_line_ids = [
            Command.create({"display_type": "line_section", "name": "Services"}),
            Command.create({"display_type": "line_note", "name": "Thank you"}),
        ]
        lines[0].name = "What the customer calls it"

    def make_second_part(self, move, lines):
        """The rest, after a part was posted."""
        order = move.line_ids.sale_line_ids.order_id
        lines[0].quantity = lines[0].quantity / 2
        move.action_post()
        return move | self.case.invoice(order, post=False)

    def make_order_changed_too(self, move, lines):
        price = lines[0].price_unit + 1
        lines[0].price_unit = lines[0].sale_line_ids.price_unit = price

    def make_reference(self, move, lines):
        move.ref = "4711"

    def make_dates(self, move, lines):
        move.invoice_date = "2026-07-01"


class CorpusCase(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.other_tax = cls.tax.copy({"name": "Another"})
        cls.products = cls.services | cls.env["product.product"].create(
            [
                {
                    "name": f"Consulting {number}",
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": 40.0 * number,
                    "taxes_id": [Command.set(cls.tax.ids)],
                }
                for number in range(1, 7)
            ]
        )
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(12)]
        )
        euro = cls.setup_other_currency("EUR", rates=[("2020-01-01", 0.8)])
        cls.euro_pricelist = cls.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        # so that there is a history to be unlike
        past = cls.make_drafts(cls, 20)
        past.action_post()
        cls.seconds = cls.queries = 0

    def check(self, moves):
        """What the check finds on draft invoices that nothing is cached of.

        :return: {id: list of `Difference`}
        """
        self.env.flush_all()
        self.env.invalidate_all()
        queries, start = self.env.cr.sql_log_count, time.perf_counter()
        found = self.env["settlement.check"]._check(moves)
        self.seconds += time.perf_counter() - start
        self.queries = max(self.queries, self.env.cr.sql_log_count - queries)
        return found

    def tell(self, text, count):
        tell(
            f"{text} of {count}; {self.seconds * 1000 / count:.1f} ms an invoice, "
            f"{self.queries} queries for all of a kind at most"
        )

    def make_drafts(self, count):
        """Draft invoices of as many new orders, in one go."""
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.random.choice(list(self.customers)).id,
                    "order_line": [
                        Command.create(self.order_line(self, product))
                        for product in self.random.sample(
                            list(self.products), self.random.randint(3, 4)
                        )
                    ],
                }
                for _number in range(count)
            ]
        )
        orders.action_confirm()
        return orders._create_invoices(grouped=True)

    def order_line(self, product):
        return {
            "product_id": product.id,
            "product_uom_qty": self.random.choice((1, 2, 3, 4, 7.5)),
            "price_unit": round(product.list_price * self.random.uniform(0.8, 1.2), 2),
            "discount": self.random.choice((0, 0, 0, 5, 12.5)),
        }


@pytest.mark.fuzz
class TestMistakes(CorpusCase):
    def test_mistakes_are_caught(self):
        mistakes = Mistakes(self, self.random)
        missed = []
        for kind, code in mistakes.CODES.items():
            moves = type(self).make_drafts(type(self), EACH)
            for move in moves:
                mistakes.make(kind, move)
            found = self.check(moves)
            missed += [
                (kind, move.id)
                for move in moves
                if code not in {item.code for item in found[move.id]}
            ]
        count = EACH * len(mistakes.CODES)
        self.tell(f"caught {count - len(missed)}", count)
        self.assertLessEqual(len(missed), 0.05 * count, missed)


@pytest.mark.fuzz
class TestRightOnes(CorpusCase):
    def test_what_is_right_is_silent(self):
        variations = Variations(self, self.random)
        alarms, count = [], 0
        for kind in variations.KINDS:
            moves = type(self).make_drafts(type(self), EACH)
            moves = moves.union(*(variations.make(kind, move) for move in moves))
            moves = moves.exists()
            found = self.check(moves)
            count += len(moves)
            alarms += [
                (kind, item.code, move.id) for move in moves for item in found[move.id]
            ]
        which = sorted({f"{kind}: {code}" for kind, code, _id in alarms})
        self.tell(f"false alarms {len(alarms)} ({', '.join(which)})", count)
        self.assertGreaterEqual(count, EACH * len(variations.KINDS))
        self.assertLess(len(alarms), 0.01 * count, alarms)
