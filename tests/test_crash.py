"""Real workers, in parallel and killed: nothing half done, nothing done twice."""

import random
import time

from .crash import CrashCase

KILLS = 20
ORDERS = 9
SHARE = 4


class TestCrash(CrashCase):
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
                kills += sum(map(self.kill, workers))
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
        self.kill(workers[0])
        self.wait_for(workers[1], 240)
        seen = self.check(built["batch"])
        if seen["state"] == "running":  # what the killed one had locked meanwhile
            last = self.do("work", built["batch"])["pid"]
            self.wait_for(last, 240)
            seen = self.check(built["batch"])
        self.kill(editor)
        self.assertEqual(seen["state"], "done", seen)
        self.check_books()
