"""Orders and invoices of every kind (shapes 3, 6, 13, 14)."""

from odoo import Command
from odoo.exceptions import UserError

from .foreseen import ForeseenCase


class TestInvoiceShapes(ForeseenCase):
    # ------------------------------------------------------------------
    # 1. and 3. several invoices, several payments
    # ------------------------------------------------------------------

    def test_several_invoices_and_payments(self):
        before = self.trial_balance()
        order = self.make_order(quantity=2.0)
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 30.0}
        ).create_invoices()
        order.invoice_ids.action_post()
        self.pay(order.invoice_ids)
        final = self.invoice(order)
        self.pay(final, amount=100.0)
        self.pay(final)
        self.assertEqual(order.settlement_state, "settled")
        self.reverse_and_void(order, before)
        self.assertEqual(order.state, "cancel")

    def test_partial_payment(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order)
        self.pay(invoice, amount=200.0, payment_difference_handling="open")
        self.assertEqual(order.settlement_state, "partly")
        self.reverse_and_void(order, before)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_unpaid_invoice(self):
        before = self.trial_balance()
        order = self.make_order()
        self.invoice(order)
        self.reverse_and_void(order, before)

    def test_nothing_to_undo(self):
        order = self.make_order()
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            self.request(order, "payment").action_submit()
        self.reverse(order, "cancel")
        self.assertEqual(order.state, "cancel")

    def test_draft_beside_posted(self):
        before = self.trial_balance()
        order = self.make_order()
        order.order_line.qty_delivered = 0
        invoice = self.invoice(order)
        order.order_line[0].product_uom_qty = 5.0
        draft = self.invoice(order, post=False)
        self.pay(invoice)
        self.reverse_and_void(order, before)
        self.assertEqual(draft.state, "cancel")

    def test_installments(self):
        before = self.trial_balance()
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 60}
                    ),
                ],
            }
        )
        order = self.make_order(payment_term_id=term.id)
        invoice = self.invoice(order)
        self.pay(invoice, amount=207.0)
        self.pay(invoice, amount=483.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.reverse_and_void(order, before)

    def test_extra_line_typed_on_the_invoice(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order, post=False)
        invoice.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Postage",
                            "price_unit": 12.34,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                ]
            }
        )
        invoice.action_post()
        self.pay(invoice)
        self.reverse_and_void(order, before)

    def test_payments_of_several_journals_and_dates(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order)
        cash = self.company_data["default_journal_cash"]
        self.pay(invoice, amount=90.0, payment_date="2026-01-15")
        self.pay(invoice, amount=600.0, journal=cash)
        self.reverse_and_void(order, before)

    # ------------------------------------------------------------------
    # 6. down payments
    # ------------------------------------------------------------------

    def _down_payment(self, order, method="percentage"):
        values = {"advance_payment_method": method}
        values["amount" if method == "percentage" else "fixed_amount"] = (
            30.0 if method == "percentage" else 100.0
        )
        known = order.invoice_ids
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(values).create_invoices()
        invoice = order.invoice_ids - known
        invoice.action_post()
        self.pay(invoice)
        return invoice

    def test_down_payment_alone(self):
        for method in ("percentage", "fixed"):
            with self.subTest(method=method):
                before = self.trial_balance()
                order = self.make_order()
                self._down_payment(order, method)
                self.reverse_and_void(order, before)

    def test_down_payment_and_final_then_anew(self):
        before = self.trial_balance()
        order = self.make_order()
        self._down_payment(order)
        self.pay(self.invoice(order))
        self.reverse(
            order, "invoice", payment_method="void", invoice_method="credit_note"
        )
        self.assertBooks(before)
        again = self.invoice(order)
        self.assertEqual(again.amount_total, 690.0)

    def test_final_alone_leaves_the_down_payment(self):
        order = self.make_order()
        down = self._down_payment(order)
        final = self.invoice(order)
        self.pay(final)
        after_down = self.image(down)
        self.reverse(final, payment_method="void", invoice_method="credit_note")
        self.assertEqual(self.image(down), after_down)
        again = self.invoice(order)
        self.assertAlmostEqual(again.amount_total, 690.0 * 0.7)

    def test_down_payment_alone_after_the_final_is_refused(self):
        order = self.make_order()
        down = self._down_payment(order)
        final = self.invoice(order)
        with self.assertRaisesRegex(UserError, final.name):
            self.request(down).action_submit()

    # ------------------------------------------------------------------
    # 13. and 14.
    # ------------------------------------------------------------------

    def test_analytic_lines_come_back(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "Project", "plan_id": plan.id, "company_id": self.company.id}
        )
        order = self.make_order()
        order.order_line.analytic_distribution = {str(account.id): 100}
        self.pay(self.invoice(order))
        self.env.invalidate_all()
        self.assertEqual(account.balance, 600.0)
        self.reverse(order, invoice_method="credit_note")
        self.env.invalidate_all()
        self.assertEqual(account.balance, 0.0)

    def test_storno_accounting(self):
        before = self.trial_balance()
        self.company.account_storno = True
        order = self.make_order()
        invoice = self.invoice(order)
        self.pay(invoice)
        self.reverse_and_void(order, before)
        credit = invoice.reversal_move_ids
        revenue = credit.line_ids.filtered(lambda line: line.display_type == "product")
        self.assertTrue(all(revenue.mapped("is_storno")))

    def test_refund_sequence_of_its_own(self):
        before = self.trial_balance()
        self.company_data["default_journal_sale"].refund_sequence = True
        order = self.make_order()
        invoice = self.invoice(order)
        self.pay(invoice)
        self.reverse_and_void(order, before)
        self.assertTrue(invoice.reversal_move_ids.name.startswith("R"))

    def test_invoice_without_order(self):
        before = self.trial_balance()
        invoice = self.init_invoice("out_invoice", amounts=[100.0, 33.33], post=True)
        invoice.is_move_sent = True
        self.pay(invoice)
        self.reverse(invoice, payment_method="void")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBooks(before)

    def test_vendor_bill(self):
        before = self.trial_balance()
        bill = self.init_invoice("in_invoice", amounts=[100.0, 33.33], post=True)
        self.pay(bill)
        self.reverse(bill, payment_method="void", invoice_method="credit_note")
        self.assertEqual(bill.payment_state, "reversed")
        self.assertBooks(before)

    def test_receipt(self):
        before = self.trial_balance()
        receipt = self.init_invoice("out_receipt", amounts=[100.0], post=True)
        self.pay(receipt)
        self.reverse(receipt, payment_method="void", invoice_method="credit_note")
        self.assertBooks(before)

    # ------------------------------------------------------------------
    # 7. credit notes that a person made otherwise than from the lines
    # ------------------------------------------------------------------

    def credit(self, invoice, **values):
        """A posted credit note of the first line alone, edited before."""
        credit = invoice._reverse_moves([{"date": self.today()}], cancel=False)
        credit.invoice_line_ids[1:].unlink()
        credit.invoice_line_ids.write(values)
        credit.action_post()
        return credit

    def test_credited_by_a_line_that_is_not_linked_to_the_order(self):
        before = self.trial_balance()
        order = self.make_order(quantity=2.0)
        invoice = self.invoice(order)
        self.credit(invoice, price_unit=30.0, sale_line_ids=[Command.clear()])
        self.assertEqual(order.order_line[0].qty_invoiced, 2.0)
        self.pay(invoice)
        self.reverse_and_void(order, before)

    def test_a_line_was_credited_more_than_it_was_invoiced(self):
        before = self.trial_balance()
        order = self.make_order(quantity=2.0)
        invoice = self.invoice(order)
        self.credit(invoice, quantity=3.0)
        self.assertEqual(order.order_line[0].qty_invoiced, -1.0)
        self.pay(invoice)
        self.reverse_and_void(order, before)

    def test_the_order_of_a_return_has_no_invoice(self):
        order = self.make_order()
        order.order_line[0].write({"product_uom_qty": -3.0, "price_unit": 1000.0})
        refund = self.invoice(order)
        self.assertEqual(refund.move_type, "out_refund")
        self.pay(refund)
        before = self.trial_balance()
        for scope in ("invoice", "cancel"):
            reversal = self.request(order, scope)
            with self.assertRaisesRegex(UserError, "on no invoice") as caught:
                reversal.action_submit()
            self.assertIn(refund.name, str(caught.exception))
            reversal.action_assess()
            codes = reversal.finding_ids.mapped("code")
            self.assertIn("credit_without_invoice", codes)
        self.assertBooks(before)
        self.assertEqual(order.state, "sale")

    def test_an_order_that_was_deleted_after_it_was_taken_back(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        other = self.reverse(self.settle()[0])
        name = order.name
        order.sudo().unlink()
        self.assertFalse(reversal.action_verify())
        self.assertIn(name, reversal.verify_detail)
        with self.enter_registry_test_mode():
            cron = self.env.ref("erp_order_reversal.cron_verify")
            cron.sudo().method_direct_trigger()
        self.assertEqual(other.verify_state, "intact")
