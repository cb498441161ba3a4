"""Romania: what the SPV has validated."""

from .sent import SentCase
from .test_peer import PeerCase


class TestSent(SentCase, PeerCase):
    def register(self, invoice):
        self.env["l10n_ro_edi.document"].sudo().create(
            {"invoice_id": invoice.id, "state": "invoice_validated"}
        )
