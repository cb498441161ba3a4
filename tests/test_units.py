"""Invoices in another unit than the order; credit notes of the host's own making."""

from .test_parts import PartCase


class TestUnits(PartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")

    def _two_dozen(self):
        """24 units ordered, 2 dozen invoiced at 12 times the price, paid."""
        order = self.make_order(self.services[0], quantity=24.0)
        invoice = self.invoice(order, post=False)
        invoice.invoice_line_ids.write(
            {"product_uom_id": self.dozen.id, "quantity": 2.0, "price_unit": 1200.0}
        )
        invoice.action_post()
        invoice.is_move_sent = True
        self.assertEqual(invoice.amount_total, 2760.0)
        self.assertEqual(order.order_line.qty_invoiced, 24.0)
        return order, invoice, self.pay(invoice)

    def test_credited_by_hand_in_units(self):
        before = self.trial_balance()
        order, invoice, _payment = self._two_dozen()
        credit = invoice._reverse_moves(cancel=False)
        credit.invoice_line_ids.write(
            {"product_uom_id": self.unit.id, "quantity": 7.0, "price_unit": 100.0}
        )
        credit.invoice_date = self.today()
        credit.action_post()
        self.assertEqual(order.order_line.qty_invoiced, 17.0)
        self.reverse_and_void(order, before)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_a_part_in_units_of_an_invoice_in_dozens(self):
        before = self.trial_balance()
        order, invoice, payment = self._two_dozen()
        line = order.order_line
        self.take(order, {line: 7.0})
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.amount_total, 805.0)
        self.assertEqual(line.qty_invoiced, 17.0)
        self.take(order, {line: 12.0})
        self.assertEqual(line.qty_invoiced, 5.0)
        self.take(invoice, {invoice.invoice_line_ids: 0.25})
        self.assertEqual(line.qty_invoiced, 2.0)
        self.take(order, {line: 2.0})
        self.assertEqual(line.qty_invoiced, 0.0)
        self.assertEqual(invoice.payment_state, "reversed")
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_cancel()
        self.assertBooks(before)

    def test_one_quantity_lowered_and_another_raised(self):
        """The host makes a credit note with a line of the opposite sign."""
        for raised, lowered in ((1, 0), (0, 1)):
            before = self.trial_balance()
            order, invoice, _payment = self.settle(
                products=self.services[:2], quantity=4.0
            )
            lines = order.order_line
            lines[lowered].product_uom_qty = 1.0 if lowered else 0.0
            lines[raised].product_uom_qty = 5.0
            credit = self.invoice(order)
            self.assertEqual(credit.move_type, "out_refund")
            self.assertEqual(lines[raised].qty_invoiced, 5.0)
            self.assertEqual(
                set(credit.invoice_line_ids.mapped("quantity")) & {-1.0}, {-1.0}
            )
            self.reverse_and_void(order, before)
            self.assertEqual(invoice.payment_state, "reversed")

    def test_a_part_of_what_was_raised(self):
        order, _invoice, _payment = self.settle(
            products=self.services[:2], quantity=4.0
        )
        first, second = order.order_line
        first.product_uom_qty = 5.0
        second.product_uom_qty = 1.0
        self.invoice(order)
        reversal = self.take(order, {first: 5.0})
        self.assertEqual(first.qty_invoiced, 0.0)
        self.assertEqual(reversal.amount_total, 575.0)

    def test_the_receivable_account_of_the_invoice(self):
        """The customer has another account by now: whole and part take the old one."""
        order, invoice, _payment = self.settle(quantity=10.0)
        other_order, other, _payment = self.settle(quantity=10.0)
        owed = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id
        self.partner.property_account_receivable_id = owed.copy()
        self.take(order, {order.order_line[0]: 3.0})
        self.reverse(order)
        self.reverse(other_order)
        credits = (invoice | other).reversal_move_ids
        self.assertEqual(len(credits), 3)
        terms = credits.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertEqual(terms.account_id, owed)
        self.assertEqual(set((invoice | other).mapped("payment_state")), {"reversed"})

    def test_a_shared_invoice_of_a_customer_with_a_new_account(self):
        orders = self.make_order() | self.make_order(quantity=2.0)
        invoice = self.invoice(orders)
        invoice.is_move_sent = True
        self.pay(invoice)
        account = self.partner.property_account_receivable_id
        self.partner.property_account_receivable_id = account.copy()
        settled = self.trial_balance()
        reversal = self.reverse(orders[0])
        self.assertEqual(invoice.payment_state, "paid")
        reversal.with_user(self.manager).action_undo()
        self.assertBooks(settled)

    def test_deposits_are_matched_as_the_host_does(self):
        """A deposits account: the down payment and what was deducted of it."""
        deposits = self.env["account.account"].create(
            {
                "name": "Deposits",
                "code": "213990",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        for matched in (False, True):
            order = self.make_order(self.services[0], quantity=4.0)
            down = self.env["sale.advance.payment.inv"].with_context(
                active_model="sale.order", active_ids=order.ids
            )
            down.create(
                {"advance_payment_method": "percentage", "amount": 30.0}
            ).create_invoices()
            first = order.invoice_ids
            first.invoice_line_ids.account_id = deposits
            first.action_post()
            final = self.invoice(order, post=False)
            deducted = final.invoice_line_ids.filtered(lambda line: line.quantity < 0)
            deducted.account_id = deposits
            final.action_post()
            (first | final).is_move_sent = True
            items = (first | final).line_ids.filtered(
                lambda line: line.account_id == deposits
            )
            self.assertEqual(sorted(items.mapped("balance")), [-120.0, 120.0])
            if matched:
                items.reconcile()
            reversal = self.reverse(order)
            credits = (first | final).reversal_move_ids
            left = (first | final | credits).line_ids.filtered(
                lambda line: line.account_id == deposits and not line.reconciled
            )
            self.assertFalse(left)
            reversal.with_user(self.manager).action_undo()
            self.assertEqual(set(items.mapped("reconciled")), {matched})

    def test_the_order_of_a_return_whose_money_was_paid_out(self):
        order = self.make_order(self.services[0], quantity=-2.0)
        credit = self.invoice(order)
        self.assertEqual(credit.move_type, "out_refund")
        payment = self.pay(credit)
        reversal = self.request(order)
        found = self.blockers(reversal)
        self.assertEqual(found.mapped("code"), ["credit_without_invoice"])
        self.assertIn(payment.name, found.remedy)
        self.assertIn("230.00", found.remedy)

    def test_an_order_invoiced_in_another_currency(self):
        """The host keeps a difference of the rates as invoiced, and it is said."""
        euro = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 0.5), ("2026-03-01", 2.0)]
        )
        order = self.make_order(self.services[0])
        invoice = self.invoice(order, post=False)
        invoice.write({"invoice_date": "2026-02-01", "currency_id": euro.id})
        invoice.action_post()
        invoice.is_move_sent = True
        reversal = self.request(order)
        reversal.action_assess()
        found = reversal.finding_ids.filtered(
            lambda finding: finding.code == "invoiced_amount_left"
        ).message
        reversal.action_submit()
        left = order.order_line.untaxed_amount_invoiced
        self.assertTrue(left)
        self.assertIn(self.company.currency_id.format(left), found)
