"""Anybody does anything, in any order; the books are compared after each."""

import sys

from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, invariant

from .anew import Anew
from .choices import RATES, START
from .ledger import Books
from .people import People
from .reversals import Reversals
from .trade import Trade


class World(Trade, Reversals, Anew, RuleBasedStateMachine):
    """One company's year; everything it does is rolled back at its end."""

    #: of a unit of what is sold, in cents; of goods alone
    cost = 0

    def __init__(self, case):
        super().__init__()
        self.case = case
        case.begin()
        self.people = People(case)
        self.books = Books(RATES)
        self.day = START
        self.host = {}  # what stands for an order, a line, an entry in the host
        self.payments = {}
        self.done = []  # [(reversal, Effect)]
        self.waiting = []  # [Request]
        self.approval = False
        self.case.counts["sequences"] += 1

    def teardown(self):
        try:
            if not sys.exc_info()[0]:
                self.case.check_chain()
        finally:
            self.case.end()

    def say(self, text):
        note(text)

    def count(self, name):
        self.case.counts[name] += 1

    # ------------------------------------------------------------------
    # What must agree after each of them
    # ------------------------------------------------------------------

    @invariant()
    def the_books_agree(self):
        people, books = self.people, self.books
        self.case.counts["actions"] += 1
        self.case.assertEqual(people.balances(), books.balances(), "balances")
        open_items = people.residuals()
        expected = {}
        for document in books.documents:
            if document.alive:
                expected[self.host[document]] = books.residual(document)
        actual = {
            move: amount
            for move, amount in open_items.items()
            if amount or move in expected
        }
        self.case.assertEqual(actual, expected, "what is open")
        quantities = people.invoiced()
        states = people.orders()
        for order in books.orders:
            self.case.assertEqual(
                states[self.host[order]], (order.state, order.locked), order.name
            )
            for line in order.lines:
                self.case.assertEqual(
                    quantities[self.host[line]], books.invoiced(line), order.name
                )
