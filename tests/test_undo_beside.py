"""A restore beside what else happened: other reversals, new invoices."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError

from .common import ReversalCase


class TestUndoBeside(ReversalCase):
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

    def test_orders_of_one_invoice_with_several_payments(self):
        """Each restore takes the payments that its own reversal released."""
        for parts in ((690.0, 690.0), (1000.0, 380.0), (380.0, 1000.0), (345.0,) * 4):
            for first in (0, 1):
                with self.subTest(parts=parts, first=first):
                    orders = [self.make_order(), self.make_order()]
                    invoice = self.invoice(orders[0] | orders[1])
                    for amount in parts:
                        self.pay(invoice, amount=amount)
                    settled = self.trial_balance()
                    reversals = [self.reverse(order) for order in orders]
                    for number in (first, 1 - first):
                        reversals[number].with_user(self.manager).action_undo()
                    self.assertEqual(invoice.amount_residual, 0.0)
                    self.assertBooks(settled)

    def test_a_part_that_was_paid_in_part_waits_for_the_later_one(self):
        orders = [self.make_order(), self.make_order()]
        invoice = self.invoice(orders[0] | orders[1])
        for amount in (400.0, 500.0):
            self.pay(invoice, amount=amount)
        settled = self.trial_balance()
        first, second = (self.reverse(order) for order in orders)
        with self.assertRaisesRegex(UserError, f"Restore {second.name} first"):
            with self.cr.savepoint():
                first.with_user(self.manager).action_undo()
        for reversal in (second, first):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(invoice.amount_residual, 480.0)
        self.assertBooks(settled)

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
        down = self.down_payment(order)
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

    def test_what_somebody_else_took_off_since_stays_off(self):
        """A restore matches what its reversal took off, and nothing else."""
        order = self.make_order(products=self.services[:1], quantity=2.0)
        invoice = self.invoice(order)
        half = self.pay(invoice, amount=115.0)
        reversal = self.request(
            order,
            "invoice",
            line_ids=[
                Command.create({"order_line_id": order.order_line.id, "quantity": 1.0})
            ],
        )
        reversal.action_submit()
        self.assertEqual(invoice.payment_state, "paid")
        owed = half.move_id.line_ids.filtered("reconciled")
        owed.remove_move_reconcile()
        other = self.pay(invoice)
        books = self.trial_balance()
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(invoice.amount_residual, 115.0)
        self.assertEqual(owed.amount_residual, -115.0)
        self.assertTrue(other.is_reconciled)
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.state, "cancel")
        self.assertNotEqual(self.trial_balance(), books)
