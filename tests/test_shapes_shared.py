"""Payments over several invoices, invoices over several orders (shapes 1, 2, 7, 8)."""

from odoo import Command, fields
from odoo.exceptions import UserError

from .foreseen import ForeseenCase


class TestShared(ForeseenCase):
    # ------------------------------------------------------------------
    # 1. one payment over several invoices
    # ------------------------------------------------------------------

    def _one_payment_two_orders(self):
        orders = self.make_order() | self.make_order(quantity=2.0)
        invoices = self.env["account.move"]
        for order in orders:
            invoices |= self.invoice(order)
        invoices.is_move_sent = True
        payment = self.pay(invoices)
        self.assertEqual(len(payment), 1)
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        return orders, invoices, payment

    def test_shared_payment_is_released_in_part(self):
        orders, invoices, payment = self._one_payment_two_orders()
        other = self.image(orders[1], orders[1].order_line, invoices[1])
        self.reverse(orders[0])
        self.assertEqual(invoices[0].payment_state, "reversed")
        self.assertEqual(invoices[1].payment_state, "paid")
        self.assertEqual(
            self.image(orders[1], orders[1].order_line, invoices[1]), other
        )
        self.assertEqual(payment.invoice_ids, invoices[1])
        line = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(line.amount_residual, -690.0)

    def test_shared_payment_cannot_be_voided(self):
        orders, invoices, payment = self._one_payment_two_orders()
        state = self.image(orders, invoices, payment)
        reversal = self.request(orders[0], payment_method="void")
        with self.assertRaisesRegex(UserError, invoices[1].name):
            reversal.action_submit()
        self.assertEqual(self.image(orders, invoices, payment), state)

    def test_shared_payment_refund_is_for_its_part(self):
        orders, _invoices, payment = self._one_payment_two_orders()
        reversal = self.reverse(orders[0], payment_method="refund")
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        refund = self.env["account.payment"].browse(step.result_id)
        self.assertEqual(refund.amount, 690.0)
        self.assertTrue(payment.is_reconciled)

    # ------------------------------------------------------------------
    # 2. one invoice over several orders
    # ------------------------------------------------------------------

    def _one_invoice_two_orders(self, pay=True):
        orders = self.make_order() | self.make_order(quantity=2.0)
        invoice = self.invoice(orders)
        self.assertEqual(len(invoice), 1)
        invoice.is_move_sent = True
        payment = self.pay(invoice) if pay else self.env["account.payment"]
        return orders, invoice, payment

    def test_consolidated_invoice_is_credited_in_part(self):
        orders, invoice, payment = self._one_invoice_two_orders()
        other = self.image(orders[1], orders[1].order_line)
        self.reverse(orders[0])
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.amount_total, 690.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self.image(orders[1], orders[1].order_line), other)
        self.assertEqual(orders[1].order_line.mapped("qty_invoiced"), [2.0, 2.0, 2.0])
        self.assertFalse(any(orders[0].order_line.mapped("qty_invoiced")))
        line = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(line.amount_residual, -690.0)

    def test_consolidated_invoice_order_by_order(self):
        before = self.trial_balance()
        orders, invoice, _payment = self._one_invoice_two_orders(pay=False)
        self.reverse(orders[0])
        self.assertEqual(invoice.amount_residual, 1380.0)
        self.reverse(orders[1])
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBooks(before)

    def test_consolidated_invoice_cannot_be_voided(self):
        orders, invoice, _payment = self._one_invoice_two_orders()
        reversal = self.request(orders[0], invoice_method="void")
        with self.assertRaisesRegex(UserError, orders[1].name):
            reversal.action_submit()
        self.assertEqual(invoice.state, "posted")

    def test_payment_of_a_consolidated_invoice_cannot_be_voided(self):
        orders, invoice, payment = self._one_invoice_two_orders()
        reversal = self.request(orders[0], payment_method="void")
        reversal.action_assess()
        blockers = reversal.finding_ids.filtered(lambda f: f.severity == "blocker")
        self.assertEqual(blockers.mapped("code"), ["payment_shared"])
        self.assertIn(invoice.name, blockers.message)
        with self.assertRaisesRegex(UserError, payment.name):
            reversal.action_submit()

    def test_consolidated_invoice_scope_payment(self):
        orders, invoice, _payment = self._one_invoice_two_orders()
        with self.assertRaisesRegex(UserError, orders[1].name):
            self.request(orders[0], "payment").action_submit()
        self.assertEqual(invoice.payment_state, "paid")
        self.reverse(invoice, "payment")
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_consolidated_invoice_that_deducts_for_one_order(self):
        deducting = self.make_order(self.services[0])
        deducting.order_line.write({"price_unit": -50.0})
        orders = deducting | self.make_order()
        invoice = self.invoice(orders)
        invoice.is_move_sent = True
        self.pay(invoice)
        before = self.trial_balance()
        reversal = self.request(deducting)
        with self.assertRaisesRegex(UserError, "would be negative"):
            reversal.action_submit()
        self.assertBooks(before)
        self.reverse(invoice, "cancel")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(set(orders.mapped("state")), {"cancel"})

    def test_lines_of_no_order_go_with_the_last_order(self):
        for amount in (-20.0, 50.0):
            before = self.trial_balance()
            orders = self.make_order() | self.make_order()
            invoice = self.invoice(orders, post=False)
            invoice.write(
                {
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "By hand",
                                "quantity": 1.0,
                                "price_unit": amount,
                                "tax_ids": [Command.set(self.tax.ids)],
                            }
                        )
                    ]
                }
            )
            invoice.action_post()
            for order in orders:
                self.reverse(order, invoice_method="credit_note")
                self.assertEqual(set(order.order_line.mapped("qty_invoiced")), {0.0})
            self.assertEqual(invoice.payment_state, "reversed")
            self.assertEqual(invoice.amount_residual, 0.0)
            self.assertBooks(before)

    def test_consolidated_invoice_as_root(self):
        orders, invoice, _payment = self._one_invoice_two_orders()
        self.reverse(invoice)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(any(orders.order_line.mapped("qty_invoiced")))
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_consolidated_draft_loses_the_lines(self):
        orders = self.make_order() | self.make_order()
        draft = self.invoice(orders, post=False)
        self.reverse(orders[0])
        self.assertEqual(orders[0].state, "cancel")
        self.assertEqual(orders[1].state, "sale")
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.amount_total, 690.0)
        self.assertEqual(draft.line_ids.sale_line_ids.order_id, orders[1])

    # ------------------------------------------------------------------
    # 7. credit notes that exist already
    # ------------------------------------------------------------------

    def _credit_part(self, invoice, post=True):
        """The first line of the invoice was credited by hand: 115 of 690."""
        credit = invoice._reverse_moves(cancel=False)
        credit.invoice_line_ids[1:].unlink()
        self.assertEqual(credit.amount_total, 115.0)
        credit.invoice_date = self.today()
        if post:
            credit.action_post()
        return credit

    def test_open_credit_note_before(self):
        before = self.trial_balance()
        order, invoice, payment = self.settle()
        credit = self._credit_part(invoice)
        self.assertEqual(credit.payment_state, "not_paid")
        self.reverse(order, payment_method="void")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(credit.amount_residual, 0.0)
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertEqual(payment.state, "canceled")
        self.assertBooks(before)

    def test_open_credit_note_before_keeping_the_money(self):
        order, invoice, payment = self.settle()
        credit = self._credit_part(invoice)
        self.reverse(order)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(credit.amount_residual, 0.0)
        line = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(line.amount_residual, -690.0)

    def test_matched_credit_note_before(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order)
        self._credit_part(invoice)
        self.assertEqual(invoice.amount_residual, 575.0)
        self.pay(invoice)
        self.reverse(order, payment_method="void")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertBooks(before)

    def test_refunded_credit_note_before(self):
        order, invoice, payment = self.settle()
        credit = self._credit_part(invoice)
        self.pay(credit)
        self.assertEqual(credit.payment_state, "paid")
        self.reverse(order)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        line = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(line.amount_residual, -575.0)

    def test_refunded_credit_note_forbids_void(self):
        order, invoice, payment = self.settle()
        credit = self._credit_part(invoice)
        self.pay(credit)
        with self.assertRaisesRegex(UserError, "(?s)paid back"):
            self.request(order, payment_method="void").action_submit()
        self.assertEqual(payment.state, "paid")

    def test_credit_note_from_the_order_before(self):
        before = self.trial_balance()
        order, invoice, _payment = self.settle()
        order.order_line[0].product_uom_qty = 0.0
        credit = self.invoice(order)
        self.assertEqual(credit.move_type, "out_refund")
        self.assertFalse(credit.reversed_entry_id)
        self.reverse(order, payment_method="void")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBooks(before)

    def test_draft_credit_note_is_cancelled(self):
        before = self.trial_balance()
        order, invoice, _payment = self.settle()
        credit = self._credit_part(invoice, post=False)
        self.reverse(order, payment_method="void")
        self.assertEqual(credit.state, "cancel")
        self.assertBooks(before)

    def test_credited_in_full_already(self):
        order = self.make_order()
        invoice = self.invoice(order)
        invoice._reverse_moves(cancel=True)
        before = self.trial_balance()
        self.reverse(order)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(len(invoice.reversal_move_ids), 1)
        self.assertBooks(before)
        with self.assertRaisesRegex(UserError, invoice.reversal_move_ids.name):
            self.request(invoice).action_submit()

    def test_paid_and_then_credited_in_full(self):
        """The money goes back, and the credit note takes its place."""
        for scope in ("cancel", "invoice"):
            before = self.trial_balance()
            order, invoice, payment = self.settle()
            invoice._reverse_moves(cancel=False).action_post()
            credit = invoice.reversal_move_ids
            self.assertEqual(credit.amount_residual, invoice.amount_total)
            reversal = self.reverse(order, scope, payment_method="refund")
            self.assertEqual(reversal.amount_refund, invoice.amount_total)
            self.assertEqual(credit.amount_residual, 0.0)
            self.assertEqual(invoice.payment_state, "reversed")
            lines = payment.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            self.assertTrue(all(lines.mapped("reconciled")))
            accounts = payment.move_id.line_ids.account_id - lines.account_id
            accounts |= self.outbound_payment_method_line.payment_account_id
            self.assertBooks(before, exclude=accounts)

    def test_price_only_credit_before(self):
        before = self.trial_balance()
        order, invoice, _payment = self.settle()
        credit = invoice._reverse_moves(cancel=False)
        credit.invoice_line_ids[1:].unlink()
        credit.invoice_line_ids.price_unit = 30.0
        credit.invoice_date = self.today()
        credit.action_post()
        self.reverse(order, payment_method="void")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertBooks(before)

    # ------------------------------------------------------------------
    # 8. settled by something that is no payment
    # ------------------------------------------------------------------

    def test_settled_by_an_entry(self):
        order = self.make_order()
        invoice = self.invoice(order)
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": self.partner.id,
                            "credit": 690.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_expense"
                            ].id,
                            "debit": 690.0,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (invoice | entry).line_ids.filtered(
            lambda line: line.account_id == receivable
        ).reconcile()
        self.assertEqual(invoice.amount_residual, 0.0)
        invoice.is_move_sent = True
        reversal = self.reverse(order)
        self.assertIn("entry_released", reversal.finding_ids.mapped("code"))
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(entry.state, "posted")

    def test_settled_by_somebody_elses_credit_note(self):
        order = self.make_order()
        invoice = self.invoice(order)
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "goodwill",
                            "price_unit": 690.0,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        credit.action_post()
        (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        invoice.is_move_sent = True
        self.reverse(order)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(credit.amount_residual, 690.0)

    def test_settled_by_a_vendor_bill(self):
        """Receivable and payable are netted by an entry on both accounts."""
        order = self.make_order()
        invoice = self.invoice(order)
        receivable = self.company_data["default_account_receivable"]
        payable = self.company_data["default_account_payable"]
        bill = self.init_invoice(
            "in_invoice", partner=self.partner, amounts=[690.0], post=True, taxes=[]
        )
        netting = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partner.id,
                            "debit": debit,
                            "credit": credit,
                        }
                    )
                    for account, debit, credit in (
                        (receivable, 0.0, 690.0),
                        (payable, 690.0, 0.0),
                    )
                ],
            }
        )
        netting.action_post()
        for move, account in ((invoice, receivable), (bill, payable)):
            (move | netting).line_ids.filtered(
                lambda line, account=account: line.account_id == account
            ).reconcile()
        invoice.is_move_sent = True
        self.reverse(order)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(bill.amount_residual, 0.0)

    def test_free_line_credited_before(self):
        """Found by the generator: a line without an amount counts by its quantity."""
        before = self.trial_balance()
        order = self.make_order(quantity=3.0)
        order.order_line[0].discount = 100.0
        invoice = self.invoice(order)
        credit = invoice._reverse_moves(cancel=False)
        credit.invoice_line_ids[1:].unlink()
        credit.action_post()
        self.assertEqual(order.order_line[0].qty_invoiced, 0.0)
        self.reverse(order, invoice_method="credit_note")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertBooks(before)
