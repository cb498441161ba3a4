"""Each kind of difference is found, and what is right is not."""

from odoo import Command, fields
from odoo.tests import Form

from .common import CheckCase


class TestLines(CheckCase):
    """An invoice against its order, line by line."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order(quantity=4.0)
        self.move = self.draft(self.order)
        self.line = self.product_lines(self.move)[0]

    def test_agrees(self):
        self.assertAgrees(self.order, self.move)
        self.move.action_post()
        self.pay(self.move)
        self.assertAgrees(self.order, self.move, self.move.matched_payment_ids)

    def test_more_than_ordered(self):
        self.line.quantity = 5.0
        self.assertEqual(self.codes(self.move), ["quantity_ordered"])
        self.assertEqual(self.codes(self.order), ["quantity_ordered"])

    def test_more_than_ordered_within_tolerance(self):
        self.line.quantity = 5.0
        self.rule("quantity_ordered").tolerance = 25
        self.assertAgrees(self.move)
        self.line.quantity = 5.1
        self.assertEqual(self.codes(self.move), ["quantity_ordered"])

    def test_more_than_what_was_left(self):
        """The newest one is wrong, whatever was posted before."""
        self.line.quantity = 3.0
        self.move.action_post()
        second = self.draft(self.order)
        self.assertAgrees(second, self.order)
        line = self.product_lines(second)[0]
        self.assertEqual(line.quantity, 1.0)
        line.quantity = 2.0
        self.assertEqual(self.codes(second), ["quantity_ordered"])
        second.action_post()
        self.assertEqual(self.codes(second), ["quantity_ordered"])
        self.assertAgrees(self.move)

    def test_more_than_delivered(self):
        product = self.services[0]
        product.invoice_policy = "delivery"
        self.order.order_line[0].qty_delivered = 3.0
        self.assertEqual(self.codes(self.move), ["quantity_delivered"])
        self.order.order_line[0].qty_delivered = 4.0
        self.assertAgrees(self.move)
        # more delivered than ordered, all invoiced: that is the policy
        self.order.order_line[0].qty_delivered = 6.0
        self.line.quantity = 6.0
        self.assertAgrees(self.move)

    def test_invoiced_twice(self):
        self.move.action_post()
        second = self.move.copy()
        second.invoice_line_ids[0].sale_line_ids = self.line.sale_line_ids
        self.assertIn("invoiced_twice", self.codes(second))
        self.assertNotIn("quantity_ordered", self.codes(second))
        second.action_post()
        self.assertIn("invoiced_twice", self.codes(second))
        self.assertAgrees(self.move)

    def test_credited_and_invoiced_again(self):
        self.move.action_post()
        self.move._reverse_moves([{}], cancel=True)
        self.assertEqual(self.move.payment_state, "reversed")
        again = self.draft(self.order)
        self.assertAgrees(again, self.order, self.move)
        again.action_post()
        self.assertAgrees(again, self.order)

    def test_price(self):
        self.line.price_unit = 99.0
        self.assertEqual(self.codes(self.move), ["price"])
        self.rule("price").tolerance = 1.0
        self.assertAgrees(self.move)

    def test_discount(self):
        self.line.discount = 10.0
        self.assertEqual(self.codes(self.move), ["discount"])

    def test_tax(self):
        self.line.tax_ids = self.tax.copy({"name": "Another"})
        self.assertEqual(self.codes(self.move), ["tax"])
        self.line.tax_ids = False
        self.assertEqual(self.codes(self.move), ["tax"])

    def test_unit(self):
        self.line.write({"product_uom_id": self.dozen.id, "price_unit": 1200.0})
        self.assertEqual(self.codes(self.move), ["quantity_ordered", "unit"])
        # the same goods for the same money, by another unit
        self.line.quantity = 4.0 / 12
        self.assertEqual(self.codes(self.move), ["unit"])

    def test_product(self):
        self.line.write({"product_id": self.services[2].id, "price_unit": 100.0})
        self.assertEqual(self.codes(self.move), ["product"])

    def test_not_ordered(self):
        self.move.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 7.0, "quantity": 1})
        ]
        found = self.move.with_user(self.clerk).check_settlement()
        self.assertEqual([item["code"] for item in found], ["not_ordered"])
        line = self.move.invoice_line_ids[-1]
        self.assertEqual(found[0]["res_model"], "account.move.line")
        self.assertEqual(self.env["account.move.line"].browse(found[0]["res_id"]), line)
        self.assertIn("Freight", found[0]["message"])
        self.rule("not_ordered").tolerance = 10
        self.assertAgrees(self.move)

    def test_not_invoiced(self):
        """Two of three lines in full: the third one was forgotten."""
        self.line.unlink()
        self.assertEqual(self.codes(self.move), ["not_invoiced"])
        self.assertEqual(self.codes(self.order), ["not_invoiced"])

    def test_partial_invoices(self):
        lines = self.product_lines(self.move)
        (lines[1] | lines[2]).unlink()
        self.assertAgrees(self.move, self.order)
        self.line.quantity = 2.0
        self.assertAgrees(self.move, self.order)
        self.move.action_post()
        rest = self.draft(self.order)
        self.assertAgrees(rest, self.move, self.order)

    def test_delivered_in_parts(self):
        self.services.invoice_policy = "delivery"
        order = self.make_order(quantity=10.0)
        for delivered in (2.0, 5.0, 10.0):
            order.order_line[:2].qty_delivered = delivered
            move = self.draft(order)
            self.assertAgrees(move, order)
            move.action_post()
            self.assertAgrees(move, order)

    def test_sections_notes_and_texts(self):
        order = self.make_order()
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Section"}),
            Command.create({"display_type": "line_note", "name": "Note"}),
        ]
        move = self.draft(order)
        move.invoice_line_ids = [
            Command.create({"display_type": "line_note", "name": "Thank you"}),
            Command.create({"name": "Only a text", "price_unit": 0.0}),
        ]
        self.assertAgrees(move, order)

    def test_rounding(self):
        """Neither a rounding of the cash to pay, nor of a price by another unit."""
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "To five",
                "rounding": 5.0,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        order = self.make_order(quantity=7.0)
        order.order_line[0].price_unit = 33.33
        move = self.draft(order)
        move.invoice_cash_rounding_id = rounding
        self.assertIn("rounding", move.line_ids.mapped("display_type"))
        self.assertAgrees(move, order)
        self.rule("unit").severity = "off"
        line = self.product_lines(move)[0]
        line.write(
            {
                "product_uom_id": self.dozen.id,
                "quantity": 7.0 / 12,
                "price_unit": 33.33 * 12,
            }
        )
        self.assertAgrees(move, order)

    def test_invoice_without_order(self):
        move = self.init_invoice(
            "out_invoice", partner=self.partner, products=self.services, post=True
        )
        self.assertAgrees(move)
        self.assertEqual(move.settlement_check_state, "agrees")

    def test_down_payment_and_final_invoice(self):
        order = self.make_order(quantity=2.0)
        first = self.down_payment(order)
        self.assertAgrees(first, order)
        final = self.draft(order)
        self.assertAgrees(final, order)
        # the final invoice leaves out a line; alone it would be one of two
        lines = self.product_lines(final).filtered(lambda line: line.quantity > 0)
        lines[1:].unlink()
        self.assertEqual(self.codes(final), ["not_invoiced"] * 2)

    def test_what_is_no_invoice(self):
        """Credit notes, bills and entries are not compared."""
        self.line.price_unit = 1.0
        self.move.action_post()
        credit = self.move._reverse_moves([{}])
        bill = self.init_invoice("in_invoice", products=self.services)
        for move in (credit, bill):
            self.assertAgrees(move)
            self.assertFalse(move.settlement_check_state)
        quotation = self.order.copy()
        self.assertAgrees(quotation)
        self.assertFalse(quotation.settlement_check_state)


class TestHead(CheckCase):
    """An invoice against its order as a whole."""

    def setUp(self):
        super().setUp()
        self.move = self.draft()
        self.address = self.env["res.partner"].create(
            {"name": "Dock", "type": "other", "parent_id": self.partner.id}
        )

    def test_currency(self):
        self.move.currency_id = self.env.ref("base.EUR")
        self.assertEqual(self.codes(self.move), ["currency"])

    def test_terms(self):
        self.move.invoice_payment_term_id = self.terms
        self.assertEqual(self.codes(self.move), ["terms"])

    def test_fiscal_position(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.move.fiscal_position_id = position
        self.assertEqual(self.codes(self.move), ["fiscal_position"])
        # the customer's own: found by the host where the order has none
        self.partner.property_account_position_id = position
        self.assertAgrees(self.move)

    def test_customer(self):
        self.move.partner_id = self.other
        self.assertIn("customer", self.codes(self.move))
        self.assertNotIn("invoice_address", self.codes(self.move))

    def test_customer_who_is_billed_for_another(self):
        order = self.make_order(partner_invoice_id=self.other.id)
        self.assertAgrees(self.draft(order))

    def test_invoice_address(self):
        self.move.write({"partner_id": self.address.id})
        self.move.partner_shipping_id = self.partner
        self.assertEqual(self.codes(self.move), ["invoice_address"])

    def test_delivery_address(self):
        self.move.partner_shipping_id = self.address
        self.assertEqual(self.codes(self.move), ["delivery_address"])

    def test_invoice_of_two_orders(self):
        orders = self.make_order(payment_term_id=self.terms.id, quantity=3.0)
        orders |= self.make_order(quantity=2.0)
        move = self.invoice(orders, post=False)
        self.assertEqual(len(move), 1)
        self.assertAgrees(move, *orders)

    def test_order_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.8, "name": "2025-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        order = self.make_order(pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, euro)
        move = self.invoice(order)
        payment = self.pay(move)
        self.assertAgrees(order, move, payment)


class TestTwice(CheckCase):
    """A second document alike."""

    def test_second_order(self):
        first, second = self.make_order(), self.make_order()
        self.assertEqual(self.codes(second), ["order_alike"])
        self.assertAgrees(first)

    def test_orders_that_differ(self):
        first = self.make_order()
        self.assertAgrees(
            self.make_order(quantity=2.0), self.make_order(partner=self.other)
        )
        first.client_order_ref = "A"
        self.assertAgrees(self.make_order(client_order_ref="Z"))
        later = self.make_order()
        self.assertEqual(self.codes(later), ["order_alike"])
        later.date_order = fields.Datetime.add(first.date_order, days=9)
        self.assertAgrees(later)

    def test_cancelled_and_ordered_again(self):
        first = self.make_order()
        first._action_cancel()
        self.assertAgrees(self.make_order())

    def test_habit(self):
        """What a customer orders every week is no mistake."""
        start = fields.Datetime.now()
        for days in (28, 21, 14, 7, 0):
            order = self.make_order()
            order.date_order = fields.Datetime.subtract(start, days=days)
        self.assertAgrees(order)
        next_one = self.make_order()
        next_one.date_order = start
        self.assertAgrees(next_one)

    def test_second_invoice(self):
        first = self.init_invoice("out_invoice", products=self.services, post=True)
        second = first.copy()
        second.invoice_date = first.invoice_date
        self.assertEqual(self.codes(second), ["invoice_alike"])
        self.assertAgrees(first)
        second.invoice_line_ids[0].quantity = 2.0
        self.assertAgrees(second)

    def test_invoices_of_one_order(self):
        """Two halves of the same order are alike, and right."""
        order = self.make_order(quantity=2.0)
        for _half in range(2):
            move = self.draft(order)
            self.product_lines(move).write({"quantity": 1.0})
            move.action_post()
            self.assertAgrees(move, order)


class TestPayments(CheckCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.move = self.invoice(self.order)

    def draft_payment(self, amount=690.0, **values):
        return self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "amount": amount,
                "journal_id": self.bank.id,
                "invoice_ids": [Command.set(self.move.ids)],
                **values,
            }
        )

    def test_exact(self):
        payment = self.draft_payment()
        self.assertAgrees(payment)
        payment.action_post()
        self.assertAgrees(payment)

    def test_over(self):
        draft = self.draft_payment(700.0)
        self.assertEqual(self.codes(draft), ["payment_over"])
        self.assertEqual(self.codes(self.move), ["payment_over"])
        draft.unlink()
        payment = self.pay(self.move, amount=700.0)
        self.assertEqual(self.codes(payment), ["payment_over"])
        self.assertEqual(self.codes(self.move), ["payment_over"])
        self.assertEqual(self.codes(self.order), ["payment_over"])
        self.rule("payment_over").tolerance = 10
        self.assertAgrees(payment, self.move)

    def test_under(self):
        draft = self.draft_payment(600.0)
        self.assertEqual(self.codes(draft), ["payment_under"])
        draft.unlink()
        payment = self.pay(self.move, amount=600.0)
        self.assertEqual(self.codes(payment), ["payment_under"])
        self.pay(self.move, amount=90.0)
        self.assertAgrees(payment, self.move)

    def test_written_off(self):
        payment = self.pay(
            self.move,
            amount=600.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertAgrees(payment, self.move, self.order)

    def test_installments(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create({"value_amount": 30, "nb_days": 0}),
                    Command.create({"value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        order = self.make_order(payment_term_id=terms.id, quantity=2.0)
        self.move = self.invoice(order)
        drafts = [self.draft_payment(amount) for amount in (414.0, 1380.0, 400.0)]
        self.assertAgrees(*drafts[:2])
        self.assertEqual(self.codes(drafts[2]), ["payment_under"])
        for draft in drafts:
            draft.unlink()
        self.assertAgrees(self.pay(self.move, amount=414.0), self.move)

    def test_twice(self):
        first = self.draft_payment(invoice_ids=False)
        first.action_post()
        self.assertAgrees(first)
        second = self.draft_payment()
        self.assertEqual(self.codes(second), ["payment_twice"])
        far = self.draft_payment(date=fields.Date.add(first.date, days=9))
        self.assertAgrees(far)

    def test_two_sales_of_the_same_amount(self):
        other = self.invoice(self.make_order(quantity=1.0))
        payments = self.pay(self.move) | self.pay(other)
        self.assertAgrees(*payments)

    def test_somebody_else(self):
        payment = self.draft_payment(partner_id=self.other.id)
        self.assertEqual(self.codes(payment), ["payment_partner"])

    def test_another_currency(self):
        payment = self.draft_payment(currency_id=self.env.ref("base.EUR").id)
        self.assertEqual(self.codes(payment), ["payment_currency"])

    def test_closed_period(self):
        self.company.fiscalyear_lock_date = "2026-01-31"
        payment = self.draft_payment(date="2026-01-15")
        self.assertEqual(self.codes(payment), ["payment_period"])
        payment.date = "2026-02-01"
        self.assertAgrees(payment)

    def test_wizard_says_it(self):
        """*Pay* shows what differs, and nothing while all agrees."""
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=self.move.ids)
        )
        with Form(wizard) as form:
            self.assertFalse(form.actionable_errors)
            form.amount = 700.0
            self.assertIn("settlement_payment_over", form.actionable_errors)
            form.amount = 600.0
            self.assertIn("settlement_payment_under", form.actionable_errors)
            self.assertTrue(form.settlement_check_differs)
            form.amount = 690.0
            self.assertFalse(form.actionable_errors)
        self.company.fiscalyear_lock_date = "2026-01-31"
        with Form(wizard) as form:
            form.payment_date = "2026-01-15"
            self.assertIn("settlement_payment_period", form.actionable_errors)
            form.payment_date = self.today()


class TestHistory(CheckCase):
    def sell(self, count, price=None, **values):
        for number in range(count):
            order = self.make_order(products=self.services[0], **values)
            order.client_order_ref = f"{number}-{price}-{values}"
            if price:
                order.order_line.price_unit = price
            move = self.draft(order)
            move.action_post()
        return move

    def test_price_of_a_product(self):
        self.sell(6)
        wrong = self.make_order(products=self.services[0])
        wrong.order_line.price_unit = 1000.0
        move = self.draft(wrong)
        self.assertEqual(self.codes(move), ["customer_history", "product_history"])
        wrong = self.make_order(products=self.services[0], quantity=2.0)
        wrong.order_line.price_unit = 10.0
        self.assertEqual(self.codes(self.draft(wrong)), ["product_history"])

    def test_too_little_history(self):
        self.sell(3)
        wrong = self.make_order(products=self.services[0])
        wrong.order_line.price_unit = 10000.0
        self.assertAgrees(self.draft(wrong))

    def test_down_payments_are_not_usual_amounts(self):
        for number in range(6):
            order = self.make_order(products=self.services[0])
            order.client_order_ref = f"Deposit {number}"
            self.down_payment(order, 10.0)
        order = self.make_order(products=self.services[0], quantity=2.0)
        self.assertAgrees(self.draft(order))

    def test_amount_of_a_customer(self):
        self.sell(6)
        order = self.make_order(products=self.services[0], quantity=40.0)
        self.assertEqual(self.codes(self.draft(order)), ["customer_history"])
        order = self.make_order(products=self.services[0], quantity=4.0)
        self.assertAgrees(self.draft(order))
