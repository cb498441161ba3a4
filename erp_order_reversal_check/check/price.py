"""Rules about an invoice line and the order line that it invoices."""

from . import difference
from .difference import Difference, name
from .facts import same

# Prices are kept to the cent or finer: half of a hundredth of it is no difference.
PRICE_ROUNDING = 1e-4


def _pairs(invoice):
    """The lines that can be compared one to one: (line, order line)."""
    for line in invoice.lines:
        if line.is_product and line.order_line and line.order_line.is_ordered:
            yield line, line.order_line


def _values(order_line, **values):
    return {
        "product": name("sale.order.line", order_line.id),
        "order": name("sale.order", order_line.order.id),
        **values,
    }


def price(invoice, tolerance):
    """The unit price is not the order's; in the same unit and currency."""
    for line, order_line in _pairs(invoice):
        if invoice.currency != order_line.order.currency:
            continue  # the rule about currencies says so
        factor = 1.0
        if line.unit != order_line.unit and line.factor and order_line.factor:
            factor = line.factor / order_line.factor
        ordered = order_line.price * factor
        allowed = abs(ordered) * tolerance / 100
        rounding = PRICE_ROUNDING if factor == 1.0 else 0.02
        if same(line.price, ordered, rounding) or (
            abs(line.price - ordered) <= allowed + 1e-9
        ):
            continue
        yield Difference(
            line.key,
            _values(
                order_line,
                price=difference.price(line.price, invoice.currency),
                ordered=difference.price(ordered, invoice.currency),
            ),
            other=order_line.key,
            fix="price",
        )


def discount(invoice, tolerance):
    """The discount is not the order's."""
    for line, order_line in _pairs(invoice):
        if abs(line.discount - order_line.discount) <= tolerance + 1e-4:
            continue
        yield Difference(
            line.key,
            _values(
                order_line,
                discount=difference.percent(line.discount),
                ordered=difference.percent(order_line.discount),
            ),
            other=order_line.key,
            fix="discount",
        )


def tax(invoice, tolerance):
    """The taxes are not the order's."""
    for line, order_line in _pairs(invoice):
        if line.taxes == order_line.taxes:
            continue
        yield Difference(
            line.key,
            _values(
                order_line,
                taxes=name("account.tax", *line.taxes),
                ordered=name("account.tax", *order_line.taxes),
            ),
            other=order_line.key,
            fix="tax",
        )


def unit(invoice, tolerance):
    """The unit of measure is not the order's."""
    for line, order_line in _pairs(invoice):
        if not line.unit or not order_line.unit or line.unit == order_line.unit:
            continue
        yield Difference(
            line.key,
            _values(
                order_line,
                unit=name("uom.uom", line.unit),
                ordered=name("uom.uom", order_line.unit),
            ),
            other=order_line.key,
            fix="unit",
        )


def product(invoice, tolerance):
    """Another product than the ordered one."""
    for line, order_line in _pairs(invoice):
        if line.product == order_line.product:
            continue
        yield Difference(
            line.key,
            _values(order_line, invoiced=name("account.move.line", line.id)),
            other=order_line.key,
            fix="product",
        )
