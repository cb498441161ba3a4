"""What workers on one batch wait for, with 1, 2, 4 and 8 processes on it.

Each has as many orders to take back. An observer looks again and again at what each
connection does; each worker notes how long it held, until its commit, what others need:
the end of the company's chain, and the numbers of the journal of credit notes.
"""

import threading
import time
from collections import Counter
from contextlib import closing

import psycopg2
import workers
from measure import table

from odoo import sql_db
from odoo.tools import config

EVERY = 0.02
# What a connection does, by the first condition that holds.
DOES = """
    SELECT CASE WHEN wait_event_type = 'Lock' AND wait_event = 'advisory' THEN 'chain'
                WHEN wait_event_type = 'Lock'
                 AND query LIKE 'UPDATE "account_move" SET "name"%' THEN 'numbers'
                WHEN wait_event_type = 'Lock'
                 AND query ILIKE '%bus_bus%' THEN 'bus'
                WHEN wait_event_type = 'Lock' THEN 'rows'
                WHEN state = 'active' AND wait_event_type IS NULL THEN 'database'
                WHEN state = 'active' AND wait_event_type <> 'Client' THEN 'disk'
                ELSE 'python' END
      FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND xact_start IS NOT NULL AND backend_type = 'client backend'
"""
COLUMNS = ("python", "database", "disk", "chain", "numbers", "rows", "bus")


def main(connection: list[str], counts: list[int], share: int) -> str:
    """Measure and return the table.

    :param list counts: how many work at once, one measurement each
    :param int share: orders of each worker
    """
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    database = config["db_name"][0]
    rows, alone = [], None
    for count in counts:
        size = count * share
        batch_id = workers.build(database, f"BENCH-CONTENTION-{count}", size)
        found, seen = _run(database, batch_id, count)
        pace = size / workers._seconds(found)
        alone = alone or pace
        rows.append(
            [
                count,
                f"{pace:.1f}",
                f"{pace / alone:.2f}",
                *(f"{seen[name] / max(seen.total(), 1):.1%}" for name in COLUMNS),
                *(_held(found, name) for name in ("chain", "numbers", "commit")),
                sum(sample["retries"] for sample in found),
            ]
        )
    head = ["workers", "orders/s", "speed-up", *COLUMNS]
    held = ["chain held: ms", "numbers held: ms", "commit: ms", "retries"]
    return table([*head, *held], rows)


def _held(found, name):
    """The mean of what all workers noted, in ms."""
    times = [seconds for sample in found for seconds in sample["held"][name]]
    return f"{sum(times) / max(len(times), 1) * 1000:.0f}"


def _run(database, batch_id, count):
    seen, stop = Counter(), threading.Event()
    observer = threading.Thread(target=_observe, args=(database, stop, seen))
    observer.start()
    try:
        found, _dialogs = workers.run(database, batch_id, count, _work)
    finally:
        stop.set()
        observer.join()
    return found, seen


def _observe(database, stop, seen):
    _name, parameters = sql_db.connection_info_for(database)
    with closing(psycopg2.connect(**parameters)) as connection:
        connection.autocommit = True  # else it would see the same again and again
        cr = connection.cursor()
        while not stop.wait(EVERY):
            cr.execute(DOES)
            seen.update(kind for (kind,) in cr.fetchall())


# ----------------------------------------------------------------------
# In a worker
# ----------------------------------------------------------------------


def _work(options, batch_id, start, results):
    registry = workers.begin(options)
    held = _clock(registry)
    retries = _count_retries(registry)
    begun, ended = workers.carry_out(registry, batch_id, start)
    results.put({"begun": begun, "ended": ended, "held": held, "retries": len(retries)})


def _clock(registry):
    """Let each transaction note how long it holds what others wait for.

    :return: {name: list of seconds, one for each transaction}
    """
    held = {"chain": [], "numbers": [], "commit": []}
    since = {}

    def noted(model, method, name):
        original = getattr(model, method)

        def wrapped(self, *arguments, **options):
            result = original(self, *arguments, **options)
            since.setdefault(name, time.perf_counter())
            return result

        setattr(model, method, wrapped)

    noted(registry["order.reversal.log"], "_lock_tail", "chain")
    noted(registry["account.move"], "_locked_increment", "numbers")
    commit = sql_db.Cursor.commit

    def committed(self):
        begun = time.perf_counter()
        commit(self)
        if since:
            ended = time.perf_counter()
            held["commit"].append(ended - begun)
            for name, moment in since.items():
                held[name].append(ended - moment)
            since.clear()

    sql_db.Cursor.commit = committed
    return held


def _count_retries(registry):
    """Chunks that were rolled back as another transaction got in their way."""
    model = registry["order.reversal.batch"]
    original = model._work_chunk
    retries = []

    def work_chunk(self, *arguments, **options):
        try:
            return original(self, *arguments, **options)
        except Exception as error:
            retries.append(type(error).__name__)
            raise

    model._work_chunk = work_chunk
    return retries
