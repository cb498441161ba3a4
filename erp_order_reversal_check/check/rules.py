"""The table of all rules: data, selections, help and tests read it here."""

from dataclasses import dataclass

from odoo.tools import LazyTranslate

from ..const import PAYMENT_IN_FORCE
from . import duplicate, history, partner, payment, price, quantity, terms
from .words import WORDS

# Tables are made before there is an environment: `env._` translates them later.
# pylint: disable=prefer-env-translation
_lt = LazyTranslate(__name__)

# (key, label, module with the functions), in the order of the list of rules
GROUPS = (
    ("quantity", "Quantity", quantity),
    ("price", "Price", price),
    ("terms", "Terms", terms),
    ("partner", "Customer", partner),
    ("duplicate", "Twice", duplicate),
    ("payment", "Payment", payment),
    ("history", "History", history),
)
SEVERITIES = (
    ("off", "Off"),
    ("warning", "Warning"),
    ("blocker", "Blocker"),
)
# States of an invoice or a payment that can't be changed any more.
STANDING = ("posted", *PAYMENT_IN_FORCE)
# What a tolerance is measured in; empty where a rule has none.
UNITS = (
    ("percent", "%"),
    ("points", "Percentage points"),
    ("amount", "In the document's currency"),
    ("days", "Days"),
    ("times", "Times as much"),
)


@dataclass(frozen=True)
class Rule:
    """One rule: the function of its name in the module of its group.

    :param str code: also the name of the function
    :param str group: key of `GROUPS`
    :param str label: what a person reads
    :param help: lazy text: what is compared, and what is right
    :param str unit: key of `UNITS`, or empty
    :param float tolerance: by default
    :param str subject: `invoice`, `order` or `payment`: what the function takes
    :param str severity: by default
    """

    code: str
    group: str
    label: str
    help: object
    unit: str = ""
    tolerance: float = 0.0
    subject: str = "invoice"
    severity: str = "warning"


RULES = (
    Rule(
        "quantity_ordered",
        "quantity",
        "More invoiced than ordered",
        _lt(
            "Of products that are invoiced on order. An invoice before the delivery, "
            "and an invoice of a part, are right."
        ),
        "percent",
    ),
    Rule(
        "quantity_delivered",
        "quantity",
        "More invoiced than delivered",
        _lt("Of products that are invoiced on delivery, timesheets among them."),
        "percent",
    ),
    Rule(
        "invoiced_twice",
        "quantity",
        "Invoiced twice",
        _lt("An order line that posted invoices have in full already."),
    ),
    Rule(
        "not_ordered",
        "quantity",
        "Invoiced, but not ordered",
        _lt("A line on the invoice of an order that is not on the order."),
        "amount",
    ),
    Rule(
        "not_invoiced",
        "quantity",
        "Ordered, but not invoiced",
        _lt(
            "A line that the final invoice of an order leaves out, though it could be "
            "invoiced. The invoice is taken for the final one if it deducts the down "
            "payment, or has more lines of the order than it leaves out, each in full."
        ),
    ),
    Rule(
        "price",
        "price",
        "Price unlike the order's",
        _lt("The unit price of an invoice line, in the order's unit and currency."),
        "percent",
    ),
    Rule(
        "discount",
        "price",
        "Discount unlike the order's",
        _lt("The discount of an invoice line."),
        "points",
    ),
    Rule(
        "tax",
        "price",
        "Taxes unlike the order's",
        _lt("The taxes of an invoice line."),
    ),
    Rule(
        "unit",
        "price",
        "Unit unlike the order's",
        _lt("The unit of measure of an invoice line."),
    ),
    Rule(
        "product",
        "price",
        "Product unlike the order's",
        _lt("Another product in place of the ordered one."),
    ),
    Rule(
        "currency",
        "terms",
        "Currency unlike the order's",
        _lt("The currency of the invoice. The company's own may be another one."),
    ),
    Rule(
        "terms",
        "terms",
        "Payment terms unlike the order's",
        _lt("An invoice of several orders may have the terms of any of them."),
    ),
    Rule(
        "fiscal_position",
        "terms",
        "Fiscal position unlike the order's",
        _lt(
            "Where the order has none, one that is found automatically for the "
            "customer is right."
        ),
    ),
    Rule(
        "customer",
        "partner",
        "Customer unlike the order's",
        _lt("Neither the customer of the order nor who is to be billed for it."),
    ),
    Rule(
        "invoice_address",
        "partner",
        "Invoice address unlike the order's",
        _lt("Another address or contact of the right customer."),
    ),
    Rule(
        "delivery_address",
        "partner",
        "Delivery address unlike the order's",
        _lt("The delivery address of the invoice."),
    ),
    Rule(
        "invoice_alike",
        "duplicate",
        "Second invoice alike",
        _lt(
            "An earlier invoice of the same customer with the same lines and amount, "
            "within so many days. Invoices of one order, recurring invoices, different "
            "references of the customer, and what the customer buys again and again "
            "are right."
        ),
        "days",
        3,
    ),
    Rule(
        "order_alike",
        "duplicate",
        "Second order alike",
        _lt(
            "An earlier order of the same customer with the same lines and amount, "
            "within so many days. Different references of the customer, and what the "
            "customer buys again and again are right."
        ),
        "days",
        3,
        "order",
    ),
    Rule(
        "payment_over",
        "payment",
        "Paid too much",
        _lt("More than the invoices have open, or what remains of it unmatched."),
        "amount",
        subject="payment",
    ),
    Rule(
        "payment_under",
        "payment",
        "Paid too little",
        _lt(
            "Less than the invoices have open. Installments, early payment discounts "
            "and differences that were written off are right."
        ),
        "amount",
        subject="payment",
    ),
    Rule(
        "payment_twice",
        "payment",
        "Paid twice",
        _lt(
            "An earlier payment of the same customer and amount within so many days, "
            "that has nothing to pay, or pays the same invoice in full."
        ),
        "days",
        3,
        "payment",
    ),
    Rule(
        "payment_partner",
        "payment",
        "Paid by somebody else",
        _lt("The payment is by another company than the one that was invoiced."),
        subject="payment",
    ),
    Rule(
        "payment_currency",
        "payment",
        "Paid in another currency",
        _lt("The payment is in another currency than the invoice."),
        subject="payment",
    ),
    Rule(
        "payment_period",
        "payment",
        "Payment in a closed period",
        _lt("A payment that is not recorded yet, dated in a closed period."),
        subject="payment",
    ),
    Rule(
        "customer_history",
        "history",
        "Amount unlike the customer's",
        _lt(
            "So many times the largest of the customer's last invoices, if there are "
            "at least six."
        ),
        "times",
        5,
    ),
    Rule(
        "product_history",
        "history",
        "Price unlike the product's",
        _lt(
            "So many times the highest of the product's last prices, or as small a "
            "part of the lowest if they were much the same; if there are at least six."
        ),
        "times",
        3,
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}

_MODULES = {key: module for key, _label, module in GROUPS}
# A rule without its function or its words stops the registry here, with its name.
FUNCTIONS = {rule.code: getattr(_MODULES[rule.group], rule.code) for rule in RULES}
MESSAGES = {rule.code: WORDS[rule.code][0] for rule in RULES}
REMEDIES = {rule.code: WORDS[rule.code][1] for rule in RULES}


def differences(record, subject, rules):
    """What the rules find on one document.

    :param record: `facts.Invoice`, `Order` or `Payment`
    :param str subject: which of them it is
    :param dict rules: {code: (severity, tolerance)} of the rules that are on
    :return: iterator of `Difference`
    """
    for rule in RULES:
        if rule.subject != subject or rule.code not in rules:
            continue
        severity, tolerance = rules[rule.code]
        for found in FUNCTIONS[rule.code](record, tolerance):
            found.code = rule.code
            found.severity = severity
            found.owner = record.key
            found.stands = record.state in STANDING
            yield found
