"""The job queue's own runner on a batch: what a second worker is worth.

Needs the database with `queue_job` (`--flavour queue`). The server, its workers and the
runner are the host's and the queue's own, with as many jobs side by side as the channel
allows.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import settled
import workers
from measure import table

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

# The host starts some of its processes by the path of the first one.
LAUNCHER = Path(__file__).parents[1] / "tests" / "live" / "server.py"
# Orders of a batch that fills the caches of the workers.
WARM = 200


def main(connection: list[str], counts: list[int], sizes: list[int]) -> str:
    """Measure and return the table.

    :param list counts: how many jobs run at once, one measurement each
    :param list sizes: orders of a batch
    """
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    database = config["db_name"][0]
    _leave_crons_alone(database)

    def measure(size, count):
        batches = [
            workers.build(database, f"BENCH-JOBS-{size}-{count}-{part}", part)
            for part in (WARM, size)
        ]
        with _server(connection, count):
            _warm, seconds = [_run(database, batch) for batch in batches]
        return (seconds,)

    head = ["N", "jobs at once", "orders/s", "ms/order", "speed-up"]
    return table(head, workers.compare(sizes, counts, measure))


def _leave_crons_alone(database):
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.cron"].search([]).active = False


@contextmanager
def _server(connection, count):
    """The host's server with workers for the jobs, while it is needed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, str(LAUNCHER), *connection,
        "--load=base,web,queue_job", f"--workers={count + 1}", "--max-cron-threads=0",
        "--http-interface=127.0.0.1", f"--http-port={port}",
        f"--gevent-port={port + 1}", "--log-level=error",
    ]  # fmt: skip
    channels = f"root:{count},root.order_reversal:{count}"
    variables = {**os.environ, "ODOO_QUEUE_JOB_CHANNELS": channels}
    server = subprocess.Popen(command, env=variables)
    try:
        _wait(lambda: _answers(port), 90)
        yield
    finally:
        server.terminate()
        server.wait(60)


def _answers(port):
    with suppress(urllib.error.URLError, OSError):
        url = f"http://127.0.0.1:{port}/web/health"
        return urllib.request.urlopen(url, timeout=5).status == 200


def _wait(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _run(database, batch_id):
    """Return the seconds from the first job until all are done."""
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        env["order.reversal.batch"].browse(batch_id)._start_background()
    begun = time.perf_counter()
    _wait(lambda: _is_done(database, batch_id), 3600)
    seconds = time.perf_counter() - begun
    workers.check(database, batch_id)
    return seconds


def _is_done(database, batch_id):
    with Registry(database).cursor() as cr:
        cr.execute("SELECT state FROM order_reversal_batch WHERE id = %s", [batch_id])
        return cr.fetchone()[0] == "done"
