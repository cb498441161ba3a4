"""Rules about amounts unlike those of earlier invoices."""

from .difference import Difference, money, name, price

# With less there is no history to be unlike.
ENOUGH = 6


def customer_history(invoice, tolerance):
    """Many times as much as this customer was ever invoiced.

    A small invoice is ordinary: it may be a part.
    """
    number, largest = invoice.history
    if number < ENOUGH or largest <= 0 or invoice.untaxed <= largest * tolerance:
        return
    yield Difference(
        invoice.key,
        {
            "amount": money(invoice.untaxed, False),
            "largest": money(largest, False),
            "customer": name("res.partner", invoice.commercial),
        },
    )


def product_history(invoice, tolerance):
    """A price many times over, or a fraction of, what the product is sold for.

    A product that is sold at all kinds of prices can't be sold too cheap.
    """
    for line in invoice.lines:
        number, smallest, largest = line.history
        if not line.is_product or number < ENOUGH or smallest <= 0 or not line.quantity:
            continue
        steady = largest <= smallest * tolerance
        if line.base_price > largest * tolerance or (
            steady and 0 <= line.base_price < smallest / tolerance
        ):
            yield Difference(
                line.key,
                {
                    "line": name("account.move.line", line.id),
                    "price": price(line.base_price, False),
                    "smallest": price(smallest, False),
                    "largest": price(largest, False),
                },
            )
