"""Death at every statement: an error, a killed connection, a conflict.

Afterwards the database is as before or as after, never anything between; nothing is
locked, and a repeat works. A random part of the statements is tried, the seed printed;
`make faults` tries all.
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
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from odoo.tools import split_every

from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy

from ..figures import tell
from ..seeds import seed
from .database import FAULTS, Fault, Saved, Watch, watched
from .shapes import SHAPES
from .world import WorldCase

#: One of so many statements is tried, by one of the faults; 1: all, by all of them.
CI = os.environ.get("CI")
SHARE = int(os.environ.get("ERP_FAULTS_SHARE") or (40 if CI else 400))
SEED = seed("ERP_FAULTS_SEED")


class FaultCase(WorldCase):
    def setUp(self):
        super().setUp()
        names = ("statements", "faults", "before", "after", "repeated")
        self.figures = dict.fromkeys(names, 0)
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
        watch, saved = self.learn(act)
        after = self.image()
        self.assertNotEqual(after, before)
        self.assertChain()
        saved.go_back()
        self.assertEqual(self.image(), before)
        self.figures["statements"] += watch.count
        started = time.monotonic()
        for fault in self.choose(watch.count, watch.committed):
            with self.subTest(shape=shape.name, operation=operation):
                self.disturb(act, fault, saved, before, after)
        self.seconds += time.monotonic() - started
        self.assertNothingChanged(saved.changed_anywhere(), operation)

    def assertNothingChanged(self, tables, text):
        self.assertFalse(set(tables) - {"bus_bus"}, text)

    def choose(self, count, committed):
        """All faults at all statements; of a part of them, one each.

        Who meets a conflict tries again from the begin, some times: so each try meets
        one. A third of them is carried out by the last try, the others meet in it
        something worse, which they would have met alone.

        :param int committed: up to this statement it is tried again
        """
        numbers = range(1, count + 1)
        chosen = [(kind, number) for number in numbers for kind in FAULTS]
        if SHARE > 1:
            part = sorted(self.random.sample(numbers, max(1, count // SHARE)))
            chosen = [(self.random.choice([*FAULTS]), number) for number in part]
        conflicts = [number for kind, number in chosen if kind == "conflict"]
        again = [number for number in conflicts if number < committed]
        worse = [hit for hit in chosen if hit[0] != "conflict"]
        self.random.shuffle(worse)
        for few in split_every(MAX_TRIES_ON_CONCURRENCY_FAILURE - 1, again):
            hits = [("conflict", number) for number in few]
            if worse and self.random.random() > 1 / 3:
                hits.append(worse.pop())
            yield Fault(*hits)
        late = [("conflict", number) for number in conflicts if number >= committed]
        yield from map(Fault, worse + late)

    def learn(self, act):
        """Carry it out to see its statements; what it may write is saved before.

        With what follows the commit, so that it can't be learnt without one. The first
        time the host reads what it then keeps in mind: the second time counts.
        """
        saved = Saved(self.registry, self.anchor())
        with watched(Watch()) as first:
            act()
        saved.narrow(first.tables)
        saved.go_back()
        with watched(Watch()) as second:
            act()
        return second, saved

    def disturb(self, act, fault, saved, before, after):
        text = str(fault)
        with watched(Watch(fault)):
            self.survive(act)
        # now and then one has a statement less: its last one is not met
        self.figures["faults"] += len(fault.hits) - len(fault.waiting)
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
        self.assertNotEqual(fault.last, "conflict", f"{text}: it was not tried again")
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
