"""Countries whose credit notes have a reason that a person has to give."""

from odoo.exceptions import UserError


class ReasonCase:
    """To be mixed into a `PeerCase`."""

    #: The field, how the dialog calls it, and one of its values.
    field, label, value = "", "", ""

    def test_missing_reason_is_said_before(self):
        invoice = self.invoice(self.make_order())
        reversal = self.request(invoice, "invoice", invoice_method="credit_note")
        reversal.action_assess()
        self.assertIn(self.field, reversal.credit_questions.split())
        with self.assertRaisesRegex(UserError, f"needs “{self.label}”"):
            reversal.action_submit()
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_reason_is_the_credit_notes(self):
        invoice = self.invoice(self.make_order())
        given = {self.field: self.value}
        self.assertPeers(invoice, given, given)
        self.assertEqual(self.by_reversal(invoice, **given)[self.field], self.value)

    def test_the_dialog_asks(self):
        view = self.env.ref("erp_order_reversal.order_reversal_view_form_dialog")
        model = self.env["order.reversal"].with_user(self.clerk)
        self.assertIn(f'name="{self.field}"', model.get_view(view.id)["arch"])
