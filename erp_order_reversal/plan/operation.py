"""What can be done to a document: one row an operation, forward or back.

How it is carried out, checked and taken back stands in the operation's own file, beside
the model of its documents.
"""

from dataclasses import dataclass, replace

#: What an operation is worth: the first of these that a plan has says its amount.
INVOICED, PAID, REFUNDED, ORDERED = 1, 2, 3, 4

ACCOUNTING = "account.group_account_invoice"


@dataclass(frozen=True)
class Operation:
    """One operation; `None` and empty values say that there is nothing of the kind.

    :param str key: value of `order.reversal.step.operation`
    :param int order: its place among all operations of a run
    :param tuple models: names of the models whose documents it acts on
    :param str inverse: key of the operation that takes it back; None for one that
        itself takes another one back
    :param int worth: `INVOICED`, `PAID`, `REFUNDED`, `ORDERED`, 0 for nothing
    :param bool once: no two reversals of one run may do it to a document
    :param bool ends: nothing is matched with the document afterwards
    :param str right: external id of the group of the host that it takes
    """

    key: str
    order: int
    models: tuple
    inverse: str | None = None
    worth: int = 0
    once: bool = True
    ends: bool = False
    right: str = ""

    def on(self, *models):
        """The same operation, on documents of other models, too."""
        return replace(self, models=(*self.models, *models))

    @property
    def halves(self):
        """Prefixes of the methods that each of its models must have."""
        halves = ("_reversal_apply_", "_reversal_check_")
        return (*halves, "_reversal_obstacles_") if self.inverse else halves


ORDER, INVOICE, PAYMENT = "sale.order", "account.move", "account.payment"

OPERATIONS = (
    Operation("unlock", 10, (ORDER,), "lock", ORDERED),
    Operation(
        "release", 20, (INVOICE, PAYMENT), "match", PAID, once=False, right=ACCOUNTING
    ),
    Operation(
        "void_payment",
        30,
        (PAYMENT,),
        "post_payment",
        PAID,
        ends=True,
        right=ACCOUNTING,
    ),
    Operation("trim", 40, (INVOICE,), "refill", right=ACCOUNTING),
    Operation("void", 50, (INVOICE,), "post", INVOICED, ends=True, right=ACCOUNTING),
    Operation("credit", 60, (INVOICE,), "uncredit", INVOICED, right=ACCOUNTING),
    Operation("rematch", 70, (INVOICE,), "unmatch", once=False, right=ACCOUNTING),
    Operation("refund", 80, (PAYMENT,), "unrefund", REFUNDED, right=ACCOUNTING),
    Operation("cancel", 90, (ORDER,), "confirm", ORDERED),
    # What was made for an order; each of these models is its own addon's.
    Operation("cancel_made", 94, (), "reopen_made"),
    Operation("lower", 98, (ORDER,), "raise_back", ORDERED),
    Operation("lock_again", 99, (ORDER,), "open_again"),
    Operation("draft", 100, (ORDER,), "confirm"),
    # Back again, in the opposite order.
    Operation("confirm", 210, (ORDER,), worth=ORDERED),
    # After the order: the host opens some of them along with it.
    Operation("reopen_made", 211, ()),
    Operation("open_again", 212, (ORDER,)),
    Operation("raise_back", 215, (ORDER,), worth=ORDERED),
    Operation("unrefund", 220, (PAYMENT,), worth=REFUNDED, right=ACCOUNTING),
    Operation("unmatch", 230, (INVOICE,), once=False, right=ACCOUNTING),
    Operation("uncredit", 240, (INVOICE,), worth=INVOICED, right=ACCOUNTING),
    Operation("post", 250, (INVOICE,), worth=INVOICED, right=ACCOUNTING),
    Operation("refill", 260, (INVOICE,), right=ACCOUNTING),
    Operation("post_payment", 270, (PAYMENT,), worth=PAID, right=ACCOUNTING),
    Operation(
        "match", 280, (INVOICE, PAYMENT), worth=PAID, once=False, right=ACCOUNTING
    ),
    # Once for each restore, on its root: what no single step can match again.
    Operation("settle", 290, (ORDER, INVOICE, PAYMENT)),
    Operation("lock", 300, (ORDER,), worth=ORDERED),
)
