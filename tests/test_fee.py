"""A fee for cancelling or restocking, charged on the credit note."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .batch import BatchCase
from .test_generated import GeneratedCase
from .test_parts import PartCase


class FeeCase(PartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee_product = cls.env["product.product"].create(
            {
                "name": "Restocking",
                "type": "service",
                "taxes_id": [Command.set(cls.tax.ids)],
                "property_account_income_id": cls.company_data[
                    "default_account_revenue"
                ]
                .copy({"code": "400990", "name": "Fees"})
                .id,
            }
        )
        cls.fee_account = cls.fee_product.property_account_income_id
        cls.reason = cls.make_reason()

    @classmethod
    def make_reason(cls, **values):
        """As a manager of reversals: ten percent, unless said otherwise."""
        return (
            cls.env["order.reversal.reason"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Withdrawn late",
                    "fee_type": "percent",
                    "fee_percent": 10.0,
                    "fee_product_id": cls.fee_product.id,
                    **values,
                }
            )
            .with_env(cls.env)
        )

    def fee_line(self, credit):
        return credit.invoice_line_ids.filtered(
            lambda line: line.account_id == self.fee_account
        )


class TestFee(FeeCase):
    def test_of_all_of_an_order(self):
        order, invoice, payment = self.settle()
        settled = self.trial_balance()
        reversal = self.request(order)
        tried = reversal.rehearse()
        self.assertIn("fee_charged", {found["code"] for found in tried["findings"]})
        [entry] = [row for row in tried["entries"] if row["account_code"] == "400990"]
        self.assertEqual(entry["credit"], 60.0)
        reversal.action_assess()
        self.assertEqual(reversal.amount_fee, 69.0)
        self.assertIn("69.00", reversal.act)
        reversal.action_submit()
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.amount_total, 621.0)
        self.assertEqual(self.fee_line(credit).balance, -60.0)
        self.assertEqual(self.fee_line(credit).quantity, -1.0)
        self.assertEqual(credit.amount_tax, 81.0)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(credit.amount_residual, 0.0)
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertEqual(order.state, "cancel")
        self.assertEqual(reversal.amount_credit, 621.0)
        item = payment.move_id.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        self.assertEqual(item.amount_residual, -621.0)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(credit.state, "cancel")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertBooks(settled)

    def test_it_stays_due_where_nothing_was_paid(self):
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.reverse(order)
        self.assertEqual(invoice.amount_residual, 69.0)
        order, invoice, payment = self.settle()
        self.reverse(order, payment_method="void")
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(invoice.amount_residual, 69.0)

    def test_so_much_less_is_refunded(self):
        order, invoice, payment = self.settle()
        reversal = self.reverse(order, payment_method="refund")
        self.assertEqual(reversal.amount_refund, 621.0)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertTrue(payment.is_reconciled)

    def test_of_parts(self):
        order, invoice, _payment = self.settle(quantity=10.0)
        settled = self.trial_balance()
        first, second, third = order.order_line
        parts = [
            self.take(order, {first: 3.0}),
            self.take(order, {first: 7.0, second: 10.0}),
            self.take(order, {third: 10.0}),
        ]
        self.assertEqual([part.amount_fee for part in parts], [34.5, 310.5, 345.0])
        self.assertEqual(sum(invoice.reversal_move_ids.mapped("amount_total")), 6210.0)
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertEqual(invoice.amount_residual, 0.0)
        for part in parts[::-1]:
            part.with_user(self.manager).action_undo()
        self.assertBooks(settled)

    def test_of_a_part_of_an_invoice(self):
        _order, invoice, _payment = self.settle(quantity=10.0)
        self.take(invoice, {invoice.invoice_line_ids[0]: 3.0})
        self.assertEqual(invoice.reversal_move_ids.amount_total, 310.5)

    def test_a_fixed_amount_is_on_the_largest_invoice(self):
        reason = self.make_reason(fee_type="amount", fee_amount=20.0)
        order = self.make_order(quantity=10.0)
        first = self.invoice(order, post=False)
        first.invoice_line_ids.quantity = 2.0
        first.action_post()
        second = self.invoice(order)
        (first | second).is_move_sent = True
        self.reverse(order, reason_id=reason.id)
        self.assertEqual(first.reversal_move_ids.amount_total, first.amount_total)
        self.assertEqual(
            second.reversal_move_ids.amount_total, second.amount_total - 23.0
        )

    def test_no_void_with_a_fee(self):
        order, invoice, _payment = self.settle(sent=False)
        reversal = self.request(order)
        reversal.action_assess()
        step = reversal.step_ids.filtered(lambda step: step.res_id == invoice.id)
        step = step.filtered(lambda step: step.operation == "credit")
        self.assertIn("fee of", step.closed_methods["void"])
        void = self.request(order, invoice_method="void")
        self.assertEqual(self.blockers(void).mapped("code"), ["void_refused"])
        reversal.action_submit()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.reversal_move_ids.amount_total, 621.0)

    def test_more_than_is_credited(self):
        reason = self.make_reason(fee_type="amount", fee_amount=1000.0)
        order, _invoice, _payment = self.settle()
        books = self.trial_balance()
        reversal = self.request(order, reason_id=reason.id)
        self.assertEqual(self.blockers(reversal).mapped("code"), ["fee_exceeds"])
        with self.assertRaisesRegex(UserError, "leaves nothing"):
            reversal.action_submit()
        self.assertBooks(books)

    def test_without_a_credit_note(self):
        order = self.make_order()
        self.invoice(order, post=False)
        reversal = self.request(order)
        reversal.action_assess()
        self.assertIn("fee_not_charged", reversal.finding_ids.mapped("code"))
        self.assertFalse(reversal.amount_fee)
        self.assertTrue(self.request(order, "unlock"))

    def test_what_is_no_fee(self):
        for values in (
            {"fee_percent": 0.0},
            {"fee_percent": 101.0},
            {"fee_type": "amount", "fee_amount": 0.0},
            {"fee_type": "amount", "fee_amount": -1.0},
            {"fee_product_id": False},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.make_reason(**values)
        with self.assertRaises(AccessError):
            self.reason.with_user(self.clerk).fee_percent = 0.0

    def test_an_approval_covers_the_fee(self):
        """Whoever approved ten percent did not approve fifty."""
        self.company.reversal_approval = "always"
        order, _invoice, _payment = self.settle()
        reversal = self.request(order)
        reversal.action_submit()
        self.reason.with_user(self.manager).fee_percent = 50.0
        with self.assertRaises(UserError):
            reversal.with_user(self.approver).action_approve()


class TestFeeTaxes(FeeCase, GeneratedCase):
    def settle_with(self, tax, fee_tax, foreign=False, **values):
        self.reason = self.make_reason(
            fee_percent=7.0,
            fee_tax_ids=[Command.set(self.taxes[fee_tax].ids)],
            **values,
        )
        self.fee_product.taxes_id = self.taxes[fee_tax]
        order = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.services[0].id,
                        "product_uom_qty": 3.0,
                        "price_unit": 33.33,
                        "tax_ids": [Command.set(self.taxes[tax].ids)],
                    }
                )
                for _number in range(2)
            ],
            **({"pricelist_id": self.euro_pricelist.id} if foreign else {}),
        )
        invoice = self.invoice(order, date="2026-02-12")
        invoice.is_move_sent = True
        self.pay(invoice, payment_date="2026-03-05")
        return order, invoice

    def test_each_tax_is_exact(self):
        """Of the lines, of the fee, of both, in another currency, rounded globally."""
        taxes = ("plain", "included", "two", "none", "cash_basis")
        pairs = [(tax, tax) for tax in taxes]
        pairs += [("plain", "none"), ("none", "two"), ("included", "plain")]
        for number, (tax, fee_tax) in enumerate(pairs):
            foreign, method = number % 2 == 0, ("round_per_line", "round_globally")
            with self.subTest(tax=tax, fee_tax=fee_tax), self.cr.savepoint() as point:
                self.company.tax_calculation_rounding_method = method[number // 2 % 2]
                self._check_exact(tax, fee_tax, foreign)
                point.rollback()
                self.env.invalidate_all()

    def _check_exact(self, tax, fee_tax, foreign):
        order, invoice = self.settle_with(tax, fee_tax, foreign)
        settled = self.trial_balance()
        first = self.take(order, {order.order_line[0]: 1.0})
        second = self.reverse(order)
        credits = invoice.reversal_move_ids
        self.assertEqual(len(self.fee_line(credits)), 2)
        for reversal in (first, second):
            self.assertGreater(reversal.amount_fee, 0.0)
        charged = sum(abs(line.amount_currency) for line in self.fee_line(credits))
        base = sum(invoice.invoice_line_ids.mapped("price_subtotal"))
        share = 0.07 if fee_tax != "included" else 0.07 / 1.13
        self.assertAlmostEqual(charged, base * share, delta=0.02)
        self.assertEqual(invoice.amount_residual, 0.0)
        second.with_user(self.manager).action_undo()
        first.with_user(self.manager).action_undo()
        self.assertBooks(settled)


class TestFeeOfBatch(FeeCase, BatchCase):
    def test_each_order_is_charged(self):
        orders = self.settle_many(3)
        batch = self.batch(orders)
        self.assertEqual(batch.assessment["fees"], 207.0)
        batch.action_start()
        self.assertEqual(batch.done_count, 3)
        self.assertEqual(batch.reversal_ids.mapped("amount_fee"), [69.0] * 3)
