"""Books in plain double entry, by hand: what must stand where. Knows no Odoo."""

from fractions import Fraction

from .documents import (
    BANK,
    COST,
    HOME,
    RECEIVABLE,
    RECEIVED,
    REVENUE,
    SPENT,
    STOCK,
    TAX,
    WAITING,
    Document,
    Line,
    Match,
    Order,
    Sums,
    rounded,
)
from .taking_back import TakingBack


class Books(TakingBack):
    """A company: its orders, its documents, what is matched, and its setup."""

    def __init__(self, rates):
        self.orders = []
        self.documents = []
        self.matches = []
        #: beside the documents: bank statements, cost of goods that were given away
        self.beside = Sums()
        self.serial = 0
        #: how often the setup changed, and that of what a match brings with it
        self.setup = 0
        self.side_setup = 0
        #: percent a tax; `later` is due on payment while `cash_basis` holds
        self.taxes = {"none": 0, "plain": 15, "later": 10}
        self.cash_basis = True
        self.gain, self.loss = "gain", "loss"
        #: [(first day, units of the foreign currency for one of the company's)]
        self.rates = [(day, Fraction(rate)) for day, rate in rates]
        self.locked_until = None

    # ------------------------------------------------------------------
    # What must be
    # ------------------------------------------------------------------

    def balances(self):
        """{(account, currency): (balance, amount)} of what is not zero."""
        total = Sums()
        for document in self.documents:
            if document.alive:
                total.merge(document.entry)
        for match in self.matches:
            total.merge(match.side)
        total.merge(self.beside)
        return {key: tuple(sums) for key, sums in total.items() if any(sums)}

    def residual(self, document):
        """What is open of a document, in its currency; negative if we owe it."""
        left = document.owed if document.alive else 0
        for match in self.matches:
            if match.debit is document:
                left -= match.amount
            elif match.credit is document:
                left += match.amount
        return left

    def residual_balance(self, document):
        left = document.owed_balance
        for match in self.matches:
            if match.debit is document:
                left -= match.debit_balance
            elif match.credit is document:
                left += match.credit_balance
        return left

    def invoiced(self, line):
        return sum(
            document.quantities.get(line, 0)
            for document in self.documents
            if document.alive
        )

    def to_invoice(self, order):
        return {
            line: line.quantity - self.invoiced(line)
            for line in order.lines
            if line.quantity - self.invoiced(line)
        }

    # ------------------------------------------------------------------
    # Questions
    # ------------------------------------------------------------------

    def rate(self, currency, day):
        if currency == HOME:
            return Fraction(1)
        return [rate for first, rate in self.rates if first <= day][-1]

    def of(self, *kinds, order=None):
        return [
            document
            for document in self.documents
            if document.alive
            and document.kind in kinds
            and (order is None or document.order is order)
        ]

    def matches_of(self, document):
        return [match for match in self.matches if document in match.documents]

    def credits_of(self, invoice):
        return [doc for doc in self.of("credit") if doc.reverses is invoice]

    def is_odd(self, order):
        """Whether a credit note by hand has another tax than what it credits.

        What is left of such an invoice is the host's own difference.
        """
        return any(
            (credit.tax_rate, credit.tax_account)
            != (credit.reverses.tax_rate, credit.reverses.tax_account)
            for credit in self.of("credit", order=order)
        )

    def touch(self, *things):
        self.serial += 1
        for thing in filter(None, things):
            thing.changed = self.serial

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def sell(self, name, currency, tax, lines, cost=0):
        order = Order(name, currency, tax, [Line(*line, cost) for line in lines])
        for line in order.lines if cost else ():
            line.due = line.quantity
        self.orders.append(order)
        self.touch(order)
        return order

    def _bill(self, name, kind, order, quantities, day, **values):
        """A document of an order, by today's setup unless told otherwise."""
        percent = values.pop("percent", self.taxes[order.tax])
        account = values.pop("tax_account", None)
        if account is None:
            waits = order.tax == "later" and self.cash_basis
            account = WAITING if waits else TAX
        rate = values.pop("rate", None) or self.rate(order.currency, day)
        parts = [line.price * count for line, count in quantities.items()]
        base = values.pop("base", sum(parts))
        tax = values.pop(
            "tax", sum(rounded(Fraction(part * percent, 100)) for part in parts)
        )
        entry = Sums()
        base_balance, tax_balance = rounded(base / rate), rounded(tax / rate)
        entry.add(REVENUE, order.currency, -base_balance, -base)
        entry.add(account, order.currency, -tax_balance, -tax)
        owed_balance = base_balance + tax_balance
        entry.add(RECEIVABLE, order.currency, owed_balance, base + tax)
        cost = sum(line.cost * count for line, count in quantities.items())
        entry.add(COST, HOME, cost, cost)
        entry.add(STOCK, HOME, -cost, -cost)
        document = Document(
            name, kind, order.currency, day, base + tax, owed_balance, entry,
            order=order, quantities=dict(quantities), base=base, tax=tax,
            tax_account=account, tax_rate=percent, rate=rate, **values,
        )  # fmt: skip
        self.documents.append(document)
        return document

    def invoice(self, name, order, day):
        document = self._bill(name, "invoice", order, self.to_invoice(order), day)
        self.touch(order, document)
        return document

    def credit_by_hand(self, name, invoice, lines, day):
        """The host copies the lines, and taxes them by today's setup."""
        quantities = {line: -invoice.quantities[line] for line in lines}
        document = self._bill(
            name, "credit", invoice.order, quantities, day, reverses=invoice
        )
        self.touch(invoice.order, invoice, document)
        if self.residual(invoice) > 0:
            self.match(invoice, document)
        return document

    def pay(self, name, amount, currency, day, outbound=False):
        rate = self.rate(currency, day)
        sign = 1 if outbound else -1
        owed, owed_balance = sign * amount, sign * rounded(amount / rate)
        entry = Sums()
        entry.add(RECEIVABLE, currency, owed_balance, owed)
        entry.add(SPENT if outbound else RECEIVED, currency, -owed_balance, -owed)
        kind = "refund" if outbound else "payment"
        document = Document(
            name, kind, currency, day, owed, owed_balance, entry, rate=rate
        )
        self.documents.append(document)
        self.touch(document)
        return document

    def reach_bank(self, payment):
        """The bank says that a payment in the company's currency happened."""
        payment.at_bank = True
        account = RECEIVED if payment.kind == "payment" else SPENT
        self.beside.add(BANK, HOME, -payment.owed_balance, -payment.owed)
        self.beside.add(account, HOME, payment.owed_balance, payment.owed)
        self.touch(payment)

    def match(self, one, other, amount=None):
        """Match two open items, as far as both are open.

        The items are worth what they were at their own rates: the difference is an
        exchange difference. Taxes that wait for the payment become due with it.
        """
        debit, credit = (one, other) if self.residual(one) > 0 else (other, one)
        if amount is None:
            amount = min(self.residual(debit), -self.residual(credit))
        worth = {}
        for document in (debit, credit):
            left = self.residual(document)
            balance = self.residual_balance(document)
            worth[document] = abs(
                balance
                if abs(left) == amount
                else rounded(Fraction(balance * amount, left))
            )
        side = Sums()
        difference = worth[debit] - worth[credit]
        if difference:
            account = self.loss if difference > 0 else self.gain
            side.add(account, debit.currency, difference)
            side.add(RECEIVABLE, debit.currency, -difference)
        match = Match(debit, credit, amount, worth[debit], worth[credit], side)
        self.matches.append(match)
        for document in (debit, credit):
            self._make_due(match, document)
        self.touch(debit, credit)
        return match

    def _make_due(self, match, document):
        if not (self.cash_basis and document.tax_account == WAITING and document.tax):
            return
        due = sum(m.due.get(document, 0) for m in self.matches if m is not match)
        if self.residual(document):
            part = rounded(Fraction(document.tax * match.amount, abs(document.owed)))
        else:
            part = document.tax - due
        match.due[document] = part
        match.side.add(WAITING, document.currency, part, part)
        match.side.add(TAX, document.currency, -part, -part)

    def unmatch(self, match):
        self.matches.remove(match)
        self.touch(*match.documents)
