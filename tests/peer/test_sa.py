"""Saudi Arabia: a credit note has a reason of ZATCA."""

from .reason import ReasonCase


class TestReason(ReasonCase):
    field = "l10n_sa_reason"
    label = "ZATCA Reason"
    value = "BR-KSA-17-reason-4"
