"""Argentina: vendors number their documents, and so do printed forms."""

from odoo import Command
from odoo.exceptions import UserError

from .test_peer import PeerCase


class TestDocumentNumber(PeerCase):
    def bill(self, number):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": self.today(),
                "l10n_latam_document_number": number,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.services[0].id,
                            "price_unit": 70.0,
                            "tax_ids": [
                                Command.set(
                                    self.company_data["default_tax_purchase"].ids
                                )
                            ],
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def credit_note(self, bill, **values):
        return self.request(bill, "invoice", invoice_method="credit_note", **values)

    def test_missing_number_is_said_before(self):
        bill = self.bill("1-1")
        reversal = self.credit_note(bill)
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda f: f.code == "credit_unanswered")
        self.assertEqual(found.severity, "blocker")
        self.assertIn("Document Number", found.message)
        self.assertIn("l10n_latam_document_number", reversal.credit_questions)
        with self.assertRaisesRegex(UserError, "needs “Document Number”"):
            reversal.action_submit()
        self.assertEqual(bill.payment_state, "not_paid")

    def test_number_is_the_credit_notes(self):
        bill = self.bill("1-1")
        before = self.trial_balance()
        reversal = self.credit_note(bill, l10n_latam_document_number="1-2")
        reversal.action_submit()
        self.assertEqual(bill.payment_state, "reversed")
        [credit] = bill.reversal_move_ids
        self.assertEqual(credit.l10n_latam_document_number, "00001-00000002")
        self.assertNotEqual(self.trial_balance(), before)

    def test_customers_invoices_need_none(self):
        order, invoice, _payment = self.settle()
        before = self.trial_balance()
        reversal = self.credit_note(invoice)
        reversal.action_assess()
        self.assertNotIn("document_number", reversal.credit_questions or "")
        reversal.with_user(self.clerk).action_submit()
        self.assertEqual(invoice.payment_state, "reversed")
        reversal.with_user(self.manager).action_undo()
        self.assertBooks(before)
        self.assertEqual(order.state, "sale")
