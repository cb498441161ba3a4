"""Greece: the credit note of what myDATA knows is correlated with it."""

from .sent import SentCase
from .test_peer import PeerCase


class TestSent(SentCase, PeerCase):
    def register(self, invoice):
        self.env["l10n_gr_edi.document"].sudo().create(
            {
                "move_id": invoice.id,
                "state": "invoice_sent",
                "mydata_mark": "400001924190911",
            }
        )

    def test_correlation(self):
        invoice = self.invoice(self.make_order())
        self.register(invoice)
        credit = self.by_reversal(invoice)
        self.assertEqual(credit.l10n_gr_edi_correlation_id, invoice)
