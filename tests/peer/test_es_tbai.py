"""Spain, TicketBAI: a credit note has a reason."""

from odoo.exceptions import UserError

from .test_peer import PeerCase


class TestReason(PeerCase):
    def test_missing_reason_is_said_before(self):
        invoice = self.invoice(self.make_order())
        reversal = self.request(invoice, "invoice", invoice_method="credit_note")
        reversal.action_assess()
        self.assertEqual(reversal.credit_questions, "l10n_es_tbai_refund_reason")
        with self.assertRaisesRegex(UserError, "needs “TicketBAI Reason”"):
            reversal.action_submit()
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_reason_is_the_credit_notes(self):
        invoice = self.invoice(self.make_order())
        given = {"l10n_es_tbai_refund_reason": "R4"}
        self.assertPeers(invoice, given, given)
        credit = self.by_reversal(invoice, **given)
        self.assertEqual(credit.l10n_es_tbai_refund_reason, "R4")

    def test_the_dialog_asks(self):
        arch = (
            self.env["order.reversal"]
            .with_user(self.clerk)
            .get_view(
                self.env.ref("erp_order_reversal.order_reversal_view_form_dialog").id
            )["arch"]
        )
        self.assertIn('name="l10n_es_tbai_refund_reason"', arch)
