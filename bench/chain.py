"""Several workers taking back orders at once: what the chain of the log costs them.

Each worker is a process with a connection of its own. It reverses orders that no other
one touches, one by one, a commit each, and notes how long it waited for the lock under
which a row is appended to the chain. Credit notes of one journal also wait for the
host's own lock on its numbers, unlocking an order posts nothing.
"""

import multiprocessing
import time

import settled
from measure import table

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import config

WORK = {"unlock": "unlocked", "cancel": "cancelled, credit note"}


def main(connection: list[str], workers: list[int], share: int) -> str:
    """Measure and return the table.

    :param list workers: how many work at once, one measurement each
    :param int share: orders of each worker
    """
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    database = config["db_name"][0]
    rows = []
    for count in workers:
        parts = _build(database, count, share)
        for scope, label in WORK.items():
            rows.append([label, count, *_measure(database, parts, scope)])
    head = ["order", "workers", "orders/s", "ms/order", "waited", "retries", "chain"]
    return table(head, rows)


def _build(database, count, share):
    """Return the ids of settled, locked orders, a list for each worker."""
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        ids = settled.build(env, f"BENCH-CHAIN-{count}", count * share).ids
        cr.execute("ANALYZE")
    return [ids[start::count] for start in range(count)]


def _measure(database, parts, scope):
    sql_db.close_all()  # no fork may use a connection of its parent
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(len(parts)), context.Queue()
    workers = [
        context.Process(target=_work, args=(database, ids, scope, start, results))
        for ids in parts
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=600) for _worker in workers]
    for worker in workers:
        worker.join()
    orders = sum(len(ids) for ids in parts)
    spent = sum(sample["seconds"] for sample in found)
    waited = sum(sample["waited"] for sample in found)
    return [
        f"{orders / max(sample['seconds'] for sample in found):.1f}",
        f"{spent / orders * 1000:.0f}",
        f"{waited / spent:.1%}",
        sum(sample["retries"] for sample in found),
        _verify(database),
    ]


def _verify(database):
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        found = env["order.reversal.log"].sudo().verify_chain(env.company)
    return f"{found['checked']} {'intact' if found['intact'] else 'BROKEN'}"


# ----------------------------------------------------------------------
# In a worker
# ----------------------------------------------------------------------


def _work(database, ids, scope, start, results):
    registry = Registry(database)
    waited = _clock_the_lock(registry)
    retries = 0
    with registry.cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        env["order.reversal"].default_get(["scope"])
        cr.rollback()
        start.wait()
        begun = time.perf_counter()
        for order_id in ids:
            retries += _reverse(env, order_id, scope)
        seconds = time.perf_counter() - begun
    results.put({"seconds": seconds, "waited": sum(waited), "retries": retries})


def _clock_the_lock(registry):
    """Let each append note how long it waited; the lock is taken only once."""
    log = registry["order.reversal.log"]
    original = log._lock_tail
    waited = []

    def lock_tail(self, company_id):
        begun = time.perf_counter()
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [self._chain_lock_key(), company_id],
        )
        waited.append(time.perf_counter() - begun)
        return original(self, company_id)

    log._lock_tail = lock_tail
    return waited


def _reverse(env, order_id, scope):
    """As the host serves a request: once more if another one got in its way.

    :return: int, how often it was tried again
    """
    retries = 0
    while True:
        try:
            env["order.reversal"].create(
                {
                    "order_id": order_id,
                    "scope": scope,
                    "invoice_method": "credit_note",
                    "reason_id": env.ref(
                        "erp_order_reversal.reason_operation_mistake"
                    ).id,
                }
            ).action_submit()
            env.cr.commit()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            retries += 1
            env.cr.rollback()
            env.transaction.reset()
            time.sleep(0.02 * retries)
        else:
            env.invalidate_all()
            return retries
