"""The part of an invoice that a reversal takes back, in plain numbers."""

from dataclasses import dataclass, field


@dataclass
class Rest:
    """What of one invoice line no credit note took back yet.

    Amounts carry the sign of the journal item; `amount` is in the invoice's
    currency, `balance` in the company's.
    """

    quantity: float
    amount: float
    balance: float

    def take(self, ratio, quantity, amount, balance):
        self.quantity -= quantity * ratio
        self.amount += amount * ratio
        self.balance += balance * ratio


@dataclass
class Share:
    """What a reversal takes back of one posted invoice.

    :param whole: every line in full, no earlier credit note
    :param last: nothing is left after it
    :param lines: {invoice line: Rest} to credit
    :param extras: {other journal item: (amount, balance)} to credit, taxes above all
    :param total: amount of the credit note, positive, in the invoice's currency
    :param exceeded: more was credited than invoiced, so that the rest is negative
    :param credits: posted credit notes that took back a part before
    :param foreign: names of the other orders on the invoice
    :param rematch: matches with `credits` to make anew, see
        `account.move._reversal_inexact_matches`
    """

    whole: bool = False
    last: bool = False
    lines: dict = field(default_factory=dict)
    extras: dict = field(default_factory=dict)
    total: float = 0.0
    exceeded: bool = False
    credits: object = None
    foreign: list = field(default_factory=list)
    rematch: object = None

    def to_json(self):
        """The share as the step keeps it; a whole invoice needs no list."""
        if self.whole:
            return {"whole": True}
        return {
            "whole": False,
            "lines": [
                [line.id, rest.quantity, rest.amount, rest.balance]
                for line, rest in self.lines.items()
            ],
            "extras": [
                [line.id, amount, balance]
                for line, (amount, balance) in self.extras.items()
            ],
            "rematch_ids": self.rematch.ids if self.rematch else [],
            "credit_ids": self.credits.ids if self.rematch else [],
        }
