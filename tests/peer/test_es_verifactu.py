"""Spain, Veri*Factu: a credit note has a reason, which the wizard proposes."""

from .test_peer import PeerCase

REASON = "l10n_es_edi_verifactu_refund_reason"


class TestReason(PeerCase):
    def test_reason_is_the_credit_notes(self):
        for given, expected in (({}, "R4"), ({REASON: "R1"}, "R1")):
            with self.subTest(expected):
                invoice = self.invoice(self.make_order())
                self.assertPeers(invoice, given, given)
                credit = self.by_reversal(invoice, **given)
                self.assertEqual(credit[REASON], expected)
