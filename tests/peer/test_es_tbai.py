"""Spain, TicketBAI: a credit note has a reason."""

from .reason import ReasonCase


class TestReason(ReasonCase):
    field = "l10n_es_tbai_refund_reason"
    label = "TicketBAI Reason"
    value = "R4"
