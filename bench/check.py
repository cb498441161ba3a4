"""The settlement check on one invoice, on a page of a list, on a whole table.

A hundred settled orders are made by the host; the others are copies of their rows, as
the check only reads.
"""

import selection
import settled
from measure import Series, table

TAG = "BENCH-CHECK"


def main(env, sizes: list[int]) -> str:
    """Measure the state of so many invoices, and the search over all of them."""
    env = settled.work_env(env)
    orders = settled.build(env, TAG, selection.SEED)[: selection.SEED]
    selection.TAG = TAG
    selection._copy_rows(env, orders, max(sizes) // selection.SEED)
    orders = env["sale.order"].search([("client_order_ref", "=", TAG)], order="id")
    moves = env["account.move"].browse(orders.invoice_ids.ids)
    work = [(f"{size:,} invoices", _State(moves[:size]), size) for size in sizes]
    work.append(("search “differs”", _Search(env), len(moves)))
    rows = []
    for name, job, size in work:
        series = Series()
        job()  # the first fills the caches of the process
        for _turn in range(5):
            with series.sample(env):
                job()
        seconds = series.median("seconds")
        rows.append(
            [
                name,
                f"{seconds * 1000:.0f}",
                f"{seconds * 1000 / size:.2f}",
                f"{series.median('cpu') * 1000:.0f}",
                f"{series.median('queries'):.0f}",
            ]
        )
    return table(["settlement check", "ms", "ms / invoice", "CPU ms", "queries"], rows)


class _State:
    """What a list asks for."""

    def __init__(self, moves):
        self.moves = moves

    def __call__(self):
        states = self.moves.mapped("settlement_check_state")
        assert all(states), states


class _Search:
    """What the filter asks for, over all invoices of the company."""

    def __init__(self, env):
        self.moves = env["account.move"]

    def __call__(self):
        self.moves.search([("settlement_check_state", "=", "differs")])
