"""Spain: a credit note has a reason code of Facturae."""

from .test_peer import PeerCase

CODE = "l10n_es_edi_facturae_reason_code"


class TestReasonCode(PeerCase):
    def test_reason_is_the_credit_notes(self):
        invoice = self.invoice(self.make_order())
        given = {CODE: "12"}
        self.assertPeers(invoice, given, given)
        credit = self.by_reversal(invoice, **given)
        self.assertEqual(credit[CODE], "12")

    def test_left_open(self):
        invoice = self.invoice(self.make_order())
        credit = self.by_reversal(invoice)
        self.assertEqual(credit[CODE], "10")
