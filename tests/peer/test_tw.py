"""Taiwan: the credit note of what ECPay knows is an allowance."""

from odoo.exceptions import UserError

from .test_peer import PeerCase

GIVEN = {
    "l10n_tw_edi_refund_agreement_type": "online",
    "l10n_tw_edi_allowance_notify_way": "phone",
}


class TestAllowance(PeerCase):
    def registered(self, paid=True):
        order = self.make_order()
        invoice = self.invoice(order)
        if paid:
            self.pay(invoice)
        invoice.write(
            {
                "l10n_tw_edi_ecpay_invoice_id": "AB11100099",
                "l10n_tw_edi_state": "invoiced",
            }
        )
        return order, invoice

    def test_missing_answers_are_said_before(self):
        _order, invoice = self.registered()
        reversal = self.request(invoice, "invoice")
        reversal.action_assess()
        self.assertEqual(set(reversal.credit_questions.split()), set(GIVEN))
        needed = "needs “Agreement Type” and “Allowance Notify Way”"
        with self.assertRaisesRegex(UserError, needed):
            reversal.action_submit()
        self.assertEqual(invoice.payment_state, "paid")

    def test_answers_are_the_credit_notes(self):
        _order, invoice = self.registered(paid=False)
        self.assertPeers(invoice, GIVEN, GIVEN)
        credit = self.by_reversal(invoice, **GIVEN)
        self.assertEqual(credit.l10n_tw_edi_ecpay_invoice_id, "AB11100099")
        self.assertEqual(credit.l10n_tw_edi_refund_agreement_type, "online")

    def test_it_is_credited_never_voided_and_restored(self):
        order, invoice = self.registered()
        before = self.trial_balance()
        reversal = self.reverse(order, **GIVEN)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "reversed"))
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertBooks(before)

    def test_several_at_once(self):
        """The host says of one entry at a time whether it can be reset to draft."""
        orders = self.settle(sent=False)[0] | self.settle(sent=False)[0]
        reversals = self.env["order.reversal"].with_user(self.clerk)
        for order in orders:
            reversals |= self.request(order)
        reversals.action_submit()
        self.assertEqual(set(reversals.mapped("state")), {"done"})
        self.assertEqual(set(orders.invoice_ids.mapped("state")), {"cancel"})

    def test_of_a_company_nothing_is_asked(self):
        self.partner.is_company = True
        _order, invoice = self.registered()
        reversal = self.request(invoice, "invoice")
        reversal.action_assess()
        self.assertFalse(reversal.credit_questions)
