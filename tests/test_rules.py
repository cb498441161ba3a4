"""Rules that stand against a reversal or a restore: what is said, and nothing done."""

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.account.models.account_move import AccountMove

from .test_prepaid import OnlineMixin
from .test_settlement import SettlementCase


class RuleCase(SettlementCase):
    def found(self, reversal, code):
        """The finding of that code, after the plan was made."""
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda finding: finding.code == code)
        self.assertEqual(len(found), 1, reversal.finding_ids.mapped("code"))
        return found

    def assertBlocked(self, reversal, code, words):
        """It says so beforehand, with what to do; submitted, it changes nothing."""
        books = self.trial_balance()
        found = self.found(reversal, code)
        self.assertEqual(found.severity, "blocker")
        self.assertIn(words, found.message)
        self.assertTrue(found.remedy)
        with self.assertRaises(UserError) as refusal, self.cr.savepoint():
            reversal.action_submit()
        self.assertIn(found.message, str(refusal.exception))
        self.assertEqual(reversal.state, "draft")
        self.assertBooks(books)

    def assertNotRestored(self, reversal, words):
        books = self.trial_balance()
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(reversal.state, "done")
        self.assertBooks(books)


class TestRules(RuleCase):
    # ------------------------------------------------------------------
    # The document that it starts from
    # ------------------------------------------------------------------

    def test_an_entry(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance})
                    for account, balance in (
                        (self.company_data["default_account_expense"], 10.0),
                        (self.company_data["default_account_revenue"], -10.0),
                    )
                ],
            }
        )
        entry.action_post()
        reversal = self.request(entry, "invoice")
        self.assertBlocked(reversal, "not_an_invoice", "is not an invoice")

    def test_a_cancelled_invoice(self):
        invoice = self.invoice(self.make_order(), post=False)
        invoice.button_cancel()
        reversal = self.request(invoice, "invoice")
        self.assertBlocked(reversal, "invoice_cancelled", "cancelled already")

    def test_a_draft_invoice(self):
        invoice = self.invoice(self.make_order(), post=False)
        reversal = self.request(invoice, "invoice")
        found = self.found(reversal, "draft_invoice")
        self.assertEqual(found.severity, "info")
        reversal.action_submit()
        self.assertEqual(invoice.state, "cancel")

    def test_a_payment_that_never_happened(self):
        _order, _invoice, payment = self.settle()
        payment.action_draft()
        payment.action_cancel()
        reversal = self.request(payment, "payment")
        self.assertBlocked(reversal, "payment_not_settled", "no settlement")

    # ------------------------------------------------------------------
    # A part
    # ------------------------------------------------------------------

    def part_of(self, line, quantity=1.0):
        name = "order_line_id" if line._name == "sale.order.line" else "move_line_id"
        return [Command.create({name: line.id, "quantity": quantity})]

    def test_a_part_deducts_more_than_is_left(self):
        """Without its down payment, the final invoice is not worth all of a line."""
        order = self.make_order(quantity=1.0)
        self.down_payment(order, 90)
        final = self.invoice(order)
        dearest = max(order.order_line, key=lambda line: line.price_subtotal)
        reversal = self.request(
            final,
            "invoice",
            line_ids=[
                Command.create({"move_line_id": line.id, "quantity": 1.0})
                for line in final.invoice_line_ids
                if line.sale_line_ids & dearest
            ],
        )
        self.assertBlocked(reversal, "part_exceeds_invoice", "deducts more")

    def test_a_part_beside_a_draft(self):
        order = self.make_order(quantity=3.0)
        first = self.invoice(order, post=False)
        for line in first.invoice_line_ids:
            line.quantity = 2.0
        first.action_post()
        draft = self.invoice(order, post=False)
        self.assertEqual(draft.state, "draft")
        reversal = self.request(
            order, "invoice", line_ids=self.part_of(order.order_line[0])
        )
        found = self.found(reversal, "draft_left")
        self.assertIn("stays as it is", found.message)
        reversal.action_submit()
        self.assertEqual(draft.state, "draft")

    def test_a_part_of_an_order_that_was_locked_since(self):
        order = self.make_order(quantity=3.0)
        self.invoice(order)
        reversal = self.reverse(
            order, "cancel", line_ids=self.part_of(order.order_line[0])
        )
        self.assertEqual(order.order_line[0].product_uom_qty, 2.0)
        order.action_lock()
        self.assertNotRestored(reversal, "no more can be ordered")

    # ------------------------------------------------------------------
    # Refunds
    # ------------------------------------------------------------------

    def test_a_refund_of_a_payment_without_an_entry(self):
        """As the edition with bank synchronisation makes them."""
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        self.patch(
            AccountMove, "_get_invoice_in_payment_state", lambda self: "in_payment"
        )
        order, _invoice, payment = self.settle()
        self.assertFalse(payment.move_id)
        reversal = self.request(order, "payment", payment_method="refund")
        self.assertBlocked(reversal, "refund_without_entry", "no journal entry")

    # ------------------------------------------------------------------
    # Restored
    # ------------------------------------------------------------------

    def test_an_invoice_that_was_deleted_since(self):
        order = self.make_order()
        invoice = self.invoice(order, post=False)
        reversal = self.reverse(order)
        self.assertEqual(invoice.state, "cancel")
        invoice.unlink()
        self.assertNotRestored(reversal, "has been deleted since")

    def test_an_invoice_that_is_in_use_again(self):
        order = self.make_order()
        invoice = self.invoice(order)
        reversal = self.reverse(order, "invoice", invoice_method="void")
        self.assertEqual(invoice.state, "cancel")
        invoice.button_draft()
        self.assertNotRestored(reversal, "in use again")

    def test_a_draft_that_was_posted_without_it_since(self):
        one, other = self.make_order(), self.make_order()
        draft = self.invoice(one | other, post=False)
        self.assertEqual(len(draft), 1)
        reversal = self.reverse(one)
        draft.action_post()
        self.assertNotRestored(reversal, "posted or cancelled since")

    def test_what_was_withdrawn(self):
        reversal = self.request(self.settle()[0])
        reversal.action_assess()
        reversal.action_cancel()
        with self.assertRaises(UserError):
            reversal.with_user(self.manager).action_undo()

    # ------------------------------------------------------------------
    # Settled again
    # ------------------------------------------------------------------

    def test_a_draft_of_two_orders(self):
        order = self.settle()[0]
        reversal = self.reverse(order, "invoice")
        draft = self.invoice(order | self.make_order(), post=False)
        self.assertEqual(len(draft), 1)
        settlement = self.open_settlement(reversal)
        self.assertIn("draft_shared", self.codes(settlement))
        with self.assertRaisesRegex(UserError, "also invoices"):
            settlement.action_settle()
        self.assertEqual(draft.state, "draft")


class TestTransactions(OnlineMixin, RuleCase):
    """Online payments that are on their way."""

    def transaction(self, order, state):
        transaction = self.transact(order)
        getattr(transaction, f"_set_{state}")()
        return transaction

    def test_authorised(self):
        order = self.make_order()
        transaction = self.transaction(order, "authorized")
        reversal = self.request(order, "cancel")
        self.assertBlocked(reversal, "transaction_authorized", transaction.reference)

    def test_each_authorised_one_is_told(self):
        """Of two facts of one order by the same rule none hides the other."""
        order = self.make_order()
        first = self.transaction(order, "authorized")
        first.reference += "-FIRST"
        self.env.flush_all()
        transactions = first | self.transaction(order, "authorized")
        reversal = self.request(order, "cancel")
        reversal.action_assess()
        texts = reversal.finding_ids.filtered(
            lambda found: found.code == "transaction_authorized"
        ).mapped("message")
        self.assertEqual(len(texts), 2)
        for transaction in transactions:
            of_it = [text for text in texts if f"{transaction.reference} " in text]
            self.assertEqual(len(of_it), 1, texts)

    def test_pending(self):
        """It is cancelled all the same, and said that the order may come back."""
        order = self.make_order()
        transaction = self.transaction(order, "pending")
        reversal = self.request(order, "cancel")
        found = self.found(reversal, "transaction_pending")
        self.assertEqual(found.severity, "warning")
        self.assertIn(transaction.reference, found.message)
        self.assertTrue(found.remedy and found.who)
        reversal.action_submit()
        self.assertEqual(order.state, "cancel")
