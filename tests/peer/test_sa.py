"""Saudi Arabia: a credit note has a reason of ZATCA."""

from .reason import ReasonCase
from .test_peer import PeerCase


class TestReason(ReasonCase, PeerCase):
    field = "l10n_sa_reason"
    label = "ZATCA Reason"
    value = "BR-KSA-17-reason-4"
