"""Two people at once: their statements in every order with at most two switches.

What comes out is what comes out of one after the other. A random part of the orders is
tried, the seed printed; `make interleave` tries all.
"""

import os
import random
import time
from collections import Counter
from itertools import combinations_with_replacement

import pytest

from odoo import fields

from ..figures import tell
from ..seeds import seed
from .database import Saved, Watch, watched
from .shapes import CREDIT, Shape
from .threads import Meeting, outcome
from .world import WorldCase

#: One of so many orders of statements is tried; 1: all. And for how long, a class: but
#: however long it takes, each pair meets in both orders.
SHARE = int(os.environ.get("ERP_INTERLEAVE_SHARE") or 200)
SECONDS = float(os.environ.get("ERP_INTERLEAVE_SECONDS") or (1e9 if SHARE == 1 else 20))
SEED = seed("ERP_INTERLEAVE_SEED")

#: What two people do at once, and who.
ACTS = {
    "submit": "clerk",
    "approve": "approver",
    "restore": "manager",
    "pay": "accountant",
    "post": "accountant",
    "cancel": "accountant",
    "lock": "accountant",
}
PAIRS = tuple(combinations_with_replacement(ACTS, 2))
#: Those of which both move money or an invoice.
MONEY = tuple(pair for pair in PAIRS if not {"lock", "cancel"} & set(pair))


class InterleaveCase(WorldCase):
    """An order with an open invoice, a kept payment, a draft and a waiting request."""

    acts = ACTS

    def setUp(self):
        super().setUp()
        self.orders = self.commit(
            lambda env: self.settle(env, Shape("paid", half=True))
        )
        self.commit(self.add_draft)
        payment = Shape("payment", {"scope": "payment"})
        self.done = self.serve("clerk", lambda env: self.submit(env, payment).id)
        self.commit(lambda env: env.company.write({"reversal_approval": "always"}))
        self.waiting = self.serve("clerk", self.ask)
        self.commit(lambda env: env.company.write({"reversal_approval": "never"}))
        self.saved = Saved(self.registry, self.anchor())
        self.count = {"orders": 0, "waited": 0, "refused": 0}

    def add_draft(self, env):
        order = env["sale.order"].browse(self.orders)
        order.order_line[0].product_uom_qty += 1
        order._create_invoices(final=True)

    def submit(self, env, shape):
        reversal = self.request(env, self.orders[0], shape)
        reversal.action_submit()
        return reversal

    def ask(self, env):
        """For the invoice: who asks for the order twice is refused."""
        reversal = env["order.reversal"].create(
            {
                "move_id": self.invoices_of(env, "posted")[:1].id,
                "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
                **CREDIT,
            }
        )
        reversal.action_submit()
        return reversal.id

    # ------------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------------

    def act(self, name):
        """:return: (user, function of an environment)"""
        return self.acts[name], getattr(self, f"do_{name}")

    def do_submit(self, env):
        self.submit(env, Shape("all", CREDIT))

    def do_approve(self, env):
        env["order.reversal"].browse(self.waiting).action_approve()

    def do_restore(self, env):
        env["order.reversal"].browse(self.done).action_undo()

    def invoices_of(self, env, state):
        order = env["sale.order"].browse(self.orders)
        return order.invoice_ids.filtered(
            lambda move: move.state == state and move.move_type == "out_invoice"
        ).sorted("id")

    def do_pay(self, env):
        env["account.payment.register"].with_context(
            active_model="account.move",
            active_ids=self.invoices_of(env, "posted")[:1].ids,
        ).create({})._create_payments()

    def do_post(self, env):
        self.invoices_of(env, "draft").action_post()

    def do_cancel(self, env):
        env["sale.order"].browse(self.orders).action_cancel()

    def do_lock(self, env):
        # sudo: as the host's settings, which are the administrator's
        env.company.sudo().fiscalyear_lock_date = fields.Date.today()

    # ------------------------------------------------------------------
    # One after the other
    # ------------------------------------------------------------------

    def alone(self, name, watch=None):
        """:return: None, or why it was refused"""
        user, function = self.act(name)
        return outcome(lambda: self.serve_watched(watch or Watch(), user, function))

    def serve_watched(self, watch, user, function):
        with watched(watch):
            self.serve(user, function)

    def measure(self):
        """What each act does alone, and by how many statements."""
        self.before = self.image()
        self.assertChain()
        self.images, self.statements = {}, {}
        tables = set()
        for name in self.acts:
            watch = Watch()
            self.assertIsNone(self.alone(name, watch), name)
            self.images[name] = self.image()
            self.statements[name] = watch.count
            tables |= watch.tables
            self.assertChain()
            self.saved.go_back()
            self.assertChain()
        self.assertEqual(self.image(), self.before)
        self.saved.narrow(tables)

    def in_turn(self, pair):
        """What comes out of one after the other, in both orders."""
        images = []
        for names in (pair, pair[::-1]):
            for name in names:
                self.alone(name)
            images.append(self.image())
            self.saved.go_back()
        return images

    # ------------------------------------------------------------------
    # At once
    # ------------------------------------------------------------------

    def choose(self, pairs):
        """[(pair, first, second, number of statements of the first)]; shuffled.

        One of each pair, in both orders, comes first.
        """
        chosen, known = [], Counter()
        for pair in pairs:
            for first, second in dict.fromkeys((pair, pair[::-1])):
                numbers = range(1, self.statements[first])
                if SHARE > 1:
                    part = max(1, len(numbers) // SHARE)
                    numbers = self.random.sample(numbers, part)
                chosen += [(pair, first, second, number) for number in numbers]
        self.random.shuffle(chosen)
        turns = []
        for order in chosen:
            turns.append(known[order[1:3]])
            known[order[1:3]] += 1
        places = sorted(range(len(chosen)), key=turns.__getitem__)
        return [chosen[place] for place in places]

    def check_order(self, first, second, number, images):
        meeting = Meeting(self.serve_watched, self.act(first), self.act(second))
        try:
            refused = meeting.run(number)
            self.count["orders"] += 1
            self.count["waited"] += meeting.waited
            self.count["refused"] += sum(map(bool, refused))
            text = f"{second} after statement {number} of {first}: {refused}"
            # who meets somebody busy is refused, and has changed nothing
            allowed = list(images)
            if refused[0]:
                allowed.append(self.images[second])
            if refused[1]:
                allowed.append(self.images[first])
            self.assertFalse(all(refused), text)
            self.assertFalse(self.saved.locks(), text)
            self.assertIn(self.image(), allowed, text)
            self.assertChain()
        finally:
            self.saved.go_back()

    def check_pairs(self, pairs):
        self.random = random.Random(SEED)
        started = time.monotonic()
        self.measure()
        images, tried = {}, Counter()
        chosen = self.choose(pairs)
        for pair, first, second, number in chosen:
            if time.monotonic() > started + SECONDS and tried[first, second]:
                break
            tried[first, second] += 1
            if pair not in images:
                images[pair] = self.in_turn(pair)
            with self.subTest(first=first, second=second, number=number):
                self.check_order(first, second, number, images[pair])
        tell(
            f"seed {SEED} (ERP_INTERLEAVE_SEED), one of {SHARE}: {self.count} of "
            f"{len(chosen)}, {len(images)} of {len(pairs)} pairs, "
            f"in {time.monotonic() - started:.0f} s"
        )


@pytest.mark.commits
class TestInterleaveMoney(InterleaveCase):
    def test_what_moves_money(self):
        self.check_pairs(MONEY)


@pytest.mark.commits
class TestInterleaveOthers(InterleaveCase):
    def test_what_moves_none(self):
        self.check_pairs([pair for pair in PAIRS if pair not in MONEY])
