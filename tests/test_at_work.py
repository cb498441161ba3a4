"""What is spared while operations run comes to what the host makes of it."""

from unittest.mock import patch

from .answers import compare_payments
from .common import ReversalCase


class TestAtWork(ReversalCase):
    def test_payments_of_an_entry(self):
        """With a payment of one invoice, of several, and one that stays elsewhere."""
        answers = compare_payments(self)
        for method in ("credit", "void", "refund"):
            with self.subTest(payment=method):
                order, _invoice, _payment = self.settle()
                self.assertEqual(
                    self.reverse(order, payment_method=method).state, "done"
                )
        one, other = self.make_order(), self.make_order()
        invoices = self.invoice(one) | self.invoice(other)
        self.pay(invoices)
        self.assertEqual(self.reverse(one, payment_method="credit").state, "done")
        self.assertEqual(other.invoice_ids.payment_state, "paid")
        twice = self.make_order()
        invoice = self.invoice(twice)
        self.pay(invoice, amount=invoice.amount_total / 4)
        self.pay(invoice)
        self.assertEqual(self.reverse(twice, payment_method="void").state, "done")
        self.assertTrue(answers[True])
        self.assertTrue(answers[False])

    def test_no_value_is_written_that_is_not_stored(self):
        written = []
        original = self.env.registry["account.move"].write

        def write(moves, vals):
            written.append(set(vals))
            return original(moves, vals)

        order, invoice, _payment = self.settle()
        with patch.object(self.env.registry["account.move"], "write", write):
            self.reverse(order)
        self.assertTrue(written)
        self.assertNotIn({"tax_country_id"}, written)
        self.assertNotIn({"no_followup"}, written)
        country = invoice.reversal_move_ids.tax_country_id
        self.assertEqual(country, self.company.account_fiscal_country_id)

    def test_follow_up_is_that_of_the_invoice(self):
        """Of an invoice left out of follow-up reports, and of one that is not."""
        for left_out in (False, True):
            with self.subTest(left_out=left_out):
                order, invoice, _payment = self.settle()
                invoice.no_followup = left_out
                self.env.flush_all()
                before = invoice.line_ids.mapped("no_followup")
                self.assertEqual(left_out, any(before))
                self.reverse(order)
                credit = invoice.reversal_move_ids
                self.assertEqual(credit.no_followup, left_out)
                self.assertEqual(
                    credit.line_ids.sorted("id").mapped("no_followup"),
                    invoice.line_ids.sorted("id").mapped("no_followup"),
                )
