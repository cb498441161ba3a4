"""Stands before each script for the host's shell: settled orders, and balances."""

from odoo import Command

#: Where a script leaves what the next one has to find.
NOTES = "lifecycle.notes"


def working_in(env, company, user="base.user_admin"):
    """Return an environment of a user who works in that company alone."""
    return env(
        user=env.ref(user) if isinstance(user, str) else user,
        context={"allowed_company_ids": company.ids, "lang": "en_US"},
    )


class Shop:
    """Somebody who sells services, invoices them and is paid."""

    def __init__(self, env, seller):
        self.env = env
        self.seller = seller
        self.product = env["product.product"].create(
            {
                "name": "Lifecycle service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.set(env.company.account_sale_tax_id.ids)],
            }
        )
        self.partner = env["res.partner"].create({"name": "Lifecycle customer"})

    def settle(self):
        """Return an order whose invoice is sent, with a PDF, and paid."""
        env = self.env
        order = env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.seller.id,
                "order_line": [Command.create({"product_id": self.product.id})],
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

    def authorize(self, order):
        """Let a payment of the order be on its way, which no reversal may cross."""
        env = self.env
        provider = env["payment.provider"].create(
            {"name": "Lifecycle", "code": "demo", "company_id": env.company.id}
        )
        env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": env.ref("payment.payment_method_unknown").id,
                "reference": f"{order.name}-lifecycle",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": order.ids,
                "state": "authorized",
            }
        )


def balances(env):
    """Return {account's id as text: balance of its posted items} of the company."""
    env.flush_all()
    groups = env["account.move.line"]._read_group(
        [("parent_state", "=", "posted"), ("company_id", "=", env.company.id)],
        ["account_id"],
        ["balance:sum"],
    )
    return {str(account.id): round(balance, 2) for account, balance in groups}


def difference(after, before):
    """Return the balances that changed, and by how much."""
    changes = {
        account: round(after.get(account, 0.0) - before.get(account, 0.0), 2)
        for account in {*after, *before}
    }
    return {account: change for account, change in changes.items() if change}
