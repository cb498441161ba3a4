"""The dialog on a selection of thousands of orders, before anything starts.

A hundred settled orders are made by the host; the others are copies of their rows, as
the dialog only reads.
"""

import settled
from measure import Series, peak_memory, table

from odoo.tests.form import Form

TAG = "BENCH-SELECT"
# As many documents are planned at once (`order.reversal.batch`).
PART = 100
REASON = "erp_order_reversal.reason_operation_mistake"
SEED = 100
STEP = 10_000_000
# Columns that point into copied tables, besides `id`.
COPIED = {
    "sale_order": [],
    "sale_order_line": ["order_id"],
    "account_payment": ["move_id"],
    "account_move": ["origin_payment_id"],
    "account_full_reconcile": [],
    "account_move_line": ["move_id", "payment_id", "full_reconcile_id"],
    "account_partial_reconcile": [
        "debit_move_id",
        "credit_move_id",
        "full_reconcile_id",
    ],
    "sale_order_line_invoice_rel": ["order_line_id", "invoice_line_id"],
    "account_move__account_payment": ["invoice_id", "payment_id"],
}


def main(env, sizes: list[int]) -> str:
    """Measure the opening of the dialog, and the parts after it, for each size."""
    env = settled.work_env(env)
    orders = settled.build(env, TAG, SEED)[:SEED]
    _copy_rows(env, orders, max(sizes) // SEED)
    ids = env["sale.order"].search([("client_order_ref", "=", TAG)], order="id").ids
    rows = []
    for size in sizes:
        records = env["sale.order"].browse(ids[:size])
        assert len(records) == size, len(ids)
        Dialog(records[:1] | records[1:2]).open()  # fills the caches of the process
        env.invalidate_all()
        series = Series()
        dialog = Dialog(records)
        for _turn in range(3):
            with series.sample(env):
                answer = dialog.open()
        value = answer["value"]
        assert value["ready_count"] == min(size, PART), value["assessment_html"]
        part = Series()
        model = env["order.reversal.batch"]
        request = {"reason_id": env.ref(REASON).id, "scope": "cancel"}
        for start in (0, PART, 2 * PART):
            if ids := records.ids[start : start + PART]:
                with part.sample(env):
                    found = model.assess_part({**request, "order_ids": ids})
                assert found["ready"] == len(ids), found
        rows.append(
            [
                f"{size:,}",
                f"{series.median('seconds'):.2f}",
                f"{series.median('queries'):.0f}",
                f"{part.median('seconds') / min(size, PART) * 1000:.1f}",
                f"{peak_memory():.0f}",
            ]
        )
    return table(
        ["orders selected", "opens in s", "queries", "ms/order after", "peak MB"], rows
    )


class Dialog:
    """What the web client asks for when the dialog opens on a selection."""

    def __init__(self, records):
        self.action = records.action_open_reversal()
        env = records.env
        view = env["ir.ui.view"].browse(self.action["views"][0][0])
        self.model = env[self.action["res_model"]].with_context(
            **self.action["context"]
        )
        few = {
            key: [(6, 0, value[0][2][:2])] if isinstance(value, list) else value
            for key, value in self.action["context"].items()
        }
        form = Form(env[self.action["res_model"]].with_context(**few), view=view)
        self.spec = form._view["fields_spec"]

    def open(self):
        return self.model.onchange({}, [], self.spec)


def _copy_rows(env, orders, times):
    cr = env.cr
    cr.execute("SELECT count(*) FROM sale_order WHERE client_order_ref = %s", [TAG])
    if cr.fetchone()[0] >= SEED * times:
        return
    moves = orders.invoice_ids | orders.invoice_ids.matched_payment_ids.move_id
    lines = moves.line_ids
    partials = lines.matched_debit_ids | lines.matched_credit_ids
    chosen = {
        "sale_order": ("id", orders.ids),
        "sale_order_line": ("id", orders.order_line.ids),
        "account_payment": ("id", moves.origin_payment_id.ids),
        "account_move": ("id", moves.ids),
        "account_full_reconcile": ("id", partials.full_reconcile_id.ids),
        "account_move_line": ("id", lines.ids),
        "account_partial_reconcile": ("id", partials.ids),
        "sale_order_line_invoice_rel": ("order_line_id", orders.order_line.ids),
        "account_move__account_payment": ("payment_id", moves.origin_payment_id.ids),
    }
    cr.execute("SET session_replication_role = replica")  # no foreign keys meanwhile
    for name, pointers in COPIED.items():
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [name],
        )
        columns = [column for (column,) in cr.fetchall()]
        shifted = {"id", *pointers}
        values = []
        for column in columns:
            if column in shifted:
                values.append(f't."{column}" + k * {STEP}')
            elif column == "name" and name != "sale_order_line":
                values.append("t.name || '/' || k")
            elif column == "access_token":
                values.append("NULL")
            else:
                values.append(f't."{column}"')
        quoted = ", ".join(f'"{column}"' for column in columns)
        key, ids = chosen[name]
        cr.execute(
            f"INSERT INTO {name} ({quoted}) SELECT {', '.join(values)} "
            f"FROM {name} t, generate_series(1, %s) k WHERE t.{key} = ANY(%s)",
            [times - 1, ids],
        )
    cr.execute("SET session_replication_role = DEFAULT")
    cr.execute("ANALYZE")
    cr.commit()
    env.invalidate_all()
