"""A reversal is taken back: the order is settled again, to the same balances."""

from datetime import timedelta

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

    def test_orders_of_one_payment_are_restored_in_any_order(self):
        orders = self.make_order() | self.make_order() | self.make_order()
        invoices = self.env["account.move"]
        for order in orders:
            invoices |= self.invoice(order)
        self.pay(invoices)
        settled = self.trial_balance()
        reversals = [
            self.reverse(order, invoice_method="credit_note") for order in orders
        ]
        for reversal in reversals:
            reversal.with_user(self.manager).action_undo()
        self.assertBooks(settled)
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})

    def test_orders_of_one_invoice_are_restored_in_any_order(self):
        for which in ((0, 1, 2), (1, 0, 2), (2, 1, 0)):
            with self.subTest(which=which):
                self._restore_parts(which)

    def test_orders_of_one_foreign_invoice_are_restored_in_any_order(self):
        """Exchange differences and cash-basis taxes are rounded for each match."""
        euro = self.setup_other_currency(
            "EUR", rates=[("2016-01-01", 3.0), (str(self.today()), 2.13)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": euro.id}
        )
        self._set_cash_basis(7.77)
        for which in ((0, 1, 2), (1, 2, 0)):
            with self.subTest(which=which):
                self._restore_parts(
                    which,
                    pricelist_id=pricelist.id,
                    date=self.today() - timedelta(days=400),
                )

    def _set_cash_basis(self, amount):
        self.company.sudo().tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy()
        transition.reconcile = True
        self.tax.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
                "amount": amount,
            }
        )

    def _restore_parts(self, which, date=None, **values):
        """Three orders of one invoice are taken back, and restored in some order."""
        orders = [self.make_order(quantity=1.37 + n, **values) for n in range(3)]
        invoice = self.invoice(self.env["sale.order"].union(*orders), date=date)
        self.pay(invoice, currency_id=invoice.currency_id.id)
        settled = self.trial_balance()
        reversals = [self.reverse(order) for order in orders]
        for number in which:
            left = [
                r for r in reversals if r.state == "done" and r != reversals[number]
            ]
            credits = self.env["account.move"].browse(
                step.result_id
                for reversal in left
                for step in reversal.step_ids
                if step.operation == "credit"
            )
            others = self.image(credits)
            reversals[number].with_user(self.manager).action_undo()
            self.assertEqual(self.image(credits), others)
            for reversal in left:
                self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertBooks(settled)

    def test_invoiced_anew_since(self):
        """Restored, it would be invoiced twice: a draft counts, too."""
        for scope in ("invoice", "cancel"):
            for post in (False, True):
                with self.subTest(scope=scope, post=post):
                    order, _invoice, _payment = self.settle()
                    reversal = self.reverse(order, scope)
                    if scope == "cancel":
                        order.action_draft()
                        order.action_confirm()
                    anew = self.invoice(order, post=post)
                    books = self.trial_balance()
                    with self.assertRaisesRegex(UserError, "invoiced twice"):
                        with self.cr.savepoint():
                            reversal.with_user(self.manager).action_undo()
                    self.assertEqual(reversal.state, "done")
                    self.assertBooks(books)
                    anew.button_cancel()
                    reversal.with_user(self.manager).action_undo()
                    self.assertEqual(order.order_line.mapped("qty_invoiced"), [1.0] * 3)

    def test_one_part_of_several_invoices(self):
        """The rest was invoiced since: that is no reason against it."""
        order = self.make_order(quantity=2.0)
        part = self.invoice(order, post=False)
        part.invoice_line_ids.quantity = 1.0
        part.action_post()
        self.pay(part)
        reversal = self.reverse(part, "invoice", invoice_method="credit_note")
        rest = self.invoice(order, post=False)
        rest.invoice_line_ids.quantity = 1.0
        rest.action_post()
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.order_line.mapped("qty_invoiced"), [2.0] * 3)

    def test_final_before_its_down_payment(self):
        order = self.make_order()
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        down = order.invoice_ids
        down.action_post()
        final = self.invoice(order)
        settled = self.trial_balance()
        first, second = (
            self.reverse(invoice, "invoice", invoice_method="credit_note")
            for invoice in (final, down)
        )
        with self.assertRaisesRegex(UserError, f"Restore {second.name} first"):
            with self.cr.savepoint():
                first.with_user(self.manager).action_undo()
        second.with_user(self.manager).action_undo()
        first.with_user(self.manager).action_undo()
        self.assertBooks(settled)

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
        with self.assertRaisesRegex(UserError, "used for something else"):
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
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": 30.0}
        ).create_invoices()
        order.invoice_ids.action_post()
        final = self.invoice(order)
        payment = self.pay(order.invoice_ids)
        price = order.order_line.filtered("is_downpayment").mapped("price_unit")
        self._there_and_back(
            order, "draft", (order, final, payment), invoice_method="credit_note"
        )
        self.assertEqual(
            order.order_line.filtered("is_downpayment").mapped("price_unit"), price
        )
