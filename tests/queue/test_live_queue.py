"""The job queue's own runner and two worker processes, one of which is killed."""

import os
import signal
from unittest.mock import patch

from ..crash import commands
from ..live import LiveCase, Server, committed, wait_until

QUEUE = "odoo.addons.erp_order_reversal_queue.models.order_reversal_batch"
ORDERS = 16


class TestLiveQueue(LiveCase):
    @classmethod
    def make_server(cls):
        return Server(
            "--load=base,web,queue_job",
            "--workers=2",
            "--max-cron-threads=0",
            variables={"ODOO_QUEUE_JOB_CHANNELS": "root:2,root.order_reversal:2"},
            chunk=2,
            busy_pause=1,
        )

    def start(self):
        with committed() as env, patch(f"{QUEUE}.CHUNK", 2):
            built = commands.build(env, self.company_id, ORDERS)
            batch = env["order.reversal.batch"].browse(built["batch"])
            batch.with_user(env.ref("base.user_admin"))._start_background()
        return built

    def look(self, batch_id):
        with committed() as env:
            batch = env["order.reversal.batch"].browse(batch_id)
            return batch.state, batch.done_count

    def jobs(self, *states):
        """[(state, process)] of the jobs of this addon."""
        with committed() as env:
            domain = [("method_name", "=", "_job_work"), ("state", "in", states)]
            return [
                (job.state, job.worker_pid) for job in env["queue.job"].search(domain)
            ]

    def kill_one(self):
        def running():
            return [pid for _state, pid in self.jobs("started") if pid]

        pid = wait_until(running, what="a job that runs")[0]
        # Never anything but a worker of the server.
        self.assertEqual(os.getpgid(pid), self.server.process.pid)
        os.kill(pid, signal.SIGKILL)
        return pid

    def test_two_workers_one_killed(self):
        built = self.start()
        wait_until(
            lambda: len({pid for _state, pid in self.jobs("started") if pid}) == 2,
            what="two workers side by side",
        )
        killed = self.kill_one()
        wait_until(
            lambda: self.look(built["batch"])[0] == "done", what="the whole batch"
        )
        pids = {pid for _state, pid in self.jobs("done")}
        self.assertGreaterEqual(len(pids - {killed}), 1)
        with committed() as env:
            seen = commands.look(env, built["batch"])
            books = commands.books(env, self.company_id)
        for state, order, invoice, credits, payments, snapshot, events, error in seen[
            "rows"
        ]:
            self.assertEqual(
                [state, order, invoice, credits, payments, snapshot],
                ["done", "cancel", "reversed", ["posted"], ["canceled"], True],
                error,
            )
            self.assertEqual(events.count("done"), 1)
        self.assertEqual(len(seen["rows"]), ORDERS)
        self.assertEqual((books["balances"], books["open"]), ([], 0))
        self.assertTrue(books["chain"]["intact"])
