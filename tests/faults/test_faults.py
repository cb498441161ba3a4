"""Death at every statement: an error, a killed connection, a conflict.

Each is followed to the rollback that it ends in (`landing.py`); of those that end alike
one is carried through. Afterwards the database is as before or as after, never anything
between; nothing is locked, and a repeat works. A random part of the statements is
tried, the seed printed; `make faults` tries all.
"""

import contextlib
import os
import random
import time
from dataclasses import replace
from unittest.mock import patch

import psycopg2
import pytest

from odoo.exceptions import UserError

from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy

from ..figures import tell
from ..seeds import seed
from .database import FAULTS, Fault, Saved, Watch, watched
from .landing import Carrier, Follower
from .shapes import SHAPES
from .world import WorldCase

#: One of so many statements meets each of the faults; 1: all of them.
CI = os.environ.get("CI")
SHARE = int(os.environ.get("ERP_FAULTS_SHARE") or (10 if CI else 100))
#: Of a part of the statements, one of so many ends is carried through.
CARRIED = 4
SEED = seed("ERP_FAULTS_SEED")
#: Astray: carried through to another rollback than its copy's.
FIGURES = ("statements", "followed", "carried", "astray", "before", "after", "repeated")


class FaultCase(WorldCase):
    def setUp(self):
        super().setUp()
        self.figures = dict.fromkeys(FIGURES, 0)
        self.seconds = 0

    # ------------------------------------------------------------------
    # What is disturbed
    # ------------------------------------------------------------------

    # Each commits what the operation starts from, and returns a function, which
    # carries it out and commits.

    def prepare_submit(self, shape, orders):
        return lambda: self.serve(
            "clerk", lambda env: self.request(env, orders[0], shape).action_submit()
        )

    def prepare_approve(self, shape, orders):
        self.commit(lambda env: env.company.write({"reversal_approval": "always"}))
        reversal_id = self.ask(shape, orders)
        return lambda: self.serve(
            "approver",
            lambda env: env["order.reversal"].browse(reversal_id).action_approve(),
        )

    def ask(self, shape, orders):
        def submit(env):
            reversal = self.request(env, orders[0], shape)
            reversal.action_submit()
            return reversal.id

        return self.serve("clerk", submit)

    def prepare_restore(self, shape, orders):
        reversal_id = self.ask(shape, orders)
        return lambda: self.serve(
            "manager",
            lambda env: env["order.reversal"].browse(reversal_id).action_undo(),
        )

    def prepare_settle(self, shape, orders):
        """What stays confirmed, or a quotation, is settled again."""
        scope = shape.how.get("scope", "invoice")
        shape = replace(shape, how={**shape.how, "scope": scope})
        reversal_id = self.ask(shape, orders)

        def open_settlement(env):
            settlements = env["order.settlement"]
            return settlements.create({"reversal_id": reversal_id}).id

        settlement_id = self.serve("clerk", open_settlement)
        return lambda: self.serve(
            "clerk",
            lambda env: env["order.settlement"].browse(settlement_id).action_settle(),
        )

    def prepare_batch(self, shape, orders):
        """More than what is carried out in the request: for the scheduler."""

        def build(env):
            more = self.settle(env, shape)
            env = self.env_of(env.cr, "clerk")
            batch = env["order.reversal.batch"].create(
                {
                    "order_ids": [orders[0], more[0]],
                    "reason_id": env.ref(
                        "erp_order_reversal.reason_operation_mistake"
                    ).id,
                    **shape.how,
                }
            )
            # so few are carried out in the request; here the scheduler has to
            with patch.object(type(batch), "_start_work", lambda _batch: None):
                batch.action_start()
            return batch.id

        batch_id = self.commit(build)

        def work():
            cr = self.registry.cursor()
            try:
                batch = self.admin(cr)["order.reversal.batch"].browse(batch_id)
                batch._work_step(Busy())
            finally:
                cr.close()

        return work

    # ------------------------------------------------------------------
    # Disturbing it
    # ------------------------------------------------------------------

    def check(self, operation, shape, orders):
        """Let faults meet an operation.

        After each, the tables that the operation writes are compared; all the others
        at the end, as nothing puts them back: what any of the faults left is there.
        """
        act = getattr(self, f"prepare_{operation}")(shape, orders)
        before = self.image()
        follower, saved = self.learn(act)
        after = self.image()
        self.assertNotEqual(after, before)
        self.assertChain()
        saved.go_back()
        self.assertEqual(self.image(), before)
        self.figures["statements"] += follower.count
        started = time.monotonic()
        for fault in self.to_carry_through(follower.landings):
            with self.subTest(shape=shape.name, operation=operation):
                self.disturb(act, fault, saved, before, after)
        self.seconds += time.monotonic() - started
        self.assertNothingChanged(saved.changed_anywhere(), operation)

    def assertNothingChanged(self, tables, text):
        self.assertFalse(set(tables) - {"bus_bus"}, text)

    def choose(self, _query):
        """Each kind of fault at one of so many statements."""
        return [*FAULTS] if self.random.random() * SHARE < 1 else ()

    def to_carry_through(self, landings):
        """One fault of all that end alike; with all, each that went on uncommitted.

        Of a part of the statements it is a part of the ends, and each where the fault
        has become another error on its way or has undone nothing.

        :param dict landings: see `Follower`
        """
        usual, unusual = [], []
        for landing, numbers in landings.items():
            self.figures["followed"] += len(numbers)
            self.assertFalse(landing.is_lost, f"a copy did not come back: {numbers}")
            each = SHARE == 1 and landing.goes_on and not landing.commits
            chosen = numbers if each else [self.random.choice(numbers)]
            is_usual = not landing.is_unusual and not landing.goes_on
            faults = usual if is_usual else unusual
            faults += [Fault(landing.kind, number, landing) for number in chosen]
        if SHARE > 1:
            usual = self.random.sample(usual, -(-len(usual) // CARRIED))
        return unusual + usual

    def learn(self, act):
        """Carry it out to see its statements; what it may write is saved before.

        With what follows the commit, so that it can't be learnt without one. The first
        time the host reads what it then keeps in mind: the second time counts.

        :return: Follower of the faults, Saved
        """
        saved = Saved(self.registry, self.anchor())
        with watched(Watch()) as first:
            act()
        image = self.image()
        saved.narrow(first.tables)
        saved.go_back()
        with watched(Follower(self.choose)) as second:
            second.carry_out(act)
        self.assertEqual(self.image(), image, "it was carried out as without copies")
        return second, saved

    def disturb(self, act, fault, saved, before, after):
        text = str(fault)
        with watched(Carrier(fault)) as carrier:
            self.survive(act)
        # now and then one has a statement more or less
        self.figures["carried"] += fault.is_met
        if fault.landing:
            self.figures["astray"] += carrier.is_astray(fault.landing)
        self.wait_for_locks(saved, text)
        image = self.image()
        if image == after:
            self.figures["after"] += 1
            self.assertChain()
            saved.go_back()
            return
        self.figures["before"] += 1
        self.assertEqual(image, before, text)
        self.assertNothingChanged(saved.changed(), text)
        is_conflict = fault.is_met and fault.kind == "conflict"
        self.assertFalse(is_conflict, f"{text}: it was not tried again")
        if SHARE == 1 or self.random.random() < 0.1:
            self.figures["repeated"] += 1
            act()
            self.assertEqual(self.image(), after, f"{text}, and again")
            self.assertChain()
            saved.go_back()

    def survive(self, act):
        """What the server answers does not matter here, only what is left."""
        with contextlib.suppress(UserError, psycopg2.Error):
            act()

    def wait_for_locks(self, saved, text):
        """A server that was told to end a session takes a moment for it."""
        for _try in range(1000):
            locks = saved.locks()
            if not locks:
                return
            time.sleep(0.01)
        self.fail(f"{text}: still locked: {locks}")

    def check_shape(self, shape):
        started = time.monotonic()
        tell(f"seed {SEED} (ERP_FAULTS_SEED), one of {SHARE} (ERP_FAULTS_SHARE)")
        self.random = random.Random(f"{SEED} {shape.name}")
        orders = self.commit(lambda env: self.settle(env, shape))
        settled = Saved(self.registry, self.anchor(), "settled")
        for operation in shape.operations:
            self.check(operation, shape, orders)
            settled.go_back()
        spent = time.monotonic() - started
        tell(f"{self.figures} in {spent:.0f} s, the faults {self.seconds:.0f} s")


def _case(shape):
    @pytest.mark.commits
    def test_every_statement(self):
        self.check_shape(shape)

    name = "".join(word.capitalize() for word in shape.name.split("_"))
    return type(
        f"TestFaults{name}",
        (FaultCase,),
        {"test_every_statement": test_every_statement},
    )


# Classes are spread over the workers.
globals().update({case.__name__: case for case in map(_case, SHAPES)})
