"""Real workers, in parallel and killed: nothing half done, nothing done twice."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import config

WORKER = Path(__file__).parent / "crash" / "worker.py"
KILLS = 20
ORDERS = 9
SHARE = 4

# [reversal, order, invoice, credit notes, payments, snapshot, log]
UNTOUCHED = ["queued", "sale", "paid", [], False, []]
FINISHED = ["done", "cancel", "reversed", ["posted"], True]


class TestCrash(BaseCase):
    def setUp(self):
        super().setUp()
        command = [
            sys.executable,
            str(WORKER),
            f"--config={config['config']}",
            f"--database={get_db_name()}",
            f"--addons-path={','.join(str(path) for path in config['addons_path'])}",
        ]
        self.worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(self.stop)
        self.assertTrue(self.read()["ready"])
        self.company = self.do("company")["company"]

    def stop(self):
        self.worker.stdin.close()
        self.worker.stdout.close()
        self.worker.wait(timeout=60)

    def read(self):
        return json.loads(self.worker.stdout.readline())

    def do(self, name, *arguments):
        self.worker.stdin.write(json.dumps({"do": name, "with": arguments}) + "\n")
        self.worker.stdin.flush()
        result = self.read()
        self.assertNotIn("error", result, result.get("error"))
        return result

    def alive(self, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False

    def wait_for(self, pid, seconds=120):
        end = time.monotonic() + seconds
        while self.alive(pid):
            self.assertLess(time.monotonic(), end, "A worker hangs.")
            time.sleep(0.05)

    def check(self, batch):
        """Each order is untouched or finished, for everybody else to see."""
        seen = self.do("look", batch)
        for state, order, invoice, credits, payments, snapshot, events, _e in seen[
            "rows"
        ]:
            if state == "queued":
                self.assertEqual(
                    [state, order, invoice, credits, snapshot, events], UNTOUCHED
                )
                self.assertNotIn("canceled", payments)
            else:
                self.assertEqual([state, order, invoice, credits, snapshot], FINISHED)
                self.assertEqual(payments, ["canceled"])
                self.assertEqual(events.count("done"), 1)
        return seen

    def check_books(self):
        books = self.do("books", self.company)
        self.assertEqual(books["balances"], [])
        self.assertEqual(books["open"], 0)
        self.assertTrue(books["chain"]["intact"], books["chain"])
        self.assertGreater(books["chain"]["checked"], 0)

    def test_killed_at_random_moments(self):
        kills = 0
        rounds = 0
        while kills < KILLS:
            batch = self.do("build", self.company, ORDERS)["batch"]
            state = "running"
            while state == "running":
                rounds += 1
                self.assertLess(rounds, 15 * KILLS, "The batch gets nowhere.")
                # Now and then two at once, who must not take the same orders.
                workers = [
                    self.do("work", batch)["pid"]
                    for _number in range(random.choice((1, 1, 2)))
                ]
                # The longer it goes on, the more time they get.
                time.sleep(random.uniform(0.05, 1.0 + rounds * 0.1))
                for pid in workers:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        kills += 1
                for pid in workers:
                    self.wait_for(pid)
                state = self.check(batch)["state"]
            self.assertEqual(state, "done")
        self.check_books()

    def test_a_chain_stays_whole_under_parallel_workers(self):
        """Four workers, each with orders of its own, append to one chain."""
        orders = self.do("orders", self.company, 4 * SHARE)["orders"]
        workers = [
            self.do("reverse", self.company, orders[number::4])["pid"]
            for number in range(4)
        ]
        for pid in workers:
            self.wait_for(pid, 300)
        count = len(orders)
        events = self.do("events", self.company)
        self.assertEqual(
            events,
            # payment, credit note, order
            {"requested": count, "step": 3 * count, "done": count, "verified": count},
        )
        books = self.do("books", self.company)
        self.assertEqual(
            books["chain"],
            {"intact": True, "checked": 6 * count, "first_broken": False},
        )
        self.assertEqual(books["balances"], [])

    def test_goes_on_by_itself_beside_an_editor(self):
        built = self.do("build", self.company, ORDERS)
        editor = self.do("edit", built["orders"], 60)["pid"]
        self.addCleanup(self.wait_for, editor)
        workers = [self.do("work", built["batch"])["pid"] for _number in range(2)]
        time.sleep(1)
        os.kill(workers[0], signal.SIGKILL)
        self.wait_for(workers[1], 240)
        seen = self.check(built["batch"])
        if seen["state"] == "running":  # what the killed one had locked meanwhile
            last = self.do("work", built["batch"])["pid"]
            self.wait_for(last, 240)
            seen = self.check(built["batch"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(editor, signal.SIGKILL)
        self.assertEqual(seen["state"], "done", seen)
        self.check_books()
