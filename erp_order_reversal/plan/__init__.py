"""The working paper of a reversal: plain Python, tested without a database."""

from . import frozen
from .books import Books
from .frozen import without_words
from .operation import Operation
from .plan import Plan, found_text, name_of
from .terms import Limits, Money, Outcome, Terms
from .values import (
    CreditData,
    Fee,
    ItemPart,
    LinePart,
    LowerData,
    PartLine,
    RefundData,
    Release,
    ReleaseData,
    RematchData,
    Rest,
    Share,
    StepData,
    TrimData,
    VoidPaymentData,
)
