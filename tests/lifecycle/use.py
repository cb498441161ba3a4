"""Runs in the host's shell: orders are settled, and taken back in every way."""

# ruff: noqa: F821
from odoo import Command

company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
seller = env.ref("base.user_demo")
seller.group_ids += env.ref("erp_order_reversal.group_reversal_approver")
env = env(
    user=env.ref("base.user_admin"),
    context={"allowed_company_ids": company.ids, "lang": "en_US"},
)
product = env["product.product"].create(
    {
        "name": "Lifecycle service",
        "type": "service",
        "invoice_policy": "order",
        "list_price": 100.0,
        "taxes_id": [Command.set(company.account_sale_tax_id.ids)],
    }
)
partner = env["res.partner"].create({"name": "Lifecycle customer"})


def settle():
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": seller.id,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    order.action_confirm()
    invoice = order._create_invoices()
    invoice.is_move_sent = True
    invoice.action_post()
    env["ir.attachment"].create(
        {
            "name": f"{invoice.id}.pdf",
            "raw": b"%PDF-1.4 lifecycle",
            "mimetype": "application/pdf",
            "res_model": invoice._name,
            "res_field": "invoice_pdf_report_file",
            "res_id": invoice.id,
        }
    )
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create({})._create_payments()
    return order


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
