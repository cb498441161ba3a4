"""The working paper of a reversal: plain Python, tested without a database."""

from .books import Books
from .operation import Operation
from .plan import Plan, found_text, name_of, without_words
from .values import Rest, Share
