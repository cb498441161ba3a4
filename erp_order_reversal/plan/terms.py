"""What settling again works on, in plain Python."""

from dataclasses import dataclass, field


class Limits(dict):
    """{id of a journal item: the most that may be matched of it}, positive, in the
    item's currency.

    Handed to the host's matching under its own type, which no client can send.
    """


@dataclass
class Money:
    """Money that a reversal left open, and how much of it is matched.

    :param line: journal item, a record
    :param float open: what the reversal left and is still open, positive, in the
        item's currency
    :param float amount: the most of it that is matched
    """

    line: object
    open: float
    amount: float


@dataclass
class Terms:
    """How documents are settled again.

    :param orders: orders to confirm and to invoice
    :param invoices: invoices that are there already, drafts and posted ones
    :param date: of the new entries
    :param journal: of the new invoices
    :param money: list of `Money`
    :param bool refund: whether what is over is paid back
    :param str name: what the new documents refer to
    """

    orders: object
    invoices: object
    date: object
    journal: object
    money: list = field(default_factory=list)
    refund: bool = False
    name: str = ""


@dataclass
class Outcome:
    """What came out of it.

    :param invoices: made or taken as they were
    :param refunds: payments that paid back what was over
    :param float open: what the invoices had open before the money was matched, in
        the settlement's currency
    :param float due: what they have open after it
    :param dict matched: {id of a journal item: amount in its currency}
    :param dict worth: {id of a journal item: what the invoices have open less by it,
        in the settlement's currency}
    """

    invoices: object
    refunds: object
    open: float
    due: float
    matched: dict
    worth: dict
