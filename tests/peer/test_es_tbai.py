"""Spain, TicketBAI: a credit note has a reason."""

from .reason import ReasonCase
from .test_peer import PeerCase


class TestReason(ReasonCase, PeerCase):
    field = "l10n_es_tbai_refund_reason"
    label = "TicketBAI Reason"
    value = "R4"
