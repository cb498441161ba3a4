"""Real workers in processes of their own, and what others see of their work."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import config

WORKER = Path(__file__).parent / "worker.py"

# [reversal, order, invoice, credit notes, payments, snapshot, log]
UNTOUCHED = ["queued", "sale", "paid", [], False, []]
FINISHED = ["done", "cancel", "reversed", ["posted"], True]


class CrashCase(BaseCase):
    """Has a process of its own whose forks are the workers."""

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
        self.worker.wait(timeout=600)

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

    def kill(self, pid):
        """:return: bool, whether it was still alive"""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False

    def wait_for(self, pid, seconds=600):
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
