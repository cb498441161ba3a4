"""A reversal is taken back: the order is settled again, to the same balances."""

from odoo.exceptions import AccessError, UserError

from .common import ReversalCase


class TestUndo(ReversalCase):
    def _there_and_back(self, root, scope=None, documents=(), **values):
        books = self.trial_balance()
        documents = [records for records in documents if records]
        before = self._image(*documents)
        reversal = self.reverse(root, scope, **values)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(reversal.state, "undone")
        self.assertEqual(reversal.undone_by_id, self.manager)
        self.assertBooks(books)
        self.assertEqual(self._image(*documents), before)
        self.assertIn("undone", reversal.log_ids.mapped("event"))
        return reversal

    def _image(self, *documents):
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            record: {
                key: value
                for key, value in record._reversal_fingerprint().items()
                if key != "matched"
            }
            for records in documents
            for record in records
        }

    def test_every_scope_and_method(self):
        for scope in ("unlock", "payment", "invoice", "draft", "cancel"):
            for payment_method in ("credit", "void", "refund"):
                for invoice_method in ("credit_note", "void"):
                    with self.subTest(
                        scope=scope,
                        payment_method=payment_method,
                        invoice_method=invoice_method,
                    ):
                        order, invoice, payment = self.settle(sent=False)
                        order.action_lock()
                        self._there_and_back(
                            order,
                            scope,
                            (order, invoice, payment),
                            payment_method=payment_method,
                            invoice_method=invoice_method,
                        )
                        self.assertEqual(order.settlement_state, "settled")
                        if payment.move_id:
                            self.assertEqual(payment.invoice_ids, invoice)

    def test_numbers_stay(self):
        order, invoice, payment = self.settle(sent=False)
        names = (invoice.name, payment.name, payment.move_id.name)
        self._there_and_back(
            order, "cancel", payment_method="void", invoice_method="void"
        )
        self.assertEqual((invoice.name, payment.name, payment.move_id.name), names)

    def test_shared_payment(self):
        orders = self.make_order() | self.make_order()
        invoices = self.invoice(orders[0]) | self.invoice(orders[1])
        payment = self.pay(invoices)
        self._there_and_back(orders[0], "cancel", (orders, invoices, payment))

    def test_consolidated_invoice(self):
        orders = self.make_order() | self.make_order(quantity=3.0)
        invoice = self.invoice(orders)
        payment = self.pay(invoice)
        self._there_and_back(orders[0], "cancel", (orders, invoice, payment))

    def test_partial_payments(self):
        order = self.make_order()
        invoice = self.invoice(order)
        payments = self.pay(invoice, amount=90.0) | self.pay(invoice, amount=250.0)
        self._there_and_back(
            order, "cancel", (order, invoice, payments), invoice_method="credit_note"
        )

    def test_write_off(self):
        order = self.make_order()
        invoice = self.invoice(order)
        payment = self.pay(
            invoice,
            amount=680.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self._there_and_back(
            order, "cancel", (order, invoice, payment), invoice_method="credit_note"
        )

    def test_taken_back_again_after_it(self):
        order, invoice, _payment = self.settle()
        self._there_and_back(order)
        self.reverse(order)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(invoice.payment_state, "reversed")

    def test_without_the_shipped_reason(self):
        """A company that has archived it goes on with the reason given before."""
        shipped = self.env.ref("erp_order_reversal.reason_operation_mistake").sudo()
        given = shipped.copy({"name": "Given before"})
        shipped.active = False
        order, *settlement = self.settle()
        reversal = self._there_and_back(
            order, "cancel", (order, *settlement), reason_id=given.id
        )
        self.assertEqual(reversal.restore_ids.reason_id, given)
        # nor is it given where it belongs to another company by now
        other = self.env["res.company"].sudo().create({"name": "Another"})
        shipped.write({"active": True, "company_id": other.id})
        self.assertFalse(shipped._get_mistake(self.company))
        self.assertEqual(shipped._get_mistake(other), shipped)

    def test_only_a_manager(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        for user in (self.clerk, self.approver, self.requester, self.auditor):
            with self.assertRaises(AccessError):
                reversal.with_user(user).action_undo()
        self.assertEqual(order.state, "cancel")

    def test_sent_credit_note(self):
        order, invoice, _payment = self.settle()
        reversal = self.reverse(order)
        credit = invoice.reversal_move_ids
        credit.is_move_sent = True
        with self.assertRaisesRegex(UserError, f"(?s){credit.name}.*Invoice the order"):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "cancel")

    def test_closed_period(self):
        order, invoice, _payment = self.settle(sent=False)
        reversal = self.reverse(order, payment_method="void")
        self.company.sudo().fiscalyear_lock_date = self.today()
        with self.assertRaisesRegex(UserError, "closed since"):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(invoice.state, "cancel")

    def test_credit_used_for_something_else(self):
        order, _invoice, payment = self.settle()
        reversal = self.reverse(order)
        other = self.invoice(self.make_order())
        line = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        other.js_assign_outstanding_line(line.id)
        with self.assertRaisesRegex(UserError, "has been used for"):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(other.amount_residual, 0.0)

    def test_order_edited_since(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order, "draft")
        order.order_line[0].product_uom_qty = 9.0
        with self.assertRaisesRegex(UserError, "edited since"):
            reversal.with_user(self.manager).action_undo()

    def test_down_payment_price(self):
        """Found by the generator: the host zeroes the price of the line."""
        order = self.make_order()
        self.down_payment(order)
        final = self.invoice(order)
        payment = self.pay(order.invoice_ids)
        price = order.order_line.filtered("is_downpayment").mapped("price_unit")
        self._there_and_back(
            order, "draft", (order, final, payment), invoice_method="credit_note"
        )
        self.assertEqual(
            order.order_line.filtered("is_downpayment").mapped("price_unit"), price
        )
