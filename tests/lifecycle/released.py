"""Runs in the host's shell with the released version: a reversal in every state."""

# ruff: noqa: F821
import json

from odoo.addons.erp_order_reversal.models import order_reversal_batch_actions

company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
seller = env.ref("base.user_demo")
groups = (
    "base.group_user",
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "erp_order_reversal.group_reversal_approver",
)
approver = env["res.users"].create(
    {
        "name": "Lifecycle approver",
        "login": "lifecycle_approver",
        "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set([env.ref(group).id for group in groups])],
    }
)
env = working_in(env, company)
shop = Shop(env, seller)
reason = env["order.reversal.reason"].create({"name": "Our own reason"})
company.reversal_approval = "never"


def request(order, **values):
    return env["order.reversal"].create(
        {"order_id": order.id, "reason_id": reason.id, **values}
    )


def reverse(order, **values):
    reversal = request(order, **values)
    reversal.action_submit()
    return reversal


states = {}


def note(state, reversals):
    for reversal in reversals:
        assert reversal.state == state, (reversal.state, state, reversal.error)
        states[reversal.id] = state
    return reversals


# Done, each in its own way; the first one is restored after the upgrade.
order = shop.settle()
before = balances(env)
to_restore = note("done", reverse(order))
taken_back = difference(balances(env), before)
assert taken_back
note("done", reverse(shop.settle(), payment_method="refund"))
note("done", reverse(shop.settle(), payment_method="void", scope="draft"))
note("done", reverse(shop.settle(), scope="invoice"))
shop.settle()
payment = env["account.payment"].search([], order="id desc", limit=1)
by_payment = env["order.reversal"].create(
    {"payment_id": payment.id, "reason_id": reason.id}
)
by_payment.action_submit()
note("done", by_payment)
restored = reverse(shop.settle())
restored.action_undo()
note("undone", restored)
draft = note("draft", request(shop.settle()))

# Many at once: done, failed, and one that nobody has worked on.
held = shop.settle()
shop.authorize(held)
batches = env["order.reversal.batch"]
batch = batches.create(
    {"order_ids": (shop.settle() | held).ids, "reason_id": reason.id}
)
batch.action_start()
note("failed", batch.reversal_ids.filtered(lambda one: one.order_id == held))
note("done", batch.reversal_ids.filtered(lambda one: one.order_id != held))
order_reversal_batch_actions.DIRECT_LIMIT = 0
waiting = batches.create(
    {"order_ids": (shop.settle() | shop.settle()).ids, "reason_id": reason.id}
)
waiting.action_start()
note("queued", waiting.reversal_ids)
assert len(waiting.reversal_ids) == 2, waiting.reversal_ids

# Four eyes.
order = shop.settle()
before = balances(env)
to_ask = note("done", reverse(order))
asked_back = difference(balances(env), before)
company.reversal_approval = "always"
to_approve = note("to_approve", reverse(shop.settle()))
rejected = reverse(shop.settle())
rejected.with_user(approver).action_reject("not now")
note("rejected", rejected)
cancelled = reverse(shop.settle())
cancelled.action_cancel()
note("cancelled", cancelled)
to_ask.action_undo()
note("done", to_ask)
assert to_ask.undo_requester_id == env.user, to_ask.undo_requester_id
company.reversal_approval = "never"

chain = env["order.reversal.log"].verify_chain(company)
assert chain["intact"], chain
notes = {
    "company": company.id,
    "approver": approver.id,
    "states": states,
    "checked": chain["checked"],
    "draft": draft.id,
    "to_approve": to_approve.id,
    "queued": waiting.id,
    "restore": [to_restore.id, taken_back],
    "asked": [to_ask.id, asked_back],
}
env["ir.config_parameter"].sudo().set_param(NOTES, json.dumps(notes))
env.cr.commit()
print("lifecycle:", len(states))
