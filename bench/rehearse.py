"""The rehearsal of the dialog against carrying out what it rehearses."""

import settled
from measure import Series, table
from single import _Addon, run

TAG = "BENCH-REHEARSE"
METHODS = ("void", "credit", "refund")


def main(env, rounds: int = 15) -> str:
    """Both on the same orders, turn by turn, each rolled back."""
    env = settled.work_env(env)
    ids = settled.build(env, TAG, rounds).ids
    rows = []
    for method in METHODS:
        work = {
            "rehearsed": _Rehearsal(payment_method=method),
            "carried out": _Carried(payment_method=method),
        }
        for job in work.values():  # the first fills the caches of the process
            run(env, job, ids[0], Series())
        series = {name: Series() for name in work}
        for order_id in ids:
            for name, job in work.items():
                run(env, job, order_id, series[name])
        times = {name: found.median("seconds") for name, found in series.items()}
        queries = {name: found.median("queries") for name, found in series.items()}
        rows.append(
            [
                f"payment: {method}",
                *(f"{times[name] * 1000:.0f}" for name in work),
                f"{times['rehearsed'] / times['carried out']:.2f}",
                *(f"{queries[name]:.0f}" for name in work),
            ]
        )
    head = [
        "one order",
        "rehearsed ms",
        "carried out ms",
        "ratio",
        "queries",
        "queries",
    ]
    return table(head, rows)


class _Carried(_Addon):
    """What the dialog's button does."""

    def values_of(self, order):
        reason = order.env.ref("erp_order_reversal.reason_operation_mistake")
        return {"order_id": order.id, "reason_id": reason.id, **self.values}

    def run(self, order):
        order.env["order.reversal"].submit_request(self.values_of(order))

    def check(self, order):
        assert order.state == "cancel", order.state


class _Rehearsal(_Carried):
    """What the dialog asks for by itself."""

    def run(self, order):
        self.shown = order.env["order.reversal"].preview_request(self.values_of(order))

    def check(self, order):
        assert order.state == "sale", order.state
        assert self.shown["entries"] and not self.shown["findings"], self.shown
