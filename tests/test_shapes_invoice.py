"""Orders and invoices of every kind (shapes 3, 5, 6, 13, 14)."""

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import ReversalCase


class TestInvoiceShapes(ReversalCase):
    def _void_all(self, order, before, **values):
        """Taken back without leaving anything, by credit note and by void."""
        self.reverse(
            order, payment_method="void", invoice_method="credit_note", **values
        )
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertBooks(before)

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
        self._void_all(order, before)
        self.assertEqual(order.state, "cancel")

    def test_partial_payment(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order)
        self.pay(invoice, amount=200.0, payment_difference_handling="open")
        self.assertEqual(order.settlement_state, "partly")
        self._void_all(order, before)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_unpaid_invoice(self):
        before = self.trial_balance()
        order = self.make_order()
        self.invoice(order)
        self._void_all(order, before)

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
        self._void_all(order, before)
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
        self._void_all(order, before)

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
        self._void_all(order, before)

    def test_payments_of_several_journals_and_dates(self):
        before = self.trial_balance()
        order = self.make_order()
        invoice = self.invoice(order)
        cash = self.company_data["default_journal_cash"]
        self.pay(invoice, amount=90.0, payment_date="2026-01-15")
        self.pay(invoice, amount=600.0, journal=cash)
        self._void_all(order, before)

    # ------------------------------------------------------------------
    # 5. taxes, discounts, roundings
    # ------------------------------------------------------------------

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
        self._void_all(order, before)

    def test_tax_changed_since(self):
        before = self.trial_balance()
        tax, product = self._taxed({})
        order = self.make_order(product)
        self.pay(self.invoice(order))
        tax.amount = 20.0
        self._void_all(order, before)

    def test_included_tax_changed_since(self):
        before = self.trial_balance()
        tax, product = self._taxed({"price_include_override": "tax_included"})
        order = self.make_order(product)
        self.pay(self.invoice(order))
        tax.amount = 20.0
        self._void_all(order, before)

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
        self._void_all(order, before)

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
        self._void_all(order, before)

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
        self._void_all(order, before)
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

    def test_early_payment_discount(self):
        for computation in ("included", "excluded", "mixed"):
            with self.subTest(computation=computation):
                before = self.trial_balance()
                term = self.env["account.payment.term"].create(
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
                order = self.make_order(payment_term_id=term.id)
                invoice = self.invoice(order, date=fields.Date.today())
                payment = self.pay(invoice)
                self.assertLess(payment.amount, invoice.amount_total)
                self.assertEqual(invoice.payment_state, "paid")
                self._void_all(order, before)

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
        self._void_all(order, before)

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
                self._void_all(order, before)

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
        self._void_all(order, before)

    def test_free_order(self):
        before = self.trial_balance()
        order = self.make_order()
        order.order_line.discount = 100.0
        invoice = self.invoice(order)
        self.assertEqual(invoice.amount_total, 0.0)
        self._void_all(order, before)

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
                self._void_all(order, before)

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
        self._void_all(order, before)
        credit = invoice.reversal_move_ids
        revenue = credit.line_ids.filtered(lambda line: line.display_type == "product")
        self.assertTrue(all(revenue.mapped("is_storno")))

    def test_refund_sequence_of_its_own(self):
        before = self.trial_balance()
        self.company_data["default_journal_sale"].refund_sequence = True
        order = self.make_order()
        invoice = self.invoice(order)
        self.pay(invoice)
        self._void_all(order, before)
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
