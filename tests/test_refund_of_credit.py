"""A credit that a reversal kept goes back to the customer after all."""

from odoo.exceptions import UserError

from .common import ReversalCase


class TestRefundOfCredit(ReversalCase):
    def setUp(self):
        super().setUp()
        self.before = self.trial_balance()
        order, _invoice, self.payment = self.settle()
        self.kept = self.reverse(order)
        self.with_credit = self.trial_balance()

    def refund_of(self, reversal):
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        return self.env["account.payment"].browse(step.result_id)

    def test_from_the_payment(self):
        request = self.request(self.payment, payment_method="refund")
        preview = request.preview_entries()
        self.assertEqual(sum(row["debit"] for row in preview), 690.0)
        request.action_submit()
        self.assertEqual(request.state, "done")
        self.assertEqual((request.amount_total, request.amount_refund), (690.0, 690.0))
        self.assertEqual(request.amount_credit, 0.0)
        refund = self.refund_of(request)
        self.assertEqual((refund.payment_type, refund.amount), ("outbound", 690.0))
        self.assertTrue(refund.is_reconciled)
        self.assertTrue(request.action_verify(), request.verify_detail)
        self.assertTrue(self.kept.action_verify(), self.kept.verify_detail)
        money = self.payment.outstanding_account_id | refund.outstanding_account_id
        self.assertBooks(self.before, exclude=money)

    def test_nothing_is_left_to_go_back(self):
        self.reverse(self.payment, payment_method="refund")
        again = self.request(self.payment, payment_method="refund")
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            again.action_submit()

    def test_undo(self):
        reversal = self.reverse(self.payment, payment_method="refund")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.refund_of(reversal).state, "canceled")
        self.assertBooks(self.with_credit)

    def test_in_a_foreign_currency(self):
        euro = self.setup_other_currency(
            "EUR", rates=[("2016-01-01", 3.0), (str(self.today()), 2.0)]
        )
        invoice = self.invoice(self.make_order(), date=self.today())
        payment = self.pay(invoice, currency_id=euro.id)
        self.reverse(invoice, invoice_method="credit_note")
        reversal = self.reverse(payment, payment_method="refund")
        self.assertEqual(reversal.amount_refund, 690.0)
        refund = self.refund_of(reversal)
        self.assertEqual((refund.currency_id, refund.amount), (euro, 1380.0))
        self.assertTrue(refund.is_reconciled)

    def test_the_limit_counts_what_goes_back(self):
        self.company.reversal_approval = "above"
        self.company.reversal_approval_amount = 600.0
        reversal = self.request(self.payment, payment_method="refund")
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        self.assertBooks(self.with_credit)
        reversal.with_user(self.approver).action_approve()
        self.assertTrue(self.refund_of(reversal).is_reconciled)
