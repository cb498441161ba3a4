"""The working paper of a reversal: plain Python, tested without a database."""

from .books import Books
from .operation import Operation
from .plan import Plan, without_words
from .terms import Limits, Money, Outcome, Terms
from .values import Rest, Share
