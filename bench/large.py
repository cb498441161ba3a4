"""What a person waits for on a large database, against a small one in the same run."""

import json
import subprocess
import sys
import time

import settled
from measure import table
from single import _Addon, _Dialog

from odoo import fields
from odoo.tests.form import Form
from odoo.tools.safe_eval import safe_eval

TAG = "BENCH-LARGE"
#: Made by host and addon; each is copied.
ORDERS, REVERSED = 100, 10
#: As the analysis opens.
LAST_YEAR = ("date", ">=", "today =1d -11m")


def main(arguments: list[str], large: str, orders: int, rounds: int) -> str:
    """Fill both databases, measure on each in a process of its own.

    :param list arguments: connection to the small database
    :param str large: name of the large one, which is kept between runs
    :param int orders: how many settled orders it has to have
    """
    config = next(a for a in arguments if a.startswith("--config"))
    beside = [config, f"--database={large}"]
    print(f"Filling: {_child(beside, 'large-fill', orders)}", flush=True)
    _child(arguments, "large-fill", ORDERS)
    small, big = (_child(a, "large", rounds) for a in (arguments, beside))
    rows = [
        [
            name,
            f"{small[name][0] * 1000:.0f}",
            f"{big[name][0] * 1000:.0f}",
            f"{big[name][0] / small[name][0]:.1f}",
            big[name][1],
        ]
        for name in small
    ]
    head = ["", f"{ORDERS} orders: ms", f"{orders} orders: ms", "ratio", "found"]
    return table(head, rows)


def _child(arguments, mode, number):
    command = [sys.executable, "bench/run.py", *arguments]
    result = subprocess.run(
        [*command, "--child", mode, str(number)],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(result.stderr[-3000:])
    return json.loads(result.stdout.splitlines()[-1])


# ----------------------------------------------------------------------
# In the child
# ----------------------------------------------------------------------


def child_fill(env, orders: int) -> dict:
    """Make what is missing of so many orders, a tenth of them taken back."""
    import fill  # needs the addons, which are found once there is a registry

    env = settled.work_env(env)
    start = time.perf_counter()
    count = env["sale.order"].search_count([("client_order_ref", "=", TAG)])
    if not count:
        _make(env)
        count = ORDERS
    first = count // ORDERS - 1
    copies = orders // ORDERS - 1 - first
    partners = env["sale.order"].search(
        [("client_order_ref", "=", TAG)], order="id", limit=ORDERS
    )
    ids = partners.partner_id.ids
    cr = env.cr
    if copies:
        fill.fill(cr, ids, copies, first)
        cr.commit()
    inserted = time.perf_counter() - start
    rows = fill.chain(cr, env.company.id) if copies else 0
    cr.commit()
    if copies:
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")
        cr._cnx.autocommit = False
    cr.execute("SELECT COUNT(*) FROM account_move_line")
    [items] = cr.fetchone()
    return {
        "copies": copies,
        "seconds": round(inserted),
        "log rows": rows,
        "with log and analysis": round(time.perf_counter() - start),
        "journal items": items,
    }


def _make(env):
    orders = settled.build(env, TAG, ORDERS)
    reason = env.ref("erp_order_reversal.reason_operation_mistake")
    for order in orders[:: ORDERS // REVERSED]:
        env["order.reversal"].create(
            {"order_id": order.id, "reason_id": reason.id, "scope": "cancel"}
        ).action_submit()
        env.cr.commit()


def child(env, rounds: int) -> dict:
    """Measure all kinds of work: {name: (seconds, how much was found)}."""
    env = settled.work_env(env)
    found = {}
    for name, job in _jobs(env).items():
        job(env)  # the first fills the caches of the process
        env.cr.rollback()
        times = []
        for _round in range(rounds):
            env.invalidate_all(flush=False)
            start = time.perf_counter()
            result = job(env)
            env.cr.flush()
            times.append(time.perf_counter() - start)
            env.cr.rollback()
        # The least: whatever else the machine does only adds to it.
        found[name] = min(times), result
    return found


def _jobs(env):
    order = env["sale.order"].search(
        [("client_order_ref", "=", TAG), ("state", "=", "sale")], order="id", limit=1
    )
    invoice = order.invoice_ids
    bank = invoice.reconciled_payment_ids.journal_id
    rare = env["account.journal"].search(
        [("type", "=", "cash"), ("company_id", "=", env.company.id)], limit=1
    )
    today = fields.Date.today()
    week = [
        ("settlement_date", ">=", fields.Date.subtract(today, days=7)),
        ("settlement_date", "<=", today),
    ]
    old = [("settlement_date", "<=", fields.Date.subtract(today, years=9))]

    def opened(action):
        action = env["ir.actions.act_window"]._for_xml_id(action)
        domain = safe_eval(action["domain"] or "[]", {"uid": env.uid})
        return _list(env, action["res_model"], domain)

    def listed(model, *domain):
        return _list(env, model, list(domain))

    core = "erp_order_reversal"
    settled_orders = ("settlement_state", "=", "settled")
    return {
        "list: settled orders": opened(f"{core}.sale_order_action_settled"),
        "list: settlements": opened(f"{core}.account_payment_action_settlements"),
        "list: to approve": opened(f"{core}.order_reversal_action_to_approve"),
        "list: reversals": opened(f"{core}.order_reversal_action"),
        "list: taken back, not settled": opened(f"{core}.order_reversal_action_open"),
        "orders settled in this week": listed("sale.order", *week),
        "orders settled nine years ago": listed("sale.order", *old),
        "orders not settled": listed("sale.order", ("settlement_date", "=", False)),
        "orders settled by the bank": listed(
            "sale.order", ("settlement_journal_ids", "in", bank.ids)
        ),
        "orders settled in cash (none)": listed(
            "sale.order", ("settlement_journal_ids", "in", rare.ids)
        ),
        "settled orders of an amount": listed(
            "sale.order", settled_orders, ("amount_total", "=", order.amount_total)
        ),
        "settled orders of no such amount": listed(
            "sale.order", settled_orders, ("amount_total", "=", 1.23)
        ),
        "invoices settled in this week": listed("account.move", *week),
        "invoices settled by the bank": listed(
            "account.move", ("settlement_journal_ids", "in", bank.ids)
        ),
        "order opens": _form(env, order),
        "invoice opens": _form(env, invoice),
        "dialog opens": lambda env: _Dialog(env).run(order),
        "rehearsal": lambda env: _request(env, order).rehearse() and 1,
        "submit": lambda env: _request(env, order).action_submit() and 1,
        "reversals by reason and month": _grouped,
        "analysis by reason": lambda env: _analysed(env, "reason_id", LAST_YEAR),
        "analysis by product": lambda env: _analysed(env, "product_id", LAST_YEAR),
        "analysis by reason, all years": lambda env: _analysed(env, "reason_id"),
        "analysis by product, all years": lambda env: _analysed(env, "product_id"),
        "check of 80 orders": lambda env: _checked(env, settled_orders),
        "daily verification, 50 reversals": _verified,
        "daily signing": lambda env: env["order.reversal.head"]._cron_sign(),
        "refunds to be sent": lambda env: (
            env["order.reversal.step"]._cron_send_refunds()
        ),
        "batches to be worked on": lambda env: (
            env["order.reversal.batch"]._cron_process()
        ),
    }


def _list(env, model, domain):
    """What the web client asks for to show a list: a page and the count."""
    view = env[model].get_view(view_type="list")
    spec = {name: _spec(env, model, name) for name in view["models"][model]}

    def job(env):
        return env[model].web_search_read(domain, spec, limit=80, count_limit=10001)[
            "length"
        ]

    return job


def _spec(env, model, name):
    field = env[model]._fields[name]
    return {"fields": {"display_name": {}}} if field.type == "many2one" else {}


def _form(env, record):
    spec = Form(record)._view["fields_spec"]
    return lambda env: len(record.web_read(spec))


def _request(env, order):
    job = _Addon(payment_method="credit")
    return job.request(order.with_env(env))


def _grouped(env):
    return len(
        env["order.reversal"].formatted_read_group(
            [("state", "in", ("done", "undone"))],
            ["reason_id", "done_on:month"],
            ["__count", "amount_total:sum"],
        )
    )


def _analysed(env, group, *domain):
    """What the analysis shows, by a group: all that stand."""
    return len(
        env["order.reversal.report"].formatted_read_group(
            [("outcome", "=", "stands"), *domain],
            [group],
            ["__count", "reversal_count:sum", "amount:sum"],
        )
    )


def _checked(env, settled_orders):
    orders = env["sale.order"].search([settled_orders], limit=80)
    return sum(map(len, env["settlement.check"]._check(orders).values()))


def _verified(env):
    reversals = env["order.reversal"].search(
        [("state", "=", "done")], order="verified_on, id", limit=50
    )
    for reversal in reversals:
        reversal._verify_again()
    return len(reversals)
