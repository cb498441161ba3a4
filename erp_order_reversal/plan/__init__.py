"""The working paper of a reversal: plain Python, tested without a database."""

from .plan import Plan, without_words
from .values import Rest, Share
