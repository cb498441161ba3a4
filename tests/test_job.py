"""The main job: a settled order is taken back, from each root, with each scope."""

from odoo.exceptions import UserError

from .common import ReversalCase


class TestJob(ReversalCase):
    def test_cancel_by_credit_note_keeps_the_money(self):
        before = self.trial_balance()
        order, invoice, payment = self.settle()
        self.assertEqual(order.settlement_state, "settled")
        order.action_lock()
        reversal = self.reverse(order, "cancel")
        self.assertRegex(reversal.name, r"^REV/\d{4}/\d{5}$")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.settlement_state, "none")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertEqual(payment.state, "in_process")
        receivable = self.company_data["default_account_receivable"]
        outstanding = payment.outstanding_account_id
        self.assertBooks(
            {
                **before,
                (receivable.code, "USD"): (-690.0, -690.0),
                (outstanding.code, "USD"): (690.0, 690.0),
            }
        )

    def test_cancel_voiding_everything_restores_the_books(self):
        before = self.trial_balance()
        order, invoice, payment = self.settle(sent=False)
        self.reverse(order, "cancel", payment_method="void")
        self.assertEqual(invoice.state, "cancel")
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(payment.move_id.state, "cancel")
        self.assertBooks(before)

    def test_voiding_leaves_the_next_numbers_alone(self):
        """The host would write on the entry that follows each one in its sequence."""
        order, invoice, payment = self.settle(sent=False)
        _order, other_invoice, other_payment = self.settle(sent=False)
        others = other_invoice | other_payment.move_id
        self.assertEqual(
            others.mapped("sequence_number"),
            [move.sequence_number + 1 for move in invoice | payment.move_id],
        )
        self.env.flush_all()
        self.cr.execute(
            "UPDATE account_move SET write_date = '2020-01-01' WHERE id = ANY(%s)",
            [others.ids],
        )
        others.invalidate_recordset()
        before = self.image(others)
        self.reverse(order, "cancel", payment_method="void", invoice_method="void")
        self.assertEqual(invoice.state, "cancel")
        self.assertEqual(self.image(others), before)
        self.assertEqual(
            {str(move.write_date.date()) for move in others}, {"2020-01-01"}
        )

    def test_auto_says_why(self):
        order, _invoice, _payment = self.settle(sent=True)
        reversal = self.request(order)
        reversal.action_assess()
        steps = {step.operation: step for step in reversal.step_ids}
        self.assertEqual(set(steps), {"release", "credit", "cancel"})
        self.assertIn("sent to the customer", steps["credit"].why)
        order, _invoice, _payment = self.settle(sent=False)
        reversal = self.request(order)
        reversal.action_assess()
        self.assertIn("void", reversal.step_ids.mapped("operation"))

    def test_refund_pays_back(self):
        before = self.trial_balance()
        order, _invoice, payment = self.settle()
        reversal = self.reverse(order, "cancel", payment_method="refund")
        refund = self.env["account.payment"].browse(
            reversal.step_ids.filtered(lambda s: s.operation == "refund").result_id
        )
        self.assertEqual(refund.payment_type, "outbound")
        self.assertEqual(refund.amount, 690.0)
        self.assertTrue(refund.is_reconciled)
        self.assertTrue(payment.is_reconciled)
        money = payment.outstanding_account_id | refund.outstanding_account_id
        self.assertBooks(before, exclude=money)

    def test_scope_unlock(self):
        order, invoice, _payment = self.settle()
        order.action_lock()
        self.reverse(order, "unlock")
        self.assertFalse(order.locked)
        self.assertEqual(invoice.payment_state, "paid")

    def test_scope_payment(self):
        order, invoice, payment = self.settle()
        self.reverse(order, "payment")
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.settlement_state, "partly")
        self.assertEqual(payment.state, "in_process")
        self.assertFalse(payment.invoice_ids)

    def test_scope_invoice_can_be_invoiced_anew(self):
        order, invoice, _payment = self.settle()
        self.reverse(order, "invoice")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.invoice_status, "to invoice")
        again = self.invoice(order)
        self.assertEqual(again.amount_total, 690.0)
        self.pay(again)
        self.assertEqual(order.settlement_state, "settled")
        self.assertEqual(invoice.payment_state, "reversed")

    def test_scope_draft_can_be_settled_anew(self):
        order, _invoice, _payment = self.settle()
        self.reverse(order, "draft")
        self.assertEqual(order.state, "draft")
        order.action_confirm()
        self.pay(self.invoice(order))
        self.assertEqual(order.settlement_state, "settled")

    def test_from_the_invoice(self):
        order, invoice, _payment = self.settle()
        self.reverse(invoice)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.invoice_status, "to invoice")

    def test_from_the_invoice_to_the_order(self):
        order, invoice, _payment = self.settle()
        self.reverse(invoice, "cancel")
        self.assertEqual(order.state, "cancel")

    def test_from_the_payment(self):
        before_payment = None
        order = self.make_order()
        invoice = self.invoice(order)
        before_payment = self.trial_balance()
        payment = self.pay(invoice)
        self.reverse(payment, payment_method="void")
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertBooks(before_payment)

    def test_from_the_payment_to_the_order(self):
        before = self.trial_balance()
        order, invoice, payment = self.settle()
        self.reverse(payment, "cancel", payment_method="void")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBooks(before)

    def test_twice_names_the_first(self):
        order, invoice, _payment = self.settle()
        first = self.reverse(order)
        for root in (order, invoice):
            with self.assertRaisesRegex(UserError, first.name):
                self.request(root).action_submit()

    def test_chatter_and_links(self):
        order, invoice, payment = self.settle()
        reversal = self.reverse(order)
        credit = invoice.reversal_move_ids
        for record in (order, invoice, payment, credit):
            notes = record.message_ids.filtered(
                lambda m: reversal.name in (m.body or "")
            )
            self.assertEqual(len(notes), 1, record)
            self.assertIn(self.reason.name, notes.body)
        self.assertEqual(
            set(reversal.step_ids.mapped("res_name")),
            {order.name, invoice.name, payment.display_name},
        )
        self.assertIn(credit.name, reversal.step_ids.mapped("result_name"))
        self.assertEqual(order.with_user(self.clerk).reversal_count, 1)
        self.assertEqual(invoice.with_user(self.clerk).reversal_count, 1)

    def test_preview_is_the_outcome(self):
        order, _invoice, _payment = self.settle()
        books = self.trial_balance()
        reversal = self.request(order, payment_method="refund")
        preview = reversal.preview_entries()
        self.assertBooks(books)
        self.assertEqual(reversal.state, "draft")
        self.assertFalse(reversal.log_ids)
        reversal.action_submit()
        after = self.trial_balance()
        change = {}
        for row in preview:
            key = (row["account_code"], row["currency"])
            balance, amount = change.get(key, (0.0, 0.0))
            change[key] = (
                balance + float(row["balance"]),
                amount + float(row["amount_currency"]),
            )
        for key in set(books) | set(after) | set(change):
            old = books.get(key, (0.0, 0.0))
            new = after.get(key, (0.0, 0.0))
            self.assertAlmostEqual(
                float(new[0] - old[0]), change.get(key, (0.0, 0.0))[0], 2, key
            )
