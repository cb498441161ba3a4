"""What steps are made of, typed: to the JSON that a step keeps, and back.

The shape of the JSON is part of the records: rows of every earlier version load, and
what is frozen in a request stays the same to the letter.
"""

from dataclasses import asdict, dataclass, field, fields


@dataclass(frozen=True)
class ItemPart:
    """What is taken back of one journal item: a tax, a write-off.

    :param line_id: id of the journal item
    :param amount: in its currency, with its sign
    :param balance: in the company's currency, with its sign
    """

    line_id: int
    amount: float
    balance: float

    def to_json(self):
        return [self.line_id, self.amount, self.balance]

    @classmethod
    def from_json(cls, row):
        return cls(*row)


@dataclass(frozen=True)
class LinePart(ItemPart):
    """What is taken back of one invoice line.

    :param quantity: in the unit of the line
    """

    quantity: float

    def to_json(self):
        return [self.line_id, self.quantity, self.amount, self.balance]

    @classmethod
    def from_json(cls, row):
        line_id, quantity, amount, balance = row
        return cls(line_id, amount, balance, quantity)


@dataclass
class Release:
    """One match that is unlinked, and what of it is matched again.

    Ids are False where there is none: a payment without an entry has no match.

    :param partial_id: id of the match
    :param line_id: id of the invoice's journal item
    :param counterpart_id: id of the journal item that it is matched with
    :param invoice_id: id of the invoice
    :param document: its name, for people to read
    :param amount: of the match, in the invoice's currency
    :param keep: what is matched again, in the invoice's currency
    :param own_amount: of the match, in the currency of the counterpart
    """

    partial_id: int | bool
    line_id: int | bool
    counterpart_id: int | bool
    invoice_id: int
    document: str
    amount: float
    keep: float
    currency_id: int
    own_amount: float
    own_currency_id: int

    @property
    def taken(self):
        """What is taken off for good, in the invoice's currency."""
        return self.amount - self.keep

    @property
    def own_taken(self):
        """What is taken off for good, in the currency of the counterpart."""
        kept = self.keep / self.amount if self.amount else 0.0
        return self.own_amount * (1.0 - kept)

    def to_json(self):
        return asdict(self)

    @classmethod
    def from_json(cls, row):
        known = {column.name for column in fields(cls)}
        return cls(**{key: value for key, value in row.items() if key in known})


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

    def minus(self, part):
        """What would be left without `part` (Rest or None)."""
        if part is None:
            return self
        return Rest(
            self.quantity - part.quantity,
            self.amount - part.amount,
            self.balance - part.balance,
        )


@dataclass(frozen=True)
class PartLine:
    """What a request takes back of one line of its root: a quantity or an amount.

    :param quantity: in the unit of the line
    :param amount: untaxed, in the currency of the line
    """

    quantity: float
    amount: float


@dataclass(frozen=True)
class Fee:
    """What a customer is charged for taking back: a line of the credit note.

    Amounts are positive; `balance` is in the company's currency, all others are in the
    invoice's.

    :param product_id: id of the product
    :param account_id: id of the account
    :param price: of the line; with the taxes that are included in a price
    :param amount: without taxes
    :param tax_ids: ids of its taxes
    :param taxes: [[id of the tax, its part (`account.tax.repartition.line`,
        `factor_percent`), id of the account, amount, balance]]
    """

    product_id: int
    account_id: int
    price: float
    amount: float
    balance: float
    tax_ids: list = field(default_factory=list)
    taxes: list = field(default_factory=list)

    @property
    def total(self):
        """With taxes."""
        return self.amount + sum(row[3] for row in self.taxes)

    def to_json(self):
        return asdict(self)

    @classmethod
    def from_json(cls, data):
        return cls(**data) if data else None


@dataclass
class Share:
    """What a reversal takes back of one posted invoice.

    :param whole: every line in full, no earlier credit note
    :param last: nothing is left after it
    :param lines: {invoice line: Rest} to credit
    :param rests: {invoice line: Rest} of all of the invoice, before it
    :param extras: {other journal item: (amount, balance)} to credit, taxes above all
    :param total: amount of the credit note, positive, in the invoice's currency
    :param fee: Fee that the credit note charges, which `total` is less by; or None
    :param journal_id: id of the journal that stands in for the invoice's, or 0
    :param exceeded: more was credited than invoiced, so that the rest is negative
    :param credits: posted credit notes that took back a part before
    :param made: {one of them that an earlier reversal made: CreditData}
    :param foreign: names of the other orders on the invoice
    :param rematch: matches with `credits` to make anew, see
        `account.move._reversal_inexact_matches`
    """

    whole: bool = False
    last: bool = False
    lines: dict = field(default_factory=dict)
    rests: dict = field(default_factory=dict)
    extras: dict = field(default_factory=dict)
    total: float = 0.0
    exceeded: bool = False
    credits: object = None
    made: dict = field(default_factory=dict)
    foreign: list = field(default_factory=list)
    rematch: object = None
    fee: Fee | None = None
    journal_id: int = 0

    def to_step(self):
        """The share as its step keeps it.

        :return: CreditData
        """
        if self.whole and not self.fee:
            return CreditData(whole=True, journal_id=self.journal_id)
        return CreditData(
            lines=[
                LinePart(line.id, rest.amount, rest.balance, rest.quantity)
                for line, rest in self.lines.items()
            ],
            extras=[
                ItemPart(line.id, amount, balance)
                for line, (amount, balance) in self.extras.items()
            ],
            rematch_ids=self.rematch.ids if self.rematch else [],
            credit_ids=self.credits.ids if self.rematch else [],
            fee=self.fee,
            journal_id=self.journal_id,
        )


# ----------------------------------------------------------------------
# The `data` of a step, a class an operation
# ----------------------------------------------------------------------


@dataclass
class StepData:
    """What an operation needs to be carried out, as its step keeps it.

    Written and read key by key, where that is JSON already.
    """

    def to_json(self):
        return asdict(self)

    @classmethod
    def from_json(cls, data):
        """The data of a step; an older one may lack what came later.

        :param data: `order.reversal.step.data`, a dict or empty
        """
        known = {column.name for column in fields(cls)}
        return cls(**{key: val for key, val in (data or {}).items() if key in known})

    def _journal_to_json(self):
        """The journal of the new entry, only where it is another one's stand-in."""
        return {"journal_id": self.journal_id} if self.journal_id else {}


@dataclass
class ReleaseData(StepData):
    """`release`: the matches to unlink, and the write-off that goes with them."""

    releases: list = field(default_factory=list)
    write_offs: list = field(default_factory=list)

    def to_json(self):
        data = {"releases": [release.to_json() for release in self.releases]}
        if self.write_offs:
            data["write_offs"] = [part.to_json() for part in self.write_offs]
        return data

    @classmethod
    def from_json(cls, data):
        return cls(**cls._columns(data or {}))

    @classmethod
    def _columns(cls, data):
        return {
            "releases": [Release.from_json(row) for row in data.get("releases", [])],
            "write_offs": [
                ItemPart.from_json(row) for row in data.get("write_offs", [])
            ],
        }


@dataclass
class VoidPaymentData(ReleaseData):
    """`void_payment`: what it is taken off, and whether a counter-entry is needed.

    :param journal_id: id of the journal that stands in for the payment's, or 0
    """

    counter: bool = False
    journal_id: int = 0

    def to_json(self):
        return {
            **super().to_json(),
            "counter": self.counter,
            **self._journal_to_json(),
        }

    @classmethod
    def _columns(cls, data):
        return {
            **super()._columns(data),
            "counter": bool(data.get("counter")),
            "journal_id": data.get("journal_id", 0),
        }


@dataclass
class CreditData(StepData):
    """`credit`: the lines to credit, and how the credit note is matched.

    A whole invoice needs no list, unless a fee is charged.

    :param rematch_ids: matches with earlier credit notes to make anew
    :param credit_ids: those credit notes
    :param fee: Fee, or None
    :param journal_id: id of the journal that stands in for the invoice's, or 0
    """

    whole: bool = False
    lines: list = field(default_factory=list)
    extras: list = field(default_factory=list)
    rematch_ids: list = field(default_factory=list)
    credit_ids: list = field(default_factory=list)
    fee: Fee | None = None
    journal_id: int = 0

    def to_json(self):
        if self.whole:
            return {"whole": True, **self._journal_to_json()}
        fee = {"fee": self.fee.to_json()} if self.fee else {}
        return {
            **fee,
            **self._journal_to_json(),
            "whole": False,
            "lines": [part.to_json() for part in self.lines],
            "extras": [part.to_json() for part in self.extras],
            "rematch_ids": self.rematch_ids,
            "credit_ids": self.credit_ids,
        }

    @classmethod
    def from_json(cls, data):
        data = data or {}
        return cls(
            whole=bool(data.get("whole")),
            lines=[LinePart.from_json(row) for row in data.get("lines", [])],
            extras=[ItemPart.from_json(row) for row in data.get("extras", [])],
            rematch_ids=data.get("rematch_ids", []),
            credit_ids=data.get("credit_ids", []),
            fee=Fee.from_json(data.get("fee")),
            journal_id=data.get("journal_id", 0),
        )


@dataclass
class RematchData(StepData):
    """`rematch`: what an invoice is matched with again.

    :param credit_ids: earlier credit notes that are open
    :param counterpart_ids: journal items of what it keeps
    """

    credit_ids: list = field(default_factory=list)
    counterpart_ids: list = field(default_factory=list)


@dataclass
class RefundData(StepData):
    """`refund`: how much goes back, and whether the provider sends it.

    :param amount: in the payment's currency
    :param journal_id: id of the journal that stands in for the payment's, or 0
    """

    amount: float = 0.0
    online: bool = False
    journal_id: int = 0

    def to_json(self):
        return {
            "amount": self.amount,
            "online": self.online,
            **self._journal_to_json(),
        }


@dataclass
class LowerData(StepData):
    """`lower`: [id of an order line, quantity taken off, in its unit]."""

    lines: list = field(default_factory=list)


@dataclass
class TrimData(StepData):
    """`trim`: the orders whose lines a shared draft loses."""

    order_ids: list = field(default_factory=list)
