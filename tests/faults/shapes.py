"""One settled order of each kind, and how it is taken back."""

from dataclasses import dataclass, field

OPERATIONS = ("submit", "approve", "batch", "restore", "settle")


@dataclass(frozen=True)
class Shape:
    """What is settled, and the values of the request."""

    name: str
    how: dict = field(default_factory=dict)
    orders: int = 1
    #: days since it was invoiced
    age: int = 0
    paid: bool = True
    half: bool = False
    one_payment: bool = False
    together: bool = False
    down_payment: bool = False
    cash_basis: bool = False
    foreign: bool = False
    write_off: bool = False
    credit: bool = False
    locked: bool = False
    closed: bool = False
    bank: bool = False
    unsent: bool = False

    @property
    def operations(self):
        """What is disturbed of it: all, but what it leaves nothing for.

        A credit note took all of the invoice back before: with the order confirmed,
        nothing is left to take back and to settle again.
        """
        return [name for name in OPERATIONS if name != "settle" or not self.credit]


CREDIT = {"invoice_method": "credit_note"}
VOID = {"invoice_method": "void", "payment_method": "void"}
REFUND = {"invoice_method": "credit_note", "payment_method": "refund"}

SHAPES = (
    Shape("kept", CREDIT),
    Shape("voided", VOID, unsent=True),
    Shape("refunded", REFUND),
    Shape("half_paid", CREDIT, half=True),
    Shape("one_payment_of_two", CREDIT, orders=2, one_payment=True),
    Shape("one_invoice_of_two", CREDIT, orders=2, together=True),
    Shape("down_payment", CREDIT, down_payment=True),
    Shape("cash_basis", CREDIT, cash_basis=True),
    Shape("foreign", CREDIT, foreign=True, age=10),
    Shape("write_off", CREDIT, write_off=True),
    Shape("credited_before", CREDIT, paid=False, credit=True),
    Shape("closed_period", {"payment_method": "void"}, age=5, locked=True, closed=True),
    Shape("at_the_bank", {"scope": "draft", **CREDIT}, bank=True),
    Shape("only_the_payment", {"scope": "payment"}),
)
