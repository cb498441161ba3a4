"""What a rule found: plain values, put into words only where somebody reads them."""

import hashlib
import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Value:
    """A value of a message, as a person reads it in his or her language.

    :param str kind: `name` (of a record), `quantity`, `price`, `money`, `percent`,
        `times`, `date`, `text`
    :param value: a number, an ISO date, a text; of a `name`: (model, ids)
    :param currency: id of a currency, of `price` and `money`
    """

    kind: str
    value: object
    currency: int | bool = False

    def key(self):
        """The value as JSON has it; noise of floating point left out."""
        value = self.value
        if isinstance(value, float):
            value = round(value, 6)
        return [self.kind, value, self.currency]


def name(model, *ids):
    """The names of records of a model, for a message."""
    return Value("name", (model, tuple(sorted(filter(None, ids)))))


def quantity(number):
    return Value("quantity", float(number))


def price(amount, currency):
    return Value("price", float(amount), currency)


def money(amount, currency):
    return Value("money", float(amount), currency)


def percent(number):
    return Value("percent", float(number))


def times(number):
    return Value("times", float(number))


def day(date):
    return Value("date", date.isoformat())


@dataclass
class Difference:
    """One difference between documents that belong together.

    :param tuple record: (model, id) of the line or document that differs
    :param dict values: {placeholder of the rule's message: `Value`}
    :param tuple other: (model, id) of what it is compared with
    :param str fix: key of `FIXES`: what one click does about it
    :param str code: the rule, set by whoever runs it
    :param str severity: `warning` or `blocker`, set likewise
    :param tuple owner: (model, id) of the checked document, set likewise
    :param bool stands: the checked document is posted already, set likewise
    :param bool accepted: somebody accepted exactly this difference, set likewise
    """

    record: tuple
    values: dict = field(default_factory=dict)
    other: tuple = ()
    fix: str = ""
    code: str = ""
    severity: str = ""
    owner: tuple = ()
    stands: bool = False
    accepted: bool = False

    def digest(self):
        """SHA-256 (hex) of what differs; another number is another difference."""
        content = {
            "code": self.code,
            "record": self.record,
            "other": self.other,
            "values": {key: value.key() for key, value in self.values.items()},
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
