"""Many settled orders taken back: the host in a loop, the host at once, the addon.

Every mode runs in a process of its own, on the same orders of the same database, and
is rolled back. Modes take turns, so that a busy machine slows all of them.
"""

import json
import statistics
import subprocess
import sys

import hostcalls
import settled
from measure import Series, count, peak_memory, table

MODES = {
    "a": "(a) host, an order at a time",
    "b": "(b) host, once over all",
    "c": "(c) addon, credit note, payment voided",
    "other": "(c) where another addon overrides the host's reversal",
    "keep": "addon, credit note, payment kept",
    "void": "addon, everything voided",
}


def main(arguments: list[str], sizes: list[int], modes: list[str], rounds: int) -> str:
    """Measure in processes of their own and return the table."""
    rows = []
    for size in sizes:
        _child(arguments, "build", size)
        found = {mode: [] for mode in modes}
        for _round in range(rounds):
            for mode in modes:
                found[mode].append(_child(arguments, mode, size))
        base = {
            mode: statistics.median(sample["seconds"] for sample in found[mode])
            for mode in modes
        }
        for mode in modes:
            queries = statistics.median(sample["queries"] for sample in found[mode])
            rows.append(
                [
                    MODES[mode],
                    size,
                    f"{base[mode] / size * 1000:.0f}",
                    f"{_median(found[mode], 'cpu') / size * 1000:.0f}",
                    f"{queries / size:.1f}",
                    f"{_median(found[mode], 'peak'):.0f}",
                    _ratio(base, mode, "a"),
                    _ratio(base, mode, "b"),
                ]
            )
    head = [
        "orders",
        "N",
        "ms/order",
        "CPU ms",
        "queries",
        "peak MB",
        "of (a)",
        "of (b)",
    ]
    return table(head, rows)


def _median(samples, name):
    return statistics.median(sample[name] for sample in samples)


def _ratio(base, mode, other):
    return f"{base[mode] / base[other]:.2f}" if other in base else ""


def _child(arguments, mode, size) -> dict:
    command = [sys.executable, sys.argv[0], *arguments, "--child", mode, str(size)]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(result.stdout.splitlines()[-1])


# ----------------------------------------------------------------------
# In the child
# ----------------------------------------------------------------------


def child(env, mode: str, size: int) -> dict:
    """Carry out one mode and return what it took."""
    env = settled.work_env(env)
    orders = settled.build(env, f"BENCH-{size}", size)
    if mode == "build":
        env.cr.execute("ANALYZE")
        env.cr.commit()
        return {}
    warm = settled.build(env, "BENCH-WARM", 2)
    warm.invoice_ids.is_move_sent = mode != "void"
    WORK[mode](warm)
    env.cr.rollback()
    env.invalidate_all()
    if mode == "void":
        orders.invoice_ids.is_move_sent = False
        env.flush_all()
    series = Series()
    with series.sample(env):
        WORK[mode](env["sale.order"].browse(orders.ids))
    hostcalls.check(orders, void=mode == "void")
    env.cr.rollback()
    [sample] = series.samples
    return {
        "seconds": sample.seconds,
        "cpu": sample.cpu,
        "queries": sample.queries,
        "peak": peak_memory(),
    }


def _addon(orders, **values):
    """A batch as the scheduler works through it, without the commits."""
    env = orders.env
    batch = env["order.reversal.batch"].create(
        {
            "order_ids": orders.ids,
            "scope": "cancel",
            "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
            **values,
        }
    )
    batch._engine().write({"state": "running"})
    batch._create_reversals()
    batch = batch.sudo()
    before = count(env)
    while batch._work_chunk(_busy()):
        env.cr.flush()
        env.invalidate_all()
    assert batch.done_count == len(orders), batch.reversal_ids.mapped("error")
    return count(env) - before


def _beside_an_override(orders):
    """As (c), on a registry where an addon overrides the host's reversal."""
    registry = orders.env.registry
    model = registry["account.move"]
    calls = []

    def _reverse_moves(self, *arguments, **options):
        calls.append(len(self))
        return super(other, self)._reverse_moves(*arguments, **options)

    other = type(
        "Other",
        (),
        {
            "_module": "other",
            "_name": "account.move",
            "_reverse_moves": _reverse_moves,
        },
    )
    bases = model.__bases__
    model.__bases__ = (other, *bases)
    registry.clear_cache()
    try:
        WORK["c"](orders)
    finally:
        model.__bases__ = bases
        registry.clear_cache()
    assert sum(calls) == len(orders), calls


def _busy():
    from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy

    return Busy(tries=1)


WORK = {
    "a": hostcalls.one_by_one,
    "b": hostcalls.undo,
    "c": lambda orders: _addon(
        orders, invoice_method="credit_note", payment_method="void"
    ),
    "other": _beside_an_override,
    "keep": lambda orders: _addon(
        orders, invoice_method="credit_note", payment_method="credit"
    ),
    "void": lambda orders: _addon(orders, invoice_method="void", payment_method="void"),
}
