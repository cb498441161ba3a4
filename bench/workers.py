"""A batch in the background: what a second worker is worth, and how memory grows.

Each worker is a process with a connection of its own that does what a job of the queue
or the scheduler does: chunk by chunk, a commit each, until nothing is left.
"""

import multiprocessing
import time

import settled
from measure import peak_memory, table

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config


def main(connection: list[str], workers: list[int], sizes: list[int]) -> str:
    """Measure and return the table.

    :param list workers: how many work at once, one measurement each
    :param list sizes: orders of a batch
    """
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    database = config["db_name"][0]

    def measure(size, count):
        batch_id = build(database, f"BENCH-WORKERS-{size}-{count}", size)
        seconds, peak = _measure(database, batch_id, count)
        return seconds, f"{peak:.0f}"

    head = ["N", "workers", "orders/s", "ms/order", "speed-up", "peak MB a worker"]
    return table(head, compare(sizes, workers, measure))


def compare(sizes, counts, measure):
    """Return the rows of a table: what each number of workers is worth.

    :param measure: (size, count) -> (seconds, and what else is measured)
    """
    rows = []
    for size in sizes:
        alone = None
        for count in counts:
            seconds, *more = measure(size, count)
            alone = alone or seconds
            rows.append(
                [
                    size,
                    count,
                    f"{size / seconds:.1f}",
                    f"{seconds / size * 1000:.0f}",
                    f"{alone / seconds:.2f}",
                    *more,
                ]
            )
    return rows


def build(database, tag, size):
    """Return the id of a batch whose reversals wait."""
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        orders = settled.build(env, tag, size)
        batch = env["order.reversal.batch"].create(
            {
                "order_ids": orders.ids,
                "scope": "cancel",
                "invoice_method": "credit_note",
                "payment_method": "void",
                "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
            }
        )
        batch._engine().write({"state": "running"})
        batch._create_reversals()
        env.flush_all()
        cr.execute("ANALYZE")
        return batch.id


def _measure(database, batch_id, count):
    """Return (seconds until all are done, most memory of a worker in MB)."""
    sql_db.close_all()  # no fork may use a connection of its parent
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(count), context.Queue()
    options = config["config"], database
    workers = [
        context.Process(target=_work, args=(options, batch_id, start, results))
        for _number in range(count)
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=3600) for _worker in workers]
    for worker in workers:
        worker.join()
    check(database, batch_id)
    begun = min(sample["begun"] for sample in found)
    ended = max(sample["ended"] for sample in found)
    return ended - begun, max(sample["peak"] for sample in found)


def check(database, batch_id):
    """Fail unless all orders of a batch are taken back."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        batch = env["order.reversal.batch"].browse(batch_id)
        states = set(batch.reversal_ids.mapped("state"))
        assert (batch.state, states) == ("done", {"done"}), (batch.state, states)


def _work(options, batch_id, start, results):
    """In a worker: a process of its own, whose memory is only its own work's."""
    path, database = options
    config.parse_config(
        [f"--config={path}", f"--database={database}", "--log-level=error"],
        setup_logging=True,
    )
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["order.reversal"].default_get(["scope"])
        cr.rollback()
        start.wait()
        begun = time.time()
        env["order.reversal.batch"].browse(batch_id)._process()
        results.put({"begun": begun, "ended": time.time(), "peak": peak_memory()})
