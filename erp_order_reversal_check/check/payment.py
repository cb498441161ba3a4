"""Rules about a payment and the invoices that it pays."""

from .difference import Difference, day, money, name
from .facts import same


def _is_comparable(payment):
    """Amounts in several currencies are the host's to compare."""
    return (
        payment.is_amount_known
        and bool(payment.invoices)
        and all(invoice.currency == payment.currency for invoice in payment.invoices)
    )


def _due(payment):
    """What of its invoices is still to be paid by it."""
    return sum(max(0.0, invoice.residual) for invoice in payment.invoices)


def _over(payment):
    """What it has more than its invoices need; 0 if nothing."""
    if not _is_comparable(payment):
        return 0.0
    if payment.is_draft:
        return max(0.0, payment.settles - _due(payment))
    # What a reversal kept as credit was decided, and shown, when it was taken back.
    return max(0.0, payment.open - payment.kept) if payment.matched else 0.0


def _values(payment, amount):
    return {
        "amount": money(payment.amount, payment.currency),
        "difference": money(round(amount, 6), payment.currency),
        "invoices": name("account.move", *(i.id for i in payment.invoices)),
    }


def _foreign_to_settlements(payment):
    """Its invoices but those that it was matched with to settle them again."""
    return [i for i in payment.invoices if i.id not in payment.settled_again]


def payment_over(payment, tolerance):
    """More is paid than the invoices have open."""
    over = _over(payment)
    if over > tolerance + 0.004:
        yield Difference(
            payment.key,
            _values(payment, over),
            other=payment.invoices[0].key,
        )


def payment_under(payment, tolerance):
    """Less is paid than is open, and it is no installment and no early discount."""
    if not _is_comparable(payment) or not _foreign_to_settlements(payment):
        return
    if payment.is_draft:
        short = _due(payment) - payment.settles
        right = any(
            same(payment.settles, sum_, 0.01) for sum_ in _installments(payment)
        )
    else:
        # A payment that has something left does not pay too little.
        short = 0.0 if payment.open or not payment.matched else _due(payment)
        right = _leaves_whole_installments(payment)
    if not right and short > tolerance + 0.004:
        yield Difference(
            payment.key,
            _values(payment, short),
            other=payment.invoices[0].key,
        )


def _parts(payment):
    """The open installments of its invoices, those due first before."""
    parts = [part for invoice in payment.invoices for part in invoice.installments]
    return sorted(
        (part for part in parts if not same(part.open, 0.0, 0.01)),
        key=lambda part: part.date,
    )


def _installments(payment):
    """Sums that are right to pay: the next installments, less an early discount."""
    total = 0.0
    for part in _parts(payment):
        if part.discount_until and payment.date <= part.discount_until:
            yield total + part.discounted
        total += part.open
        yield total


def _leaves_whole_installments(payment):
    return all(same(part.open, part.amount, 0.01) for part in _parts(payment))


def payment_twice(payment, tolerance):
    """Somebody recorded the same payment some days before, and it is too much."""
    over = _over(payment)
    others = [
        other
        for other, is_open, is_shared in payment.alike
        if is_open or not payment.invoices or (is_shared and over)
    ]
    if others:
        yield Difference(
            payment.key,
            {
                "others": name("account.payment", *others),
                "amount": money(payment.amount, payment.currency),
            },
            other=("account.payment", max(others)),
        )


def payment_partner(payment, tolerance):
    """Somebody else pays."""
    foreign = [
        invoice
        for invoice in _foreign_to_settlements(payment)
        if invoice.commercial != payment.commercial
    ]
    if foreign:
        yield Difference(
            payment.key,
            {
                "payer": name("res.partner", payment.partner),
                "customers": name("res.partner", *(i.partner for i in foreign)),
                "invoices": name("account.move", *(i.id for i in foreign)),
            },
            other=foreign[0].key,
        )


def payment_currency(payment, tolerance):
    """It is paid in another currency than invoiced."""
    foreign = [i for i in payment.invoices if i.currency != payment.currency]
    if foreign:
        yield Difference(
            payment.key,
            {
                "own": name("res.currency", payment.currency),
                "ordered": name("res.currency", *(i.currency for i in foreign)),
                "invoices": name("account.move", *(i.id for i in foreign)),
            },
            other=foreign[0].key,
        )


def payment_period(payment, tolerance):
    """It is dated in a closed period."""
    if payment.is_draft and payment.lock and payment.date <= payment.lock:
        yield Difference(
            payment.key,
            {"date": day(payment.date), "lock": day(payment.lock)},
        )
