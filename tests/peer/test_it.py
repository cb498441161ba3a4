"""Italy: what the SdI has got."""

from .sent import SentCase
from .test_peer import PeerCase


class TestSent(SentCase, PeerCase):
    def register(self, invoice):
        invoice.sudo().write(
            {"l10n_it_edi_transaction": "4711", "l10n_it_edi_state": "forwarded"}
        )
