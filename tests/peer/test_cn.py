"""China: invoices that have a fapiao."""

from odoo.exceptions import UserError, ValidationError

from .test_peer import PeerCase

PAPER = "12345678"
DIGITAL = "24312000000012345678"


class TestFapiao(PeerCase):
    def with_fapiao(self, number):
        order, invoice, _payment = self.settle(sent=False)
        invoice.fapiao = number
        return order, invoice

    def test_is_credited_never_voided(self):
        for number in (PAPER, DIGITAL):
            with self.subTest(number):
                order, invoice = self.with_fapiao(number)
                reversal = self.request(order)
                reversal.action_assess()
                found = reversal.finding_ids.filtered(lambda f: f.code == "fapiao")
                self.assertEqual(found.severity, "warning")
                self.assertIn(number, found.message)
                reversal.action_submit()
                self.assertEqual(invoice.state, "posted")
                self.assertEqual(invoice.payment_state, "reversed")
                self.assertEqual(reversal.red_fapiao_state, "to_confirm")

    def test_void_is_refused(self):
        order, invoice = self.with_fapiao(DIGITAL)
        with self.assertRaisesRegex(UserError, f"It has the fapiao {DIGITAL}"):
            self.request(order, invoice_method="void").action_submit()
        self.assertEqual(invoice.state, "posted")

    def test_without_one_nothing_changes(self):
        order, invoice, _payment = self.settle(sent=False)
        reversal = self.reverse(order)
        self.assertEqual(invoice.state, "cancel")
        self.assertFalse(reversal.red_fapiao_state)

    def test_number_of_the_red_one(self):
        order, _invoice = self.with_fapiao(DIGITAL)
        reversal = self.reverse(order)
        with self.assertRaises(ValidationError):
            reversal.red_fapiao_number = "123"
        with self.assertRaises(ValidationError):
            reversal.red_fapiao_state = "issued"
        reversal.write({"red_fapiao_number": DIGITAL, "red_fapiao_state": "issued"})
        self.assertEqual(reversal.red_fapiao_state, "issued")

    def test_other_lengths_are_still_refused(self):
        _order, invoice = self.with_fapiao(PAPER)
        for number in ("1234567", "1" * 19, "A" * 20):
            with self.subTest(number), self.assertRaises(ValidationError):
                invoice.fapiao = number
