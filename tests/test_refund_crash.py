"""Refunds by a provider that takes its time, and processes that die meanwhile."""

import tempfile
import time
from pathlib import Path

from .crash import CrashCase
from .crash.commands import Stage


class TestRefundCrash(CrashCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.stage = Stage(self.folder)

    def requests(self):
        return (Path(self.folder) / "requests").read_text().split()

    def send(self, how="answer"):
        pid = self.do("send", self.folder, how)["pid"]
        self.wait_for(pid)

    def test_killed_inside_of_the_provider(self):
        """The customer may have the money, and nobody here knows."""
        made = self.do("online", self.company)
        self.assertEqual(
            self.do("refund", made["reversal"]),
            {
                "state": "pending",
                "due": True,
                "transaction": "draft",
                "refunds": 0,
                "events": ["asked"],
            },
        )
        for _number in range(3):
            self.send("die")
            seen = self.do("refund", made["reversal"])
            self.assertEqual(
                (seen["due"], seen["transaction"], seen["refunds"]), (True, "draft", 0)
            )
            for method in ("credit", "refund", "void"):
                found = self.do("findings", self.company, made["payment"], method)
                self.assertIn("refund_pending", found["codes"], method)
        self.send()
        self.assertEqual(
            self.do("refund", made["reversal"]),
            {
                "state": False,
                "due": False,
                "transaction": "done",
                "refunds": 1,
                "events": ["asked", "done"],
            },
        )
        requests = self.requests()
        self.assertEqual(len(requests), 4)
        self.assertEqual(len(set(requests)), 1, "it was the same request each time")
        self.send()
        self.assertEqual(len(self.requests()), 4, "and is not sent again")
        books = self.do("books", self.company)
        self.assertTrue(books["chain"]["intact"], books["chain"])
        self.assertEqual(books["open"], 0)

    def test_a_slow_provider_makes_nobody_wait(self):
        made = self.do("online", self.company)
        orders = self.do("orders", self.company, 2)["orders"]
        slow = self.do("send", self.folder, "wait")["pid"]
        self.stage.wait("wait")
        # A second sender does not ask twice, nor wait.
        self.send()
        self.assertEqual(len(self.requests()), 1)
        # Others post to the same journals and append to the same chain.
        began = time.monotonic()
        self.wait_for(self.do("reverse", self.company, orders)["pid"])
        self.assertTrue(self.alive(slow), "the provider has not answered yet")
        events = self.do("events", self.company)
        self.assertEqual(events["done"], 3)
        self.assertLess(time.monotonic() - began, 100)
        self.stage.reach("go on")
        self.wait_for(slow)
        seen = self.do("refund", made["reversal"])
        self.assertEqual((seen["transaction"], seen["refunds"]), ("done", 1))
