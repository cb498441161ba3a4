"""One settled order taken back by hand: the addon against the host's own calls."""

import hostcalls
import settled
from measure import Series, table

from odoo.tests.form import Form

TAG = "BENCH-SINGLE"


def main(env, rounds: int = 20) -> str:
    """Measure every piece of work on the same orders, turn by turn.

    Each is rolled back before the next one, so that all find the same books.
    """
    env = settled.work_env(env)
    ids = settled.build(env, TAG, rounds).ids
    work = jobs(env)
    for job in work.values():  # the first fills the caches of the process
        run(env, job, ids[0], Series())
    series = {name: Series() for name in work}
    for order_id in ids:
        for name, job in work.items():
            run(env, job, order_id, series[name])
    return _report(series)


def jobs(env) -> dict:
    """Return the pieces of work by name, the host's first."""
    return {
        "host, one by one: naive": _Host(),
        "host, payment kept": _Host(keep_payments=True),
        "addon, payment voided": _Addon(payment_method="void"),
        "addon, payment kept": _Addon(payment_method="credit"),
        "addon, all voided": _Addon(payment_method="void", invoice_method="void"),
        "dialog opens": _Dialog(env),
        "`action_assess`": _Assess(),
    }


def run(env, job, order_id, series):
    """Do one piece of work on one order, measured into `series`, and roll it back."""
    order = env["sale.order"].browse(order_id)
    job.prepare(order)
    with series.sample(env):
        job.run(order)
    job.check(order)
    env.cr.rollback()
    env.invalidate_all()


class _Job:
    def prepare(self, order):
        """What is there before it is measured."""

    def check(self, order):
        """A measurement of nothing is none."""


class _Host(_Job):
    def __init__(self, **options):
        self.options = options

    def run(self, order):
        hostcalls.undo(order, **self.options)

    def check(self, order):
        hostcalls.check(order)


class _Addon(_Job):
    """The dialog's confirmation: the request is made and carried out."""

    def __init__(self, **values):
        self.values = {"scope": "cancel", "invoice_method": "credit_note", **values}

    def prepare(self, order):
        if self.values["invoice_method"] == "void":
            order.invoice_ids.is_move_sent = False

    def request(self, order):
        reason = order.env.ref("erp_order_reversal.reason_operation_mistake")
        return order.env["order.reversal"].create(
            {"order_id": order.id, "reason_id": reason.id, **self.values}
        )

    def run(self, order):
        self.request(order).action_submit()

    def check(self, order):
        hostcalls.check(order, void=self.values["invoice_method"] == "void")


class _Assess(_Addon):
    def prepare(self, order):
        self.reversal = self.request(order)
        order.env.flush_all()

    def run(self, order):
        self.reversal.action_assess()

    def check(self, order):
        assert len(self.reversal.step_ids) >= 3, self.reversal.step_ids


class _Dialog(_Job):
    """What the web client asks for when the dialog opens."""

    def __init__(self, env):
        order = env["sale.order"].search(
            [("settlement_state", "=", "settled")], limit=1
        )
        action = order.action_open_reversal()
        view = env["ir.ui.view"].browse(action["views"][0][0])
        model = env["order.reversal"].with_context(**action["context"])
        self.spec = Form(model, view=view)._view["fields_spec"]

    def run(self, order):
        action = order.action_open_reversal()
        model = order.env["order.reversal"].with_context(**action["context"])
        self.answer = model.onchange({}, [], self.spec)

    def check(self, order):
        assert len(self.answer["value"]["step_ids"]) >= 3, self.answer


def _report(series) -> str:
    naive = next(iter(series.values()))
    rows = []
    for name, measured in series.items():
        seconds, queries = measured.median("seconds"), measured.median("queries")
        rows.append(
            [
                name,
                f"{seconds * 1000:.0f}",
                f"{measured.median('cpu') * 1000:.0f}",
                f"{queries:.0f}",
                f"{seconds / naive.median('seconds'):.2f}",
                f"{queries / naive.median('queries'):.2f}",
            ]
        )
    head = ["one order", "ms", "CPU ms", "queries", "time / naive", "queries / naive"]
    return table(head, rows)
