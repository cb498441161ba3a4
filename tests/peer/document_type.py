"""Countries whose credit notes are documents of a type, like Argentina's."""

from odoo.exceptions import UserError


class DocumentTypeCase:
    """To be mixed into a `PeerCase`."""

    def test_types_that_are_possible(self):
        invoice = self.invoice(self.make_order())
        types = invoice._reversal_document_types()
        self.assertTrue(types)
        for document_type in types:
            with self.subTest(document_type.name):
                given = {"l10n_latam_document_type_id": document_type.id}
                self.assertPeers(invoice, given, given)

    def test_another_type_is_refused(self):
        invoice = self.invoice(self.make_order())
        other = invoice.l10n_latam_document_type_id
        self.assertNotIn(other, invoice._reversal_document_types())
        with self.assertRaisesRegex(UserError, "can't be a"):
            self.request(
                invoice,
                "invoice",
                invoice_method="credit_note",
                l10n_latam_document_type_id=other.id,
            ).action_submit()
        self.assertEqual(invoice.payment_state, "not_paid")
