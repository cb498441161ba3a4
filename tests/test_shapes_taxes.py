"""Taxes, discounts, write-offs and roundings (shape 5)."""

from odoo import Command, fields

from .foreseen import ForeseenCase


class TestTaxShapes(ForeseenCase):
    def _taxed(self, tax_vals, price=99.99):
        tax = self.env["account.tax"].create(
            {
                "name": "special",
                "amount": 15.0,
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                **tax_vals,
            }
        )
        product = self.env["product.product"].create(
            {
                "name": "Taxed service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": [Command.set(tax.ids)],
                "property_account_income_id": self.company_data[
                    "default_account_revenue"
                ].id,
            }
        )
        return tax, product

    def test_price_included_tax(self):
        before = self.trial_balance()
        _tax, product = self._taxed({"price_include_override": "tax_included"})
        order = self.make_order(product | self.services, quantity=3.0)
        self.pay(self.invoice(order))
        self.reverse_and_void(order, before)

    def test_tax_changed_since(self):
        before = self.trial_balance()
        tax, product = self._taxed({})
        order = self.make_order(product)
        self.pay(self.invoice(order))
        tax.amount = 20.0
        self.reverse_and_void(order, before)

    def test_included_tax_changed_since(self):
        before = self.trial_balance()
        tax, product = self._taxed({"price_include_override": "tax_included"})
        order = self.make_order(product)
        self.pay(self.invoice(order))
        tax.amount = 20.0
        self.reverse_and_void(order, before)

    def test_tax_edited_by_hand(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order, post=False)
        line = invoice.line_ids.filtered(lambda line: line.display_type == "tax")
        invoice.write(
            {
                "line_ids": [
                    Command.update(
                        line.id, {"amount_currency": line.amount_currency - 0.01}
                    )
                ]
            }
        )
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 690.01)
        self.pay(invoice)
        self.reverse_and_void(order, before)

    def test_refund_account_of_the_tax_differs(self):
        before = self.trial_balance()
        tax, product = self._taxed({})
        accounts = self.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": "liability_current"}
                for name, code in (("Tax out", "251901"), ("Tax back", "251902"))
            ]
        )
        for lines, account in (
            (tax.invoice_repartition_line_ids, accounts[0]),
            (tax.refund_repartition_line_ids, accounts[1]),
        ):
            lines.filtered(
                lambda line: line.repartition_type == "tax"
            ).account_id = account
        order = self.make_order(product)
        self.pay(self.invoice(order))
        self.reverse_and_void(order, before)

    def test_cash_basis_tax(self):
        before = self.trial_balance()
        self.company.tax_exigibility = True
        transition = self.env["account.account"].create(
            {
                "name": "Tax waiting",
                "code": "251990",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        _tax, product = self._taxed(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
            }
        )
        order = self.make_order(product)
        self.pay(self.invoice(order))
        self.reverse_and_void(order, before)
        order = self.make_order(product)
        self.pay(self.invoice(order))
        self.reverse(order, invoice_method="credit_note")
        receivable = self.company_data["default_account_receivable"]
        self.assertEqual(
            set(self.trial_balance()) - set(before),
            {(receivable.code, "USD")}
            | {
                (account.code, "USD")
                for account in order.invoice_ids.reconciled_payment_ids.mapped(
                    "outstanding_account_id"
                )
                | self.env["account.payment"]
                .search([("partner_id", "=", self.partner.id)])
                .filtered(lambda p: p.state == "in_process")
                .outstanding_account_id
            },
        )

    def _discount_term(self, computation):
        return self.env["account.payment.term"].create(
            {
                "name": computation,
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )

    def test_early_payment_discount(self):
        for computation in ("included", "excluded", "mixed"):
            with self.subTest(computation=computation):
                before = self.trial_balance()
                term = self._discount_term(computation)
                order = self.make_order(payment_term_id=term.id)
                invoice = self.invoice(order, date=fields.Date.today())
                payment = self.pay(invoice)
                self.assertLess(payment.amount, invoice.amount_total)
                self.assertEqual(invoice.payment_state, "paid")
                self.reverse_and_void(order, before)

    def _paid_with_write_off(self):
        order = self.make_order()
        invoice = self.invoice(order)
        payment = self.pay(
            invoice,
            amount=680.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(invoice.payment_state, "paid")
        return order, invoice, payment

    def test_write_off_voided(self):
        before = self.trial_balance()
        order, _invoice, _payment = self._paid_with_write_off()
        self.reverse_and_void(order, before)

    def test_write_off_kept_is_no_money(self):
        """Only what the customer paid becomes a credit, not what was written off."""
        before = self.trial_balance()
        order, _invoice, payment = self._paid_with_write_off()
        self.reverse(order, invoice_method="credit_note")
        receivable = self.company_data["default_account_receivable"]
        self.assertBooks(
            {
                **before,
                (receivable.code, "USD"): (-680.0, -680.0),
                (payment.outstanding_account_id.code, "USD"): (680.0, 680.0),
            }
        )

    def test_write_off_refund_is_what_was_paid(self):
        before = self.trial_balance()
        order, _invoice, payment = self._paid_with_write_off()
        reversal = self.reverse(
            order, invoice_method="credit_note", payment_method="refund"
        )
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        refund = self.env["account.payment"].browse(step.result_id)
        self.assertEqual(refund.amount, 680.0)
        self.assertBooks(
            before,
            exclude=payment.outstanding_account_id | refund.outstanding_account_id,
        )

    def test_write_off_of_several_orders_goes_back_with_each(self):
        """The parts are the whole, and no more is refunded than was received."""
        for together in (False, True):
            before = self.trial_balance()
            orders = self.make_order() | self.make_order(quantity=2.0)
            orders |= self.make_order()
            if together:
                invoices = self.invoice(orders)
            else:
                invoices = self.env["account.move"]
                for order in orders:
                    invoices |= self.invoice(order)
            payment = self.pay(
                invoices,
                amount=2749.99,
                payment_difference_handling="reconcile",
                writeoff_account_id=self.company_data["default_account_expense"].id,
            )
            accounts = payment.outstanding_account_id
            refunded = 0.0
            for order in orders:
                reversal = self.reverse(
                    order, invoice_method="credit_note", payment_method="refund"
                )
                self.assertTrue(reversal.action_verify(), reversal.verify_detail)
                refunded += reversal.amount_refund
                step = reversal.step_ids.filtered(lambda s: s.operation == "refund")
                refund = self.env["account.payment"].browse(step.result_id)
                accounts |= refund.outstanding_account_id
            self.assertAlmostEqual(refunded, payment.amount, 2)
            self.assertBooks(before, exclude=accounts)

    def test_early_payment_discount_of_several_orders(self):
        receivable = self.company_data["default_account_receivable"]
        for computation in ("included", "excluded", "mixed"):
            with self.subTest(computation=computation):
                before = self.trial_balance()
                term = self._discount_term(computation)
                orders = self.make_order(payment_term_id=term.id)
                orders |= self.make_order(quantity=2.0, payment_term_id=term.id)
                invoices = self.env["account.move"]
                for order in orders:
                    invoices |= self.invoice(order, date=fields.Date.today())
                payment = self.pay(invoices)
                self.assertLess(payment.amount, sum(invoices.mapped("amount_total")))
                for order in orders:
                    self.reverse(order, invoice_method="credit_note")
                expected = dict(before)
                for account, amount in (
                    (receivable, -payment.amount),
                    (payment.outstanding_account_id, payment.amount),
                ):
                    key = (account.code, "USD")
                    sums = expected.get(key, (0.0, 0.0))
                    expected[key] = tuple(float(value) + amount for value in sums)
                self.assertBooks(expected)

    def _rounding(self, strategy):
        return self.env["account.cash.rounding"].create(
            {
                "name": strategy,
                "rounding": 0.05,
                "strategy": strategy,
                "rounding_method": "HALF-UP",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )

    def test_cash_rounding(self):
        for strategy in ("add_invoice_line", "biggest_tax"):
            with self.subTest(strategy=strategy):
                before = self.trial_balance()
                _tax, product = self._taxed({"name": strategy}, price=33.33)
                order = self.make_order(product)
                invoice = self.invoice(
                    order, invoice_cash_rounding_id=self._rounding(strategy).id
                )
                self.pay(invoice)
                self.reverse_and_void(order, before)

    def test_cash_rounding_order_by_order(self):
        before = self.trial_balance()
        _tax, product = self._taxed({}, price=33.33)
        orders = self.make_order(product) | self.make_order(product, quantity=2.0)
        invoice = orders._create_invoices()
        invoice.invoice_cash_rounding_id = self._rounding("add_invoice_line")
        invoice.action_post()
        for order in orders:
            self.reverse(order, invoice_method="credit_note")
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertBooks(before)

    def test_round_globally_order_by_order(self):
        before = self.trial_balance()
        self.company.tax_calculation_rounding_method = "round_globally"
        _tax, product = self._taxed({}, price=0.35)
        orders = self.env["sale.order"]
        for _number in range(3):
            orders |= self.make_order(product)
        invoice = self.invoice(orders)
        payment = self.pay(invoice)
        for order in orders:
            self.reverse(order, invoice_method="credit_note")
        self.assertEqual(invoice.amount_residual, 0.0)
        self.reverse(payment, payment_method="void")
        self.assertBooks(before)

    def test_free_and_negative_lines_sections_and_notes(self):
        before = self.trial_balance()
        order = self.make_order()
        order.write(
            {
                "order_line": [
                    Command.create({"display_type": "line_section", "name": "Part"}),
                    Command.create(
                        {
                            "product_id": self.services[2].id,
                            "product_uom_qty": 2.0,
                            "discount": 100.0,
                        }
                    ),
                    Command.create(
                        {
                            "product_id": self.services[0].id,
                            "product_uom_qty": 1.0,
                            "price_unit": -40.0,
                        }
                    ),
                    Command.create({"display_type": "line_note", "name": "Thanks"}),
                ]
            }
        )
        invoice = self.invoice(order)
        self.pay(invoice)
        self.reverse_and_void(order, before)

    def test_free_order(self):
        before = self.trial_balance()
        order = self.make_order()
        order.order_line.discount = 100.0
        invoice = self.invoice(order)
        self.assertEqual(invoice.amount_total, 0.0)
        self.reverse_and_void(order, before)
