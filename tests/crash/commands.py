"""What the workers of the crash tests do, and what others see of it."""

import os
import random
import signal
import time
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.payment import utils as payment_utils

# As many reversals are carried out together.
CHUNK = 3


def name_of(pid):
    """The name of a fork's database session."""
    return f"fork-{pid}"


def company(env):
    """A company of its own, whose books nobody else touches."""
    made = env["res.company"].create({"name": f"Crash {time.time()}"})
    env["account.chart.template"].try_loading("generic_coa", made, install_demo=False)
    user = env.ref("base.user_admin")
    user.company_ids = [Command.link(made.id)]
    return {"company": made.id}


def accountant(env, company_id):
    return env(
        user=env.ref("base.user_admin"),
        context={"allowed_company_ids": [company_id], "tracking_disable": True},
    )


def settle(env, company_id, count, shared=(), quantity=1, paid=True):
    """Settled orders.

    :param shared: numbers of orders that one payment settles together
    :param bool paid: whether the shared ones are paid
    """
    env = accountant(env, company_id)
    products = env["product.product"].create(
        [
            {
                "name": f"Service {number}",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0 * number,
                "taxes_id": [Command.set(env.company.account_sale_tax_id.ids)],
            }
            for number in (1, 2)
        ]
    )
    partner = env["res.partner"].create({"name": "Crash customer"})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "company_id": company_id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product in products
                ],
            }
            for _number in range(count)
        ]
    )
    orders.action_confirm()
    together = env["account.move"]
    for number, order in enumerate(orders):
        invoice = order._create_invoices()
        invoice.is_move_sent = True
        invoice.action_post()
        if number in shared:
            together |= invoice
        else:
            pay(invoice)
    if paid:
        pay(together)
    return orders.ids


def pay(invoices):
    if invoices:
        invoices.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create({"group_payment": True})._create_payments()


def orders(env, company_id, count):
    """Settled orders alone."""
    return {"orders": settle(env, company_id, count)}


def build(env, company_id, count, shared=()):
    """Settled orders and a running batch on them."""
    ids = settle(env, company_id, count, shared)
    batch = accountant(env, company_id)["order.reversal.batch"].create(
        {
            "order_ids": ids,
            "scope": "cancel",
            "invoice_method": "credit_note",
            "payment_method": "void",
            "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
        }
    )
    batch._engine().write({"state": "running"})
    batch._create_reversals()
    return {"batch": batch.id, "orders": ids}


def work(env, batch_id, report=None, stage=None):
    """What the scheduler does: nothing else, until nothing is left.

    :param str report: file for the names of the conflicts that were tried again
    :param str stage: folder where worker and user wait for one another, see `Stage`
    """
    from odoo.addons.erp_order_reversal.models.order_reversal_batch import work

    work.CHUNK = CHUNK
    batch = env["order.reversal.batch"].browse(batch_id)
    model = type(batch)
    work_chunk, take_chunk = model._work_chunk, model._take_chunk

    def watched(self, *arguments):
        try:
            return work_chunk(self, *arguments)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            if report:
                with Path(report).open("a") as stream:
                    stream.write(f"{type(error).__name__}\n")
            raise

    def staged(self, *arguments):
        taken = take_chunk(self, *arguments)
        if stage and not Stage(stage).reached("taken"):
            Stage(stage).reach("taken")
            Stage(stage).wait("go on")
        return taken

    with (
        patch.object(model, "_work_chunk", watched),
        patch.object(model, "_take_chunk", staged),
    ):
        batch._process()


class Stage:
    """A folder where processes wait for one another."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def reach(self, mark):
        (self.folder / mark).touch()

    def reached(self, mark):
        return (self.folder / mark).exists()

    def wait(self, mark, seconds=30):
        end = time.monotonic() + seconds
        while not self.reached(mark):
            if time.monotonic() > end:
                raise TimeoutError(mark)
            time.sleep(0.02)


def change(env, order_id, folder):
    """Somebody saves an order after the worker began and before it locks the order."""
    stage = Stage(folder)
    stage.wait("taken")
    env["sale.order"].browse(order_id).client_order_ref = "Edited meanwhile"
    env.flush_all()
    env.cr.commit()
    stage.reach("go on")


def entangle(env, order_id, folder):
    """A user who holds a line of an order and then wants the order that a worker holds.

    The worker waits for the line first, so that the database refuses the worker.
    """
    stage = Stage(folder)
    stage.wait("taken")
    env.cr.execute(
        "UPDATE sale_order_line SET sequence = sequence + 1 WHERE order_id = %s",
        [order_id],
    )
    stage.reach("go on")
    env.cr.execute("SELECT pg_backend_pid()")
    [own] = env.cr.fetchone()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        env.cr.execute(
            "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))",
            [own],
        )
        if env.cr.fetchone():
            break
        time.sleep(0.02)
    env.cr.execute(
        "UPDATE sale_order SET client_order_ref = 'Entangled' WHERE id = %s",
        [order_id],
    )
    env.cr.commit()


def cut(env, pids):
    """What a restart of the database server does to the connections of processes."""
    env.cr.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = ANY(%s) AND datname = current_database()",
        [[name_of(pid) for pid in pids]],
    )
    return {"cut": env.cr.rowcount}


def reverse(env, company_id, order_ids):
    """One order after the other, a commit each, as the host serves requests."""
    env = env(
        user=env.ref("base.user_admin"), context={"allowed_company_ids": [company_id]}
    )
    for order_id in order_ids:
        while True:
            try:
                env["order.reversal"].create(
                    {
                        "order_id": order_id,
                        "payment_method": "void",
                        "invoice_method": "credit_note",
                        "reason_id": env.ref(
                            "erp_order_reversal.reason_operation_mistake"
                        ).id,
                    }
                ).action_submit()
                env.cr.commit()
                break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                env.cr.rollback()
                env.transaction.reset()
                time.sleep(random.uniform(0, 0.1))


def events(env, company_id):
    """How many events of each kind the log of a company has."""
    return {
        event: count
        for event, count in env["order.reversal.log"]._read_group(
            [("company_id", "=", company_id)], ["event"], ["__count"]
        )
    }


def edit(env, order_ids, seconds):
    """Somebody who edits the orders meanwhile, one after the other."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        order = env["sale.order"].browse(random.choice(order_ids))
        try:
            order.lock_for_update()
            order.client_order_ref = str(time.time())
            env.flush_all()
            time.sleep(random.uniform(0, 0.1))
            env.cr.commit()
        except (UserError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            env.cr.rollback()
        env.transaction.clear()
        time.sleep(random.uniform(0, 0.1))


def look(env, batch_id):
    """What is true for others right now."""
    batch = env["order.reversal.batch"].browse(batch_id)
    rows = []
    for reversal in batch.reversal_ids:
        order = reversal.order_id
        invoices = order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        credits = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        # Found by its memo: the link to its invoice is taken off.
        payments = env["account.payment"].search(
            [
                ("memo", "=", invoices.name),
                ("company_id", "=", order.company_id.id),
            ]
        )
        rows.append(
            [
                reversal.state,
                order.state,
                invoices.payment_state,
                credits.mapped("state"),
                sorted(set(payments.mapped("state"))),
                bool(reversal.snapshot_hash),
                sorted(reversal.log_ids.mapped("event")),
                reversal.error or "",
            ]
        )
    return {"state": batch.state, "rows": rows}


def books(env, company_id):
    """Trial balance of a company, and whether its log is unbroken."""
    env.cr.execute(
        """SELECT account_id, ROUND(SUM(balance), 2)::float FROM account_move_line
            WHERE parent_state = 'posted' AND company_id = %s
         GROUP BY account_id HAVING ROUND(SUM(balance), 2) != 0""",
        [company_id],
    )
    balances = env.cr.fetchall()
    chain = env["order.reversal.log"].verify_chain(company_id)
    env.cr.execute(
        "SELECT count(*) FROM account_move_line l WHERE company_id = %s AND "
        "parent_state = 'posted' AND NOT reconciled AND account_id IN "
        "(SELECT id FROM account_account WHERE account_type = 'asset_receivable')",
        [company_id],
    )
    return {"balances": balances, "chain": chain, "open": env.cr.fetchone()[0]}


def online(env, company_id):
    """A settled order that was paid online, taken back with a refund; all committed."""
    env = accountant(env, company_id)
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company_id)], limit=1
    )
    provider = env["payment.provider"].search(
        [("company_id", "=", company_id), ("code", "=", "demo")], limit=1
    )
    if not provider:
        original = env.ref("payment.payment_provider_demo")
        provider = original.copy({"company_id": company_id})
    provider.state = "test"
    provider.journal_id = bank
    [order_id] = settle(env, company_id, 1, shared=(0,), paid=False)
    order = env["sale.order"].browse(order_id)
    invoice = order.invoice_ids
    transaction = env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": env.ref("payment_demo.payment_method_demo").id,
            "reference": f"ONLINE-{company_id}-{order_id}",
            "operation": "online_direct",
            "amount": invoice.amount_total,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.partner_id.id,
            "invoice_ids": [Command.set(invoice.ids)],
        }
    )
    transaction._set_done()
    transaction._post_process()
    reversal = env["order.reversal"].create(
        {
            "order_id": order_id,
            "payment_method": "refund",
            "invoice_method": "credit_note",
            "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
        }
    )
    reversal.action_submit()
    return {"reversal": reversal.id, "payment": transaction.payment_id.id}


def send(env, folder, how="answer"):
    """What the scheduler does with refunds that are due.

    :param str folder: where processes wait for one another, and the requests are noted
    :param str how: the provider answers; or waits until it may; or the process dies
        while it is being asked
    """
    stage = Stage(folder)

    def request(refund):
        key = payment_utils.generate_idempotency_key(refund, scope="refund")
        with (Path(folder) / "requests").open("a") as stream:
            stream.write(f"{key}\n")
        stage.reach(how)
        if how == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "wait":
            stage.wait("go on", 120)
        refund._set_done()

    with patch.object(
        type(env["payment.transaction"]), "_send_refund_request", request
    ):
        env["order.reversal.step"]._cron_send_refunds()


def refund(env, reversal_id):
    """What is known of a refund right now."""
    reversal = env["order.reversal"].browse(reversal_id)
    step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
    paid = env["account.payment"].search(
        [("source_payment_id", "=", step.res_id), ("payment_type", "=", "outbound")]
    )
    return {
        "state": reversal.refund_state,
        "due": step.refund_due,
        "transaction": step.refund_transaction_id.state,
        "refunds": len(paid),
        "events": reversal.log_ids.filtered(
            lambda row: (row.detail or {}).get("transaction")
        ).mapped(lambda row: row.detail["after"]),
    }


def findings(env, company_id, payment_id, method):
    """What stands against doing something else with a payment."""
    reversal = accountant(env, company_id)["order.reversal"].create(
        {
            "payment_id": payment_id,
            "payment_method": method,
            "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
        }
    )
    reversal.action_assess()
    codes = reversal.finding_ids.filtered(lambda f: f.severity == "blocker")
    return {"codes": codes.mapped("code")}
