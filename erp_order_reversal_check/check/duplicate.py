"""Rules about a second document alike; the alike ones are found beforehand."""

from .difference import Difference, name


def invoice_alike(invoice, tolerance):
    """The same customer, lines and amount as another invoice some days before."""
    if invoice.alike:
        yield Difference(
            invoice.key,
            {"others": name("account.move", *invoice.alike)},
            other=("account.move", max(invoice.alike)),
        )


def order_alike(order, tolerance):
    """The same customer, lines and amount as another order some days before."""
    if order.alike:
        yield Difference(
            order.key,
            {"others": name("sale.order", *order.alike)},
            other=("sale.order", max(order.alike)),
        )
