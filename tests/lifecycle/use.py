"""Runs in the host's shell: orders are settled, and taken back in every way."""

# ruff: noqa: F821
company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
seller = env.ref("base.user_demo")
seller.group_ids += env.ref("erp_order_reversal.group_reversal_approver")
env = working_in(env, company)
settle = Shop(env, seller).settle
reason = env["order.reversal.reason"].create({"name": "Our own reason"})


def reverse(order, **values):
    reversal = env["order.reversal"].create(
        {"order_id": order.id, "reason_id": reason.id, **values}
    )
    reversal.action_submit()
    return reversal


done = reverse(settle())
refunded = reverse(settle(), payment_method="refund")
opened = reverse(settle(), scope="invoice")
restored = reverse(settle())
restored.action_undo()
batch = env["order.reversal.batch"].create(
    {"order_ids": (settle() | settle()).ids, "reason_id": reason.id}
)
batch.action_start()
company.reversal_approval = "always"
waiting = reverse(settle())
assert waiting.state == "to_approve", waiting.state
assert waiting.activity_ids
assert opened.order_id.activity_ids
done.message_post(body="A note of somebody.")
env["order.reversal.log"].action_export()
company.reversal_approval = "never"
assert batch.done_count == 2, batch.reversal_ids.mapped("error")
assert done.action_verify(), done.verify_detail
env.cr.commit()
print("lifecycle:", done.id)
