"""Currencies, banks, providers, periods (shapes 3, 4, 9, 10, 11, 12)."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError

from odoo.addons.account.models.account_move import AccountMove

from .foreseen import ForeseenCase


class TestMoney(ForeseenCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency(
            "EUR",
            rates=[("2024-01-01", 0.8), ("2025-01-01", 1.0), ("2026-01-01", 1.25)],
        )

    def _receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )

    # ------------------------------------------------------------------
    # 3. and 4. currencies
    # ------------------------------------------------------------------

    def _foreign(self, paid_on=None, currency=None):
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": self.euro.id}
        )
        order = self.make_order(pricelist_id=pricelist.id)
        order.order_line.write({"price_unit": 100.0})
        invoice = self.invoice(order, date="2024-06-01")
        self.assertEqual(invoice.currency_id, self.euro)
        values = {"payment_date": paid_on} if paid_on else {}
        if currency:
            values["currency_id"] = currency.id
        payment = self.pay(invoice, **values)
        self.assertEqual(invoice.payment_state, "paid")
        return order, invoice, payment

    def test_foreign_currency_at_the_rate_of_the_invoice(self):
        before = self.trial_balance()
        order, invoice, _payment = self._foreign(paid_on="2024-06-02")
        self.reverse(order, payment_method="void", invoice_method="credit_note")
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.invoice_currency_rate, invoice.invoice_currency_rate)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBooks(before)

    def test_exchange_difference_is_undone(self):
        before = self.trial_balance()
        order, invoice, _payment = self._foreign(paid_on="2025-03-01")
        self.assertTrue(self._receivable(invoice).matched_credit_ids.exchange_move_id)
        self.reverse(order, payment_method="void", invoice_method="credit_note")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertBooks(before)

    def test_exchange_difference_kept_money(self):
        order, invoice, payment = self._foreign(paid_on="2025-03-01")
        self.reverse(order, invoice_method="credit_note")
        line = self._receivable(payment.move_id)
        self.assertEqual(line.amount_residual_currency, line.amount_currency)
        self.assertEqual(line.amount_residual, line.balance)
        self.assertEqual(self._receivable(invoice).mapped("amount_residual"), [0.0])

    def test_the_impact_is_told_at_the_rate_of_the_payment(self):
        """With the exchange difference that goes, for either currency of a payment."""
        dollar = self.company.currency_id
        for paid_on in ("2024-06-02", "2025-03-01", "2026-03-01"):
            for currency in (self.euro, dollar):
                for method in ("credit", "void", "refund"):
                    with self.subTest(paid_on, currency=currency.name, method=method):
                        self._check_told(paid_on, currency, method)

    def _check_told(self, paid_on, currency, method):
        order, invoice, _payment = self._foreign(paid_on=paid_on, currency=currency)
        settled = self.trial_balance()
        reversal = self.reverse(
            order, payment_method=method, invoice_method="credit_note"
        )
        after = self.trial_balance()
        told = sum(
            row["amount"]
            for row in reversal.impact["rows"]
            if row["kind"] == "receivable"
        )
        code = self._receivable(invoice).account_id.code
        changed = sum(
            float(books.get((code, name), (0.0, 0.0))[0]) * sign
            for books, sign in ((after, 1), (settled, -1))
            for name in (self.euro.name, self.company.currency_id.name)
        )
        self.assertAlmostEqual(told, changed, 2)

    def test_payment_in_another_currency(self):
        before = self.trial_balance()
        order, _invoice, payment = self._foreign(
            paid_on="2024-06-02", currency=self.company.currency_id
        )
        self.assertEqual(payment.currency_id, self.company.currency_id)
        self.reverse(order, payment_method="void", invoice_method="credit_note")
        self.assertBooks(before)

    def test_refund_in_the_currency_of_the_payment(self):
        """All that was received goes back, the exchange difference with it."""
        for paid_on in ("2024-06-02", "2025-03-01", "2026-03-01"):
            for currency in (self.euro, self.company.currency_id):
                with self.subTest(paid_on, currency=currency.name):
                    order, _invoice, payment = self._foreign(
                        paid_on=paid_on, currency=currency
                    )
                    refund = self._refund(order)
                    self.assertEqual(refund.currency_id, payment.currency_id)
                    self.assertEqual(refund.amount, payment.amount)
                    self.assertTrue(payment.is_reconciled)

    def _refund(self, order):
        reversal = self.reverse(
            order, payment_method="refund", invoice_method="credit_note"
        )
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        return self.env["account.payment"].browse(step.result_id)

    def test_refund_of_a_payment_of_several_foreign_invoices(self):
        for paid_on in ("2025-03-01", "2026-03-01"):
            with self.subTest(paid_on):
                pricelist = self.env["product.pricelist"].create(
                    {"name": "EUR", "currency_id": self.euro.id}
                )
                invoices = self.env["account.move"]
                for number in range(2):
                    order = self.make_order(
                        pricelist_id=pricelist.id, quantity=1.37 + number
                    )
                    invoices |= self.invoice(order, date="2024-06-01")
                payment = self.pay(
                    invoices,
                    payment_date=paid_on,
                    currency_id=self.company.currency_id.id,
                )
                line = self._receivable(payment.move_id)
                # The host itself may leave a cent of the payment open.
                left = abs(line.amount_residual)
                self.assertLessEqual(left, 0.01)
                refunds = [
                    self._refund(invoice.line_ids.sale_line_ids.order_id)
                    for invoice in invoices
                ]
                self.assertAlmostEqual(
                    sum(refund.amount for refund in refunds), payment.amount - left, 2
                )
                self.assertAlmostEqual(abs(line.amount_residual), left, 2)

    def test_shared_foreign_invoice_order_by_order(self):
        before = self.trial_balance()
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": self.euro.id}
        )
        orders = self.env["sale.order"]
        for price in (33.33, 66.67, 0.07):
            order = self.make_order(pricelist_id=pricelist.id)
            order.order_line.write({"price_unit": price})
            orders |= order
        invoice = self.invoice(orders, date="2024-06-01")
        payment = self.pay(invoice, payment_date="2025-03-01")
        for order in orders:
            self.reverse(order, invoice_method="credit_note")
        self.assertEqual(invoice.amount_residual, 0.0)
        self.reverse(payment, payment_method="void")
        self.assertBooks(before)

    # ------------------------------------------------------------------
    # 9. bank statements
    # ------------------------------------------------------------------

    def _bank_line(self, amount):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": self.today(),
                "payment_ref": "transfer",
                "partner_id": self.partner.id,
                "amount": amount,
            }
        )

    def _match_bank(self, line, counterpart):
        """Match a bank line with a journal item, as the bank widget does."""
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.with_context(
            skip_readonly_check=True
        ).account_id = counterpart.account_id
        (suspense | counterpart).reconcile()
        self.assertTrue(line.is_reconciled)

    def _bank_matched(self):
        order, invoice, payment = self.settle()
        line = self._bank_line(690.0)
        liquidity, _counterpart, _write_off = payment._seek_for_lines()
        self._match_bank(line, liquidity)
        self.assertEqual(payment.reconciled_statement_line_ids, line)
        return order, invoice, payment, line

    def test_bank_matched_payment_is_kept_with_a_warning(self):
        order, invoice, payment, line = self._bank_matched()
        image = self.image(line, line.move_id, line.move_id.line_ids)
        reversal = self.reverse(order)
        self.assertIn("bank_matched", reversal.finding_ids.mapped("code"))
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(self.image(line, line.move_id, line.move_id.line_ids), image)
        self.assertEqual(payment.reconciled_statement_line_ids, line)

    def test_bank_matched_payment_cannot_be_voided(self):
        order, _invoice, payment, line = self._bank_matched()
        with self.assertRaisesRegex(UserError, "bank statement line"):
            self.request(order, payment_method="void").action_submit()
        self.assertEqual(payment.reconciled_statement_line_ids, line)

    def test_bank_line_straight_on_the_invoice(self):
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        line = self._bank_line(690.0)
        self._match_bank(line, self._receivable(invoice))
        self.assertEqual(invoice.payment_state, "paid")
        reversal = self.reverse(order)
        self.assertIn("bank_line_released", reversal.finding_ids.mapped("code"))
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(
            self._receivable(line.move_id).mapped("amount_residual"), [-690.0]
        )

    # ------------------------------------------------------------------
    # 10. payments without a journal entry
    # ------------------------------------------------------------------

    def _without_entry(self):
        return patch.object(
            AccountMove, "_get_invoice_in_payment_state", lambda self: "in_payment"
        )

    def _settle_without_entry(self, invoices):
        method = self.bank.inbound_payment_method_line_ids[:1]
        method.payment_account_id = False
        payment = self.pay(invoices)
        self.assertFalse(payment.move_id)
        return payment

    def test_payment_without_entry(self):
        with self._without_entry():
            for method in ("auto", "void"):
                with self.subTest(method=method):
                    before = self.trial_balance()
                    order = self.make_order()
                    invoice = self.invoice(order)
                    payment = self._settle_without_entry(invoice)
                    self.assertEqual(invoice.payment_state, "in_payment")
                    self.reverse(
                        order, payment_method=method, invoice_method="credit_note"
                    )
                    self.assertEqual(invoice.payment_state, "reversed")
                    self.assertEqual(
                        payment.state, "canceled" if method == "void" else "in_process"
                    )
                    self.assertFalse(payment.invoice_ids)
                    self.assertBooks(before)

    def test_shared_payment_without_entry(self):
        with self._without_entry():
            orders = self.make_order() | self.make_order()
            invoices = self.invoice(orders[0]) | self.invoice(orders[1])
            payment = self._settle_without_entry(invoices)
            with self.assertRaisesRegex(UserError, invoices[1].name):
                self.request(orders[0], payment_method="void").action_submit()
            self.reverse(orders[0], invoice_method="credit_note")
            self.assertEqual(payment.invoice_ids, invoices[1])
            self.assertEqual(invoices[1].payment_state, "in_payment")
            self.assertEqual(payment.state, "in_process")

    # ------------------------------------------------------------------
    # 12. locked periods
    # ------------------------------------------------------------------

    def _settle_in(self, day):
        order = self.make_order()
        invoice = self.invoice(order, date=day)
        payment = self.pay(invoice, payment_date=day)
        return order, invoice, payment

    def test_locked_periods(self):
        day = date(2026, 3, 15)
        lock = date(2026, 3, 31)
        for field in (
            "fiscalyear_lock_date",
            "tax_lock_date",
            "sale_lock_date",
            "purchase_lock_date",
            "hard_lock_date",
        ):
            with self.subTest(lock=field):
                before = self.trial_balance()
                order, invoice, payment = self._settle_in(day)
                self.company.sudo()[field] = lock
                reversal = self.reverse(order, payment_method="void")
                entries = self.env["account.move"]
                for step in reversal.step_ids.filtered("result_id"):
                    entries |= self.env[step.result_model].browse(step.result_id)
                self.assertTrue(all(move.date > lock for move in entries))
                self.assertEqual(invoice.state, "posted")
                self.assertEqual(payment.state, "canceled")
                self.assertBooks(before)
                if field != "hard_lock_date":
                    self.company.sudo()[field] = False

    def test_date_in_a_locked_period_is_moved_and_said(self):
        order, invoice, _payment = self._settle_in(date(2026, 3, 15))
        self.company.sudo().fiscalyear_lock_date = date(2026, 4, 30)
        reversal = self.request(
            order, date=date(2026, 4, 2), invoice_method="credit_note"
        )
        reversal.action_submit()
        self.assertIn("date_moved", reversal.finding_ids.mapped("code"))
        self.assertEqual(reversal.entry_date, date(2026, 5, 1))
        self.assertEqual(invoice.reversal_move_ids.date, date(2026, 5, 1))
        self.assertEqual(invoice.reversal_move_ids.invoice_date, date(2026, 5, 1))

    def test_void_in_a_locked_period_is_refused(self):
        order, invoice, _payment = self._settle_in(date(2026, 3, 15))
        self.company.sudo().sale_lock_date = date(2026, 3, 31)
        with self.assertRaisesRegex(UserError, "period is locked"):
            self.request(order, invoice_method="void").action_submit()
        self.assertEqual(invoice.state, "posted")

    def test_lock_exception_of_the_user_is_respected(self):
        order, invoice, _payment = self._settle_in(date(2026, 3, 15))
        self.company.sudo().sale_lock_date = date(2026, 3, 31)
        self.env["account.lock_exception"].sudo().create(
            {
                "company_id": self.company.id,
                "user_id": self.clerk.id,
                "sale_lock_date": False,
                "end_datetime": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self.reverse(order, invoice_method="void")
        self.assertEqual(invoice.state, "cancel")

    def test_hashed_journals(self):
        before = self.trial_balance()
        self.company_data["default_journal_sale"].restrict_mode_hash_table = True
        self.bank.restrict_mode_hash_table = True
        order, invoice, payment = self.settle(sent=False)
        for move in invoice | payment.move_id:
            if not move.inalterable_hash:
                move.button_hash()
            self.assertTrue(move.inalterable_hash)
        with self.assertRaisesRegex(UserError, "hash"):
            self.request(order, invoice_method="void").action_submit()
        reversal = self.reverse(order, payment_method="void")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(payment.state, "canceled")
        self.assertTrue(
            reversal.step_ids.filtered(
                lambda step: step.operation == "void_payment"
            ).result_id
        )
        self.assertBooks(before)

    def test_restrictive_audit_trail(self):
        before = self.trial_balance()
        self.company.sudo().restrictive_audit_trail = True
        order, invoice, payment = self.settle(sent=False)
        self.reverse(order, payment_method="void")
        self.assertEqual((invoice.state, payment.state), ("cancel", "canceled"))
        self.assertTrue(payment.move_id.name)
        self.assertBooks(before)

    def test_invoice_that_needs_a_cancel_request(self):
        order, invoice, _payment = self.settle(sent=False)
        with patch.object(
            type(self.env["account.move"]),
            "_need_cancel_request",
            lambda move: move == invoice,
        ):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "authorities"):
                self.request(order, invoice_method="void").action_submit()
            reversal = self.reverse(order)
        self.assertIn("cancel_request", reversal.finding_ids.mapped("code"))
        self.assertEqual(invoice.payment_state, "reversed")

    def test_archived_account_and_product(self):
        order, invoice, _payment = self.settle()
        self.services.action_archive()
        account = self.company_data["default_account_revenue"]
        account.active = False
        with self.assertRaisesRegex(UserError, account.code):
            self.request(order).action_submit()
        account.active = True
        self.reverse(order)
        self.assertEqual(invoice.payment_state, "reversed")

    # ------------------------------------------------------------------
    # 11. online payments
    # ------------------------------------------------------------------

    def test_online_payment_is_kept_and_cannot_be_voided(self):
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        payment = self.pay(invoice)
        provider = (
            self.env["payment.provider"]
            .sudo()
            .create(
                {
                    "name": "Shop",
                    "code": "none",
                    "company_id": self.company.id,
                    "state": "disabled",
                }
            )
        )
        method = self.env.ref("payment.payment_method_unknown")
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": "ONLINE-1",
                    "amount": 690.0,
                    "currency_id": self.company.currency_id.id,
                    "partner_id": self.partner.id,
                    "state": "done",
                    "payment_id": payment.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "invoice_ids": [Command.set(invoice.ids)],
                }
            )
        )
        payment.sudo().payment_transaction_id = transaction
        with self.assertRaisesRegex(UserError, "captured online"):
            self.request(order, payment_method="void").action_submit()
        self.reverse(order)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(payment.state, "in_process")
