"""Poland: what KSeF has accepted."""

from .sent import SentCase
from .test_peer import PeerCase


class TestSent(SentCase, PeerCase):
    def register(self, invoice):
        invoice.sudo().l10n_pl_edi_status = "accepted"
