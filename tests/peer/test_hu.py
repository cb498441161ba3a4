"""Hungary: what NAV has confirmed."""

from .sent import SentCase
from .test_peer import PeerCase


class TestSent(SentCase, PeerCase):
    def register(self, invoice):
        invoice.sudo().l10n_hu_edi_state = "confirmed"
