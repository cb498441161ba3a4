"""The database in the way of a worker: restarted, in conflict, in a deadlock."""

import random
import tempfile
import time
from pathlib import Path

from .crash import CrashCase

ORDERS = 9
CHUNK = 3  # of the workers
CUTS = 6


class TestConflicts(CrashCase):
    def finish(self, batch):
        """Work until nothing is left, as the scheduler does again and again."""
        for _turn in range(5):
            self.wait_for(self.do("work", batch)["pid"])
            seen = self.check(batch)
            if seen["state"] == "done":
                break
        self.assertEqual(seen["state"], "done")
        self.assertEqual({row[0] for row in seen["rows"]}, {"done"})
        self.check_books()

    def test_connections_are_lost(self):
        """A restart of the database server, as its clients see it."""
        cuts = 0
        for _turn in range(CUTS):
            batch = self.do("build", self.company, ORDERS)["batch"]
            pid = self.do("work", batch)["pid"]
            # A worker is connected as long as it lives.
            time.sleep(random.uniform(0.05, 1.5))
            cuts += self.do("cut", [pid])["cut"]
            self.wait_for(pid)
            self.check(batch)
            self.finish(batch)
        self.assertGreaterEqual(cuts, CUTS // 2)

    def entangle(self, command):
        """Let a user get in the way of a worker at a known moment.

        :return: names of the conflicts that the worker tried again
        """
        built = self.do("build", self.company, CHUNK)
        stage = self.enterContext(tempfile.TemporaryDirectory())
        report = Path(stage) / "report"
        report.touch()
        user = self.do(command, built["orders"][0], stage)["pid"]
        worker = self.do("work", built["batch"], str(report), stage)["pid"]
        self.wait_for(worker)
        self.wait_for(user)
        self.finish(built["batch"])
        return report.read_text().split()

    def test_serialization_failure(self):
        self.assertIn("SerializationFailure", self.entangle("change"))

    def test_deadlock_with_a_user(self):
        self.assertIn("DeadlockDetected", self.entangle("entangle"))
