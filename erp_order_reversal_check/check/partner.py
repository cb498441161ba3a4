"""Rules about who is invoiced, and where the goods went."""

from .difference import Difference, name


def _is_customer(invoice):
    """Whether one of its orders is this customer's, or is to be billed to it."""
    return any(
        invoice.commercial in (order.commercial, order.invoice_commercial)
        for order in invoice.orders
    )


def customer(invoice, tolerance):
    """The invoice goes to somebody who neither ordered nor is to be billed."""
    orders = invoice.orders
    if not orders or _is_customer(invoice):
        return
    yield Difference(
        invoice.key,
        {
            "own": name("res.partner", invoice.partner),
            "customers": name("res.partner", *(order.partner for order in orders)),
            "orders": name("sale.order", *(order.id for order in orders)),
        },
        other=orders[0].key,
        fix="customer",
    )


def invoice_address(invoice, tolerance):
    """The right customer, but not the invoice address of its order."""
    orders = invoice.orders
    if not _is_customer(invoice) or any(
        invoice.partner == order.invoice_partner for order in orders
    ):
        return
    yield Difference(
        invoice.key,
        {
            "own": name("res.partner", invoice.partner),
            "ordered": name("res.partner", *(o.invoice_partner for o in orders)),
            "orders": name("sale.order", *(order.id for order in orders)),
        },
        other=orders[0].key,
        fix="customer",
    )


def delivery_address(invoice, tolerance):
    """The delivery address is not that of its order."""
    orders = invoice.orders
    if not invoice.shipping or any(
        invoice.shipping == order.shipping for order in orders
    ):
        return
    if not orders or not _is_customer(invoice):
        return
    yield Difference(
        invoice.key,
        {
            "own": name("res.partner", invoice.shipping),
            "ordered": name("res.partner", *(order.shipping for order in orders)),
            "orders": name("sale.order", *(order.id for order in orders)),
        },
        other=orders[0].key,
        fix="delivery_address",
    )
