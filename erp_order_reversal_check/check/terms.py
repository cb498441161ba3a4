"""Rules about what an invoice and its order agree on as a whole."""

from .difference import Difference, name


def _unlike(invoice, own, theirs, model, fix):
    """One difference, if no order has what the invoice has."""
    orders = invoice.orders
    if not orders or any(own == theirs(order) for order in orders):
        return
    yield Difference(
        invoice.key,
        {
            "own": name(model, own),
            "ordered": name(model, *(theirs(order) for order in orders)),
            "orders": name("sale.order", *(order.id for order in orders)),
        },
        other=orders[0].key,
        fix=fix,
    )


def currency(invoice, tolerance):
    """The invoice is in another currency than its order."""
    yield from _unlike(
        invoice,
        invoice.currency,
        lambda order: order.currency,
        "res.currency",
        "",
    )


def terms(invoice, tolerance):
    """The payment terms are those of none of its orders."""
    yield from _unlike(
        invoice,
        invoice.terms,
        lambda order: order.terms,
        "account.payment.term",
        "terms",
    )


def fiscal_position(invoice, tolerance):
    """The fiscal position is that of none of its orders.

    Where the order has none, the host looks for one that fits the customer: that is
    right, too.
    """
    if invoice.fiscal_is_automatic and any(
        not order.fiscal for order in invoice.orders
    ):
        return
    yield from _unlike(
        invoice,
        invoice.fiscal,
        lambda order: order.fiscal,
        "account.fiscal.position",
        "fiscal_position",
    )
