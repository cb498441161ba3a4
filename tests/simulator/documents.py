"""Orders, documents and matches, as a bookkeeper sees them. Knows no Odoo.

All amounts are integers, in cents. An account's balance is debit less credit, in the
company's currency; its amount is the same in the currency of the document.
"""

from dataclasses import dataclass, field
from fractions import Fraction

HOME = "home"
RECEIVABLE = "receivable"
REVENUE = "revenue"
TAX = "tax"
WAITING = "waiting"  # tax that is due once the invoice is paid
RECEIVED = "received"  # money on its way to the bank
SPENT = "spent"  # money on its way from the bank
BANK = "bank"
COST = "cost"
STOCK = "stock"

#: Which scopes reach as far as these, from the nearest to the farthest.
SCOPES = ("unlock", "payment", "invoice", "draft", "cancel")


class Refused(Exception):
    """What can't be done, by the code of each rule against it."""

    def __init__(self, *codes):
        super().__init__(*codes)
        self.codes = set(codes)


def rounded(value):
    """The nearest cent; halves go away from zero."""
    value = Fraction(value)
    cents = int(abs(value) + Fraction(1, 2))
    return cents if value >= 0 else -cents


class Sums(dict):
    """{(account, currency): [balance, amount]}."""

    def add(self, account, currency, balance, amount=0):
        sums = self.setdefault((account, currency), [0, 0])
        sums[0] += balance
        sums[1] += amount

    def merge(self, other, sign=1):
        for (account, currency), (balance, amount) in other.items():
            self.add(account, currency, sign * balance, sign * amount)


@dataclass(eq=False)
class Line:
    """A line of an order.

    :param int cost: of a unit, booked with the invoice; of goods alone
    :param int due: quantity that the warehouse is asked to deliver
    """

    price: int
    quantity: int
    cost: int = 0
    delivered: int = 0
    due: int = 0


@dataclass(eq=False)
class Order:
    name: str
    currency: str
    tax: str
    lines: list
    state: str = "sale"
    locked: bool = False
    changed: int = 0

    def __repr__(self):
        return self.name


@dataclass(eq=False)
class Document:
    """A posted entry with one open item: an invoice, a credit note or a payment.

    :param int owed: debit less credit on the receivable, in the document's currency
    :param dict quantities: {order line: quantity}, negative on a credit note
    """

    name: str
    kind: str
    currency: str
    date: object
    owed: int
    owed_balance: int
    entry: Sums
    order: Order = None
    quantities: dict = field(default_factory=dict)
    base: int = 0
    tax: int = 0
    tax_account: str = TAX
    tax_rate: int = 0
    rate: Fraction = Fraction(1)
    reverses: "Document" = None
    alive: bool = True
    sent: bool = False
    at_bank: bool = False
    changed: int = 0

    def __repr__(self):
        return self.name


@dataclass(eq=False)
class Match:
    """Two open items against each other, and what the host books beside it."""

    debit: Document
    credit: Document
    amount: int
    debit_balance: int
    credit_balance: int
    side: Sums
    #: {document: tax that became due by this match}
    due: dict = field(default_factory=dict)

    @property
    def documents(self):
        return (self.debit, self.credit)

    def other(self, document):
        return self.credit if document is self.debit else self.debit


@dataclass(eq=False)
class Effect:
    """What a reversal did, so that a restore can be told from it."""

    root: object
    scope: str
    serial: int
    setup: int
    side_setup: int
    orders: dict = field(default_factory=dict)  # {order: (state, locked)} as before
    #: {order line: (ordered, invoiced) as before}
    quantities: dict = field(default_factory=dict)
    removed: list = field(default_factory=list)
    died: list = field(default_factory=list)
    made: list = field(default_factory=list)
    matched: list = field(default_factory=list)
    #: {order line: (due, delivered)} as before, and what stays of their cost
    goods: dict = field(default_factory=dict)
    cost: Sums = field(default_factory=Sums)
