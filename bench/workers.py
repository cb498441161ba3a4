"""A batch in the background: what a second worker is worth, and how it goes on.

Each worker is a process with a connection of its own that does what a job of the queue
or the scheduler does: chunk by chunk, a commit each, until nothing is left. Beside it,
a third process may open the dialog, over and over, as a person does.
"""

import multiprocessing
import os
import statistics
import time
from typing import NamedTuple

import settled
from measure import peak_memory, table
from single import _Dialog

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

#: As many reversals as the start of a batch creates in the request.
CREATED = 500
#: Dialogs that are opened while nobody works.
ALONE = 60
PAUSE = 0.2
#: Of so many orders a worker says how far it is.
TOLD = 1_000
#: Steps of plain Python that say how fast the machine is; a few milliseconds.
YARD = 200_000


def main(
    connection: list[str], workers: list[int], sizes: list[int], beside: bool = False
) -> str:
    """Measure and return the tables.

    :param list workers: how many work at once, one measurement each
    :param list sizes: orders of a batch
    :param bool beside: tell by tenths, with the dialog opened beside it
    """
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    database = config["db_name"][0]
    tables = []

    def measure(size, count):
        batch_id = build(database, f"BENCH-WORKERS-{size}-{count}", size)
        alone = _open_dialogs(database) if beside else None
        found, dialogs = run(database, batch_id, count, _work, beside=beside)
        if beside:
            tables.append(_by_tenths(found, size))
            tables.append(_beside(alone, dialogs))
        peak = max(sample["peak"] for sample in found)
        return _seconds(found), f"{peak:.0f}"

    head = ["N", "workers", "orders/s", "ms/order", "speed-up", "peak MB a worker"]
    return "\n\n".join([table(head, compare(sizes, workers, measure)), *tables])


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
    """Return the id of a batch that runs, as far as its start creates it."""
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        orders = settled.copied(env, tag, size)
        settled.build(env, "BENCH-DIALOG", 20)
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
        batch._create_reversals(limit=CREATED)
        env.flush_all()
        cr.execute("ANALYZE")
        return batch.id


def run(database, batch_id, count, work, beside=False):
    """Let workers carry out a batch.

    :param work: what each does, see `_work`
    :param bool beside: open dialogs meanwhile
    :return: (what each puts into the queue, seconds of the dialogs)
    """
    sql_db.close_all()  # no fork may use a connection of its parent
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(count), context.Queue()
    options = config["config"], database
    stop, dialogs = context.Event(), context.Queue()
    person = context.Process(target=_person, args=(options, stop, dialogs))
    if beside:
        person.start()
    workers = [
        context.Process(target=work, args=(options, batch_id, start, results))
        for _number in range(count)
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=24 * 3600) for _worker in workers]
    for worker in workers:
        worker.join()
    stop.set()
    times = dialogs.get(timeout=60) if beside else []
    check(database, batch_id)
    return found, times


def _seconds(found):
    """From the first one that began until the last one was done."""
    begun = min(sample["begun"] for sample in found)
    return max(sample["ended"] for sample in found) - begun


def _by_tenths(found, size):
    """Pace, cost and memory by tenths of the orders.

    The machine's own pace changes over hours: beside the orders a second stands what
    they are by the yardstick, a loop of plain Python that each worker times, too.
    """
    last = min(sample["begun"] for sample in found)
    steps = sorted(
        (step for sample in found for step in sample["steps"]),
        key=lambda step: step.moment,
    )
    workers = sorted({step.worker for step in steps})
    rows, done, tenth, first = [], 0, [], None
    for step in steps:
        done += step.worked
        tenth.append(step)
        if done < size * (len(rows) + 1) / 10:
            continue
        worked = sum(step.worked for step in tenth)
        yard = statistics.mean(step.yard for step in tenth)
        pace = worked / (step.moment - last)
        first = first or pace * yard
        rows.append(
            [
                done,
                f"{pace:.1f}",
                f"{yard * 1000:.1f}",
                f"{pace * yard / first:.2f}",
                f"{sum(step.cpu for step in tenth) / worked * 1000:.1f}",
                f"{sum(step.queries for step in tenth) / worked:.1f}",
                *(
                    f"{max((s.memory for s in tenth if s.worker == w), default=0):.0f}"
                    for w in workers
                ),
            ]
        )
        last, tenth = step.moment, []
    head = ["orders done", "orders/s", "yardstick ms", "pace by it", "CPU ms/order"]
    head += ["queries/order", *(f"MB, worker {n + 1}" for n in range(len(workers)))]
    return table(head, rows)


def _beside(alone, beside):
    rows = []
    for name, times in (("alone", alone), ("beside the workers", beside)):
        rows.append(
            [
                name,
                len(times),
                f"{statistics.median(times) * 1000:.0f}",
                f"{_p95(times) * 1000:.0f}",
                f"{_p95(times) / _p95(alone):.1f}",
            ]
        )
    head = ["the dialog opens", "times", "median ms", "95 % ms", "95 % of alone"]
    return table(head, rows)


def _p95(times):
    return sorted(times)[int(len(times) * 0.95)]


def check(database, batch_id):
    """Fail unless all orders of a batch are taken back."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        batch = env["order.reversal.batch"].browse(batch_id)
        states = set(batch.reversal_ids.mapped("state"))
        assert (batch.state, states) == ("done", {"done"}), (batch.state, states)


# ----------------------------------------------------------------------
# In a worker
# ----------------------------------------------------------------------


def begin(options):
    """Set the host up in a process of its own: its memory is only its own work's.

    :return: the registry
    """
    path, database = options
    config.parse_config(
        [f"--config={path}", f"--database={database}", "--log-level=error"],
        setup_logging=True,
    )
    return Registry(database)


def carry_out(registry, batch_id, start):
    """Work on a batch until nothing is left: (when it began, when it ended)."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["order.reversal"].default_get(["scope"])
        cr.rollback()
        start.wait()
        begun = time.time()
        env["order.reversal.batch"].browse(batch_id)._process()
        return begun, time.time()


def _work(options, batch_id, start, results):
    registry = begin(options)
    steps = _note_steps(registry)
    begun, ended = carry_out(registry, batch_id, start)
    results.put({"begun": begun, "ended": ended, "peak": peak_memory(), "steps": steps})


class _Step(NamedTuple):
    """What one chunk took, up to its commit."""

    worker: int
    moment: float
    worked: int
    memory: float
    cpu: float
    queries: int
    yard: float


def _note_steps(registry):
    """Let each commit note what its chunk took, and how fast the machine is.

    Hours may go by until the tables: what is reached by then is printed.
    """
    model = registry["order.reversal.batch"]
    original = model._commit_work
    steps = []
    begun, done = time.time(), 0
    cpu, queries = time.process_time(), 0

    def commit_work(self, worked):
        nonlocal done, cpu, queries
        left = original(self, worked)
        if worked:
            count = self.env.cr.sql_log_count
            step = _Step(
                os.getpid(),
                time.time(),
                worked,
                _memory(),
                time.process_time() - cpu,
                count - queries,
                _yardstick(),
            )
            steps.append(step)
            if (done + worked) // TOLD > done // TOLD:
                told = steps[-TOLD // worked :]
                orders = sum(step.worked for step in told)
                print(
                    f"worker {step.worker}: {done + worked} orders, "
                    f"{step.moment - begun:.0f} s, {step.memory:.0f} MB; of the last: "
                    f"{sum(s.cpu for s in told) / orders * 1000:.1f} ms CPU, "
                    f"{sum(s.queries for s in told) / orders:.1f} queries, yardstick "
                    f"{statistics.mean(s.yard for s in told) * 1000:.1f} ms",
                    flush=True,
                )
            done += worked
            cpu, queries = time.process_time(), count
        return left

    model._commit_work = commit_work
    return steps


def _yardstick():
    """Seconds of work that is the same each time: how fast the machine is now."""
    begun = time.perf_counter()
    for _step in range(YARD):
        pass
    return time.perf_counter() - begun


def _memory():
    """What this process holds now, in MB."""
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# ----------------------------------------------------------------------
# The person beside them
# ----------------------------------------------------------------------


def _person(options, stop, dialogs):
    begin(options)
    dialogs.put(_open_dialogs(options[1], stop))


def _open_dialogs(database, stop=None):
    """Open the dialog on one order after the other; nothing is kept.

    :param stop: event that ends it; without one it's opened a number of times
    :return: list of seconds
    """
    times = []
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        ids = settled.find(env, "BENCH-DIALOG").ids
        dialog = _Dialog(env)
        for order_id in ids[:3]:  # the first ones fill the caches of the process
            dialog.run(env["sale.order"].browse(order_id))
        while len(times) < ALONE if stop is None else not stop.wait(PAUSE):
            cr.rollback()
            env.invalidate_all(flush=False)
            begun = time.perf_counter()
            dialog.run(env["sale.order"].browse(ids[len(times) % len(ids)]))
            times.append(time.perf_counter() - begun)
        cr.rollback()
    return times
