"""Rules about quantities: ordered, delivered, invoiced, and what nobody asked for."""

from .difference import Difference, money, name, quantity
from .facts import EPSILON


def _product_lines(invoice):
    """The lines whose quantity can be compared: (line, order line)."""
    for line in invoice.lines:
        if line.is_product and line.order_line and line.order_line.is_ordered:
            yield line, line.order_line


def _excess(line, order_line, limit, tolerance):
    """How much of a line is beyond the limit of what may be invoiced.

    What is too much is looked for on the newest invoice first, so that an earlier one
    that was right stays right.

    :param float limit: in the order's unit
    :param float tolerance: percent of the limit
    :return: float, 0 where nothing is too much
    """
    invoice = line.invoice
    sign = -1 if order_line.quantity < 0 else 1
    draft = invoice if invoice.state == "draft" else None
    excess = sign * (order_line.invoiced(draft) - limit)
    if excess <= abs(limit) * tolerance / 100 + EPSILON:
        return 0.0
    if draft is None:
        newer = (
            other
            for other in order_line.invoice_lines
            if other.invoice.state == "posted"
            and other.invoice.is_checked
            and other.invoice.id > invoice.id
        )
        excess -= sum(sign * other.quantity_for(order_line) for other in newer)
    excess = min(excess, sign * line.quantity_for(order_line))
    return excess if excess > EPSILON else 0.0


def _before(line, order_line):
    """What the other invoices have of the order line already."""
    own = sum(
        other.signed_quantity_for(order_line)
        for other in order_line.invoice_lines
        if other.invoice is line.invoice
    )
    draft = line.invoice if line.invoice.state == "draft" else None
    return order_line.invoiced(draft) - own


def _is_invoiced_before(line, order_line):
    """Whether nothing was left to invoice when this line came."""
    before = _before(line, order_line)
    limit = order_line.limit
    return abs(before) > EPSILON and abs(before) >= abs(limit) - EPSILON


def _over(line, order_line):
    left = order_line.limit - _before(line, order_line)
    return Difference(
        line.key,
        {
            "product": name("sale.order.line", order_line.id),
            "order": name("sale.order", order_line.order.id),
            "ordered": quantity(order_line.quantity),
            "delivered": quantity(order_line.delivered),
            "invoiced": quantity(left + _own_excess(line, order_line, left)),
            "left": quantity(left),
        },
        other=order_line.key,
        fix="quantity",
    )


def _own_excess(line, order_line, left):
    own = sum(
        other.quantity_for(order_line)
        for other in order_line.invoice_lines
        if other.invoice is line.invoice
    )
    return own - left


def quantity_ordered(invoice, tolerance):
    """More is invoiced than ordered, of a product that is invoiced on order."""
    for line, order_line in _product_lines(invoice):
        if (
            order_line.policy != "delivery"
            and _excess(line, order_line, order_line.quantity, tolerance)
            and not _is_invoiced_before(line, order_line)
        ):
            yield _over(
                line,
                order_line,
            )


def quantity_delivered(invoice, tolerance):
    """More is invoiced than delivered, of a product that is invoiced on delivery."""
    for line, order_line in _product_lines(invoice):
        if (
            order_line.policy == "delivery"
            and _excess(line, order_line, order_line.delivered, tolerance)
            and not _is_invoiced_before(line, order_line)
        ):
            yield _over(
                line,
                order_line,
            )


def invoiced_twice(invoice, tolerance):
    """An order line was invoiced in full before, and is invoiced again."""
    for line, order_line in _product_lines(invoice):
        if _excess(line, order_line, order_line.limit, 0.0) and _is_invoiced_before(
            line, order_line
        ):
            others = {
                other.invoice.id
                for other in order_line.invoice_lines
                if other.invoice is not invoice
                and other.invoice.state == "posted"
                and other.invoice.is_checked
            }
            yield Difference(
                line.key,
                {
                    "product": name("sale.order.line", order_line.id),
                    "order": name("sale.order", order_line.order.id),
                    "invoices": name("account.move", *others),
                },
                other=("account.move", max(others)) if others else order_line.key,
                fix="remove",
            )


def not_ordered(invoice, tolerance):
    """A line of an order's invoice that is on no order.

    Without a product and an amount, it is but a text.
    """
    orders = invoice.orders
    if not orders:
        return
    for line in invoice.lines:
        if (
            line.kind == "product"
            and not line.is_downpayment
            and not line.order_lines
            and (line.product or abs(line.subtotal) > EPSILON)
            and (not tolerance or abs(line.subtotal) > tolerance)
        ):
            yield Difference(
                line.key,
                {
                    "line": name("account.move.line", line.id),
                    "amount": money(line.subtotal, invoice.currency),
                    "orders": name("sale.order", *(order.id for order in orders)),
                },
                other=orders[0].key,
                fix="remove",
            )


def not_invoiced(invoice, tolerance):
    """A final invoice leaves out a line that was ordered and could be invoiced.

    Partial invoices are right. An invoice is taken for the final one if it is the
    order's newest, and deducts its down payment; or if it has more of the order's
    lines than it leaves out, and each of them in full.
    """
    for order in invoice.orders:
        if not _is_final(invoice, order):
            continue
        for line in _left_out(order):
            yield Difference(
                invoice.key,
                {
                    "product": name("sale.order.line", line.id),
                    "order": name("sale.order", order.id),
                },
                other=line.key,
            )


def _left_out(order):
    return [
        line
        for line in order.lines
        if line.is_ordered
        and line.quantity > EPSILON
        and line.price
        and line.discount < 100
        and not any(
            other.invoice.state in ("draft", "posted") and other.quantity
            for other in line.invoice_lines
        )
    ]


def _is_final(invoice, order):
    lines = [line for line in order.lines if line.is_ordered and line.quantity]
    if order.state != "sale" or any(
        line.limit < line.quantity - EPSILON for line in lines
    ):
        return False  # it can't be invoiced in full yet
    if any(
        other.invoice.id > invoice.id and other.invoice.is_checked
        for line in order.lines
        for other in line.invoice_lines
    ):
        return False
    if _deducts(invoice, order):
        return True
    draft = invoice if invoice.state == "draft" else None
    present = [
        line
        for line in lines
        if any(other.invoice is invoice for other in line.invoice_lines)
    ]
    return len(present) > len(_left_out(order)) and all(
        line.invoiced(draft) >= line.limit - EPSILON for line in present
    )


def _deducts(invoice, order):
    return any(
        line.quantity < 0
        and any(
            other.is_downpayment and other.order is order for other in line.order_lines
        )
        for line in invoice.lines
    )
