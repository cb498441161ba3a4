"""Settled orders to measure on: three lines, tax, one invoice and payment each."""

from odoo import Command

LINES = (1, 2, 3)


def work_env(env):
    """Return the environment of an accountant in the first company with accounts."""
    company = env["res.company"].search(
        [("chart_template", "!=", False)], order="id", limit=1
    )
    return env(
        user=env.ref("base.user_admin"),
        context={
            "lang": "en_US",
            "tz": "UTC",
            "allowed_company_ids": company.ids,
        },
    )


def build(env, tag: str, count: int, chunk: int = 100):
    """Return `count` settled, locked orders marked with `tag`, made where they lack.

    Each has a customer of its own, so that none of them shares a payment.
    """
    orders = find(env, tag)
    missing = count - len(orders)
    if missing <= 0:
        return orders[:count]
    products = _products(env)
    for start in range(0, missing, chunk):
        _settle(env, tag, products, range(start, min(start + chunk, missing)))
        env.cr.commit()
        env.invalidate_all()
    return find(env, tag)


def copied(env, tag: str, count: int, pattern: int = 50):
    """As `build`, but all beyond a few are copies that the database makes: no ORM."""
    import fill  # needs the addons, which are found once there is a registry

    orders = build(env, tag, min(count, pattern))
    missing = count - len(find(env, tag))
    if missing > 0:
        fill.fill(env.cr, orders.partner_id.ids, -(-missing // len(orders)))
        env.cr.commit()
        env.invalidate_all()
        env.cr.execute("ANALYZE")
    return find(env, tag)[:count]


def find(env, tag: str):
    """Return the orders marked with `tag` that are settled, oldest first."""
    return env["sale.order"].search(
        [("client_order_ref", "=", tag), ("state", "=", "sale")], order="id"
    )


def _products(env):
    tax = env["account.tax"].search(
        [
            ("type_tax_use", "=", "sale"),
            ("company_id", "=", env.company.id),
            ("amount_type", "=", "percent"),
        ],
        limit=1,
    )
    return env["product.product"].create(
        [
            {
                "name": f"Bench service {number}",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100 * number,
                "taxes_id": [Command.set(tax.ids)],
            }
            for number in LINES
        ]
    )


def _settle(env, tag, products, numbers):
    partners = env["res.partner"].create(
        [{"name": f"Bench {tag} {number}"} for number in numbers]
    )
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "client_order_ref": tag,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 1})
                    for product in products
                ],
            }
            for partner in partners
        ]
    )
    orders.action_confirm()
    invoices = orders._create_invoices(grouped=True)
    invoices.action_post()
    invoices.is_move_sent = True
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoices.ids
    ).create({})._create_payments()
    orders.action_lock()
    return orders
