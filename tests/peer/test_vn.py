"""Vietnam: a credit note of what was sent to SInvoice adjusts it."""

from .test_peer import PeerCase


class TestAdjustment(PeerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.env["l10n_vn_edi_viettel.sinvoice.template"].create(
            {"name": "1/001", "template_invoice_type": "1"}
        )
        # Without a code of the tax authorities, whom the host's wizard would ask.
        cls.partner.l10n_vn_edi_symbol = cls.env[
            "l10n_vn_edi_viettel.sinvoice.symbol"
        ].create({"name": "K24TUT", "invoice_template_id": template.id})

    def sent(self):
        invoice = self.invoice(self.make_order())
        invoice.l10n_vn_edi_invoice_state = "sent"
        return invoice

    def test_adjusts_as_the_host_does_and_back(self):
        invoice = self.sent()
        given = {
            "l10n_vn_edi_adjustment_type": "2",
            "l10n_vn_edi_agreement_document_name": "Agreement 7",
            "l10n_vn_edi_agreement_document_date": "2026-01-31 08:00:00",
        }
        self.assertPeers(invoice, given, given)
        reversal = self.reverse(
            invoice, "invoice", invoice_method="credit_note", **given
        )
        self.assertEqual(
            set(reversal.credit_questions.split()), set(given), "what is asked for"
        )
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.l10n_vn_edi_agreement_document_name, "Agreement 7")
        self.assertEqual(credit.l10n_vn_edi_adjustment_type, "2")
        self.assertEqual(invoice.l10n_vn_edi_invoice_state, "adjusted")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(invoice.l10n_vn_edi_invoice_state, "sent")

    def test_of_what_was_not_sent_nothing_is_asked(self):
        _order, invoice, _payment = self.settle()
        reversal = self.request(invoice, "invoice", invoice_method="credit_note")
        reversal.action_assess()
        self.assertFalse(reversal.credit_questions)
