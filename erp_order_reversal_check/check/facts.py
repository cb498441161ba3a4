"""What is compared: orders, invoices and payments as plain numbers.

Filled by the model `settlement.check`, read by the rules. Ids of other records are
plain integers, False where there is none; amounts are in the document's currency.
"""

from dataclasses import dataclass, field
from datetime import date as Date

EPSILON = 1e-6


@dataclass(slots=True, eq=False)
class Order:
    id: int
    company: int
    state: str
    partner: int
    commercial: int
    invoice_partner: int
    invoice_commercial: int
    shipping: int
    currency: int
    terms: int
    fiscal: int
    reference: str
    date: Date
    total: float
    lines: list = field(default_factory=list)
    invoices: list = field(default_factory=list)
    # earlier orders alike, within the days of the rule
    alike: list = field(default_factory=list)

    @property
    def key(self):
        return ("sale.order", self.id)


@dataclass(slots=True, eq=False)
class OrderLine:
    id: int
    order: Order
    kind: str
    product: int
    quantity: float
    delivered: float
    policy: str
    unit: int
    factor: float
    price: float
    discount: float
    taxes: frozenset
    is_downpayment: bool
    invoice_lines: list = field(default_factory=list)

    @property
    def key(self):
        return ("sale.order.line", self.id)

    @property
    def is_ordered(self):
        """Whether a product was ordered: no section, note or down payment."""
        return not self.kind and not self.is_downpayment

    @property
    def limit(self):
        """What may be invoiced, in the order's unit.

        Rule: `sale.order.line._compute_qty_to_invoice`, by the product's policy.
        """
        return self.delivered if self.policy == "delivery" else self.quantity

    def invoiced(self, draft=None):
        """Net quantity on posted invoices, and on `draft`; in the order's unit."""
        return sum(
            line.signed_quantity_for(self)
            for line in self.invoice_lines
            if line.invoice.state == "posted" or line.invoice is draft
        )


@dataclass(slots=True, eq=False)
class Invoice:
    id: int
    company: int
    state: str
    kind: str
    payment_state: str
    partner: int
    commercial: int
    shipping: int
    currency: int
    terms: int
    fiscal: int
    reference: str
    date: Date
    total: float
    residual: float
    # without taxes, in the company's currency; and the rate from there
    untaxed: float
    rate: float
    # whether the host finds the fiscal position by itself
    fiscal_is_automatic: bool = False
    lines: list = field(default_factory=list)
    payments: list = field(default_factory=list)
    installments: list = field(default_factory=list)
    alike: list = field(default_factory=list)
    # (number, largest amount) of the customer's earlier invoices
    history: tuple = (0, 0.0)

    @property
    def key(self):
        return ("account.move", self.id)

    @property
    def sign(self):
        return -1 if self.kind == "out_refund" else 1

    @property
    def is_checked(self):
        """Whether it settles anything: no credit note, not taken back."""
        return (
            self.kind in ("out_invoice", "out_receipt")
            and self.state in ("draft", "posted")
            and self.payment_state != "reversed"
        )

    @property
    def orders(self):
        """The orders that are invoiced, each once."""
        found = {}
        for line in self.lines:
            for order_line in line.order_lines:
                found.setdefault(order_line.order.id, order_line.order)
        return list(found.values())


@dataclass(slots=True, eq=False)
class InvoiceLine:
    id: int
    invoice: Invoice
    kind: str
    product: int
    quantity: float
    unit: int
    factor: float
    price: float
    discount: float
    subtotal: float
    taxes: frozenset
    is_downpayment: bool
    order_lines: list = field(default_factory=list)
    # (number, smallest, largest) price of the product on earlier invoices
    history: tuple = (0, 0.0, 0.0)

    @property
    def key(self):
        return ("account.move.line", self.id)

    @property
    def is_product(self):
        """Whether it is compared: a product, no section, no down payment."""
        return (
            self.kind == "product"
            and not self.is_downpayment
            and not any(line.is_downpayment for line in self.order_lines)
        )

    @property
    def base_price(self):
        """Its price in the company's currency, for the unit with the factor 1."""
        return self.price / (self.invoice.rate or 1.0) / (self.factor or 1.0)

    @property
    def order_line(self):
        """The one order line that it invoices, or None."""
        return self.order_lines[0] if len(self.order_lines) == 1 else None

    def quantity_for(self, order_line):
        """Its quantity in the unit of the order line."""
        if self.unit == order_line.unit or not order_line.factor:
            return self.quantity
        return self.quantity * self.factor / order_line.factor

    def signed_quantity_for(self, order_line):
        """Likewise; what is credited counts negative."""
        return self.invoice.sign * self.quantity_for(order_line)


@dataclass(slots=True, eq=False)
class Installment:
    """A part of an invoice's receivable.

    :param date: when it is due
    :param float open: what of `amount` is not paid yet
    :param float discounted: what suffices until `discount_until`; 0 without discount
    """

    date: Date
    amount: float
    open: float
    discounted: float = 0.0
    discount_until: Date | None = None


@dataclass(slots=True, eq=False)
class Payment:
    """A payment of a customer.

    :param float settles: what it takes off the receivable, write-off included
    :param float open: what of it is matched with nothing
    :param dict matched: {id of an invoice: amount, in the invoice's currency}
    :param float kept: what of it a reversal took off and kept as the customer's credit
    :param set settled_again: ids of invoices that it was matched with by whoever
        settled them again, and saw what it pays and what stays due
    """

    id: int
    company: int
    state: str
    partner: int
    commercial: int
    currency: int
    date: Date
    amount: float
    settles: float
    open: float
    matched: dict = field(default_factory=dict)
    invoices: list = field(default_factory=list)
    # earlier ones: (id, whether all of it is open, whether it pays the same invoice)
    alike: list = field(default_factory=list)
    kept: float = 0.0
    settled_again: set = field(default_factory=set)
    # the last day of the closed period
    lock: Date | None = None
    money_has_come: bool = False
    # the document that shows its differences before there is a payment
    shown_on: tuple = ()
    # whether it is one payment of this amount, and not several of what is open
    is_amount_known: bool = True

    @property
    def key(self):
        return self.shown_on or ("account.payment", self.id)

    @property
    def is_draft(self):
        return self.state == "draft"


def same(left, right, rounding=EPSILON):
    """Whether two numbers are the same within half of `rounding`."""
    return abs(left - right) <= max(rounding / 2, EPSILON)
