"""The cost of a part of the goods: of an invoice, kept, or credited before."""

from .valuation import ValuationCase


class TestPartialCost(ValuationCase):
    """A part of an invoice takes its own cost back, to the cent."""

    def test_one_of_two_orders_on_an_invoice(self):
        before, stock = self.trial_balance(), self.on_hand(self.standard)
        mine = self.make_order(products=self.standard, quantity=3.0)
        other = self.make_order(products=self.standard, quantity=4.0)
        self.deliver(mine)
        self.deliver(other)
        invoice = self.invoice(mine | other)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(self.costs(invoice), [-40.0, -30.0, 30.0, 40.0])
        self.reverse(mine, "cancel", delivery_method="return")
        credit = invoice.reversal_move_ids
        self.assertEqual(self.costs(credit), [-30.0, 30.0])
        self.assertEqual(other.order_line.qty_invoiced, 4.0)
        self.assertEqual(self.on_hand(self.standard)["Standard"], (16.0, 160.0))
        self.reverse(other, "cancel", delivery_method="return")
        self.assertBooks(before)
        self.assertEqual(self.on_hand(self.standard), stock)

    def test_two_lines_of_a_product_at_different_cost(self):
        """The host would take the first line's cost for both."""
        product = self.make_fifo()
        before, stock = self.trial_balance(), self.on_hand(product)
        cheap = self.make_order(products=product, quantity=2.0)
        dear = self.make_order(products=product, quantity=2.0)
        self.deliver(cheap)
        self.deliver(dear)
        invoice = self.invoice(cheap | dear)
        self.assertEqual(self.costs(invoice), [-34.0, -20.0, 20.0, 34.0])
        self.pay(invoice)
        self.reverse(dear, "cancel", delivery_method="return", payment_method="refund")
        credit = invoice.reversal_move_ids
        self.assertEqual(self.costs(credit), [-34.0, 34.0])
        self.reverse(cheap, "cancel", delivery_method="return", payment_method="refund")
        self.assertEqual(self.costs(invoice.reversal_move_ids - credit), [-20.0, 20.0])
        money = (
            self.env["account.payment"]
            .search([("partner_id", "=", self.partner.id)])
            .outstanding_account_id
        )
        self.assertBooks(before, exclude=money)
        self.assertEqual(self.on_hand(product)[product.name][0], stock["Fifo"][0])

    def test_the_rest_after_an_earlier_credit_note(self):
        before = self.trial_balance()
        product = self.make_goods("Third", 3.33, valuation="real_time")
        self.receive(product, 9)
        order, invoice, _payment = self.settle_goods(products=product, quantity=3.0)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        credit.invoice_line_ids.quantity = 1.0
        credit.action_post()
        self.assertEqual(self.costs(credit), [-3.33, 3.33])
        self.reverse(order, "cancel", delivery_method="return", payment_method="refund")
        rest = invoice.reversal_move_ids - credit
        self.assertEqual(self.costs(rest), [-6.66, 6.66])
        self.assertEqual(rest.invoice_line_ids.quantity, 2.0)
        cost_lines = rest.line_ids.filtered(lambda line: line.display_type == "cogs")
        self.assertEqual(set(cost_lines.mapped("quantity")), {2.0})
        money = (
            self.env["account.payment"]
            .search([("partner_id", "=", self.partner.id)])
            .outstanding_account_id
        )
        receivable = self.company_data["default_account_receivable"]
        self.assertBooks(before, exclude=money | receivable)

    def test_impact_of_a_part(self):
        mine = self.make_order(products=self.standard, quantity=3.0)
        other = self.make_order(products=self.standard, quantity=2.0)
        self.deliver(mine)
        self.deliver(other)
        self.invoice(mine | other)
        reversal = self.request(mine, "cancel", delivery_method="return")
        reversal.action_assess()
        amounts = {row["kind"]: row["amount"] for row in reversal.impact["rows"]}
        self.assertEqual((amounts["cost"], amounts["stock"]), (-30.0, 30.0))

    def test_verification_sees_a_planted_error(self):
        mine = self.make_order(products=self.standard, quantity=3.0)
        other = self.make_order(products=self.standard, quantity=2.0)
        self.deliver(mine)
        self.deliver(other)
        invoice = self.invoice(mine | other)
        reversal = self.reverse(mine, "cancel", delivery_method="return")
        cost = invoice.reversal_move_ids.line_ids.filtered(
            lambda line: line.display_type == "cogs"
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = balance * 2 WHERE id = %s",
            [cost[0].id],
        )
        cost.invalidate_recordset()
        self.assertFalse(reversal.action_verify())


class TestKeptCost(ValuationCase):
    """Goods that stay with the customer stay at their cost in the books."""

    def kept(self, before, cost, product=None):
        product = (product or self.standard).with_company(self.company)
        accounts = product._get_product_accounts()
        expected = dict(before)
        for account, amount in (
            (accounts["expense"], cost),
            (accounts["stock_valuation"], -cost),
        ):
            key = (account.code, "USD")
            balance, currency_balance = expected.get(key, (0.0, 0.0))
            expected[key] = (
                float(balance) + amount,
                float(currency_balance) + amount,
            )
        return expected

    def test_credit_note(self):
        before = self.trial_balance()
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        reversal = self.request(
            order, "cancel", delivery_method="keep", payment_method="void"
        )
        reversal.action_assess()
        step = self.step_of(reversal, order.picking_ids)
        self.assertIn("30.00", step.why)
        amounts = {row["kind"]: row["amount"] for row in reversal.impact["rows"]}
        self.assertEqual((amounts["cost"], amounts["stock"]), (0.0, 0.0))
        reversal.action_submit()
        self.assertBooks(self.kept(before, 30.0))
        entry = self.env["account.move"].browse(
            self.step_of(reversal, order.picking_ids).result_id
        )
        self.assertEqual(entry.state, "posted")
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        entry.button_draft()
        self.assertFalse(reversal.action_verify())

    def test_the_invoice_was_taken_back_before(self):
        """The goods stay out: their cost is booked, though no invoice bears it now."""
        for invoice_method in ("credit_note", "void"):
            with self.subTest(invoice_method):
                before = self.trial_balance()
                order, invoice, _payment = self.settle_goods(products=self.standard)
                invoice.is_move_sent = False
                self.reverse(
                    order,
                    "invoice",
                    invoice_method=invoice_method,
                    payment_method="void",
                )
                self.assertBooks(before)
                self.reverse(order, "cancel", delivery_method="keep")
                self.assertBooks(self.kept(before, 30.0))

    def test_void(self):
        before = self.trial_balance()
        order, invoice, _payment = self.settle_goods(products=self.standard)
        invoice.is_move_sent = False
        self.reverse(
            order,
            "cancel",
            delivery_method="keep",
            payment_method="void",
            invoice_method="void",
        )
        self.assertEqual(invoice.state, "cancel")
        self.assertBooks(self.kept(before, 30.0))

    def test_no_more_than_was_delivered(self):
        before = self.trial_balance()
        order, _invoice, _payment = self.settle_goods(
            products=self.standard, deliver={self.standard: 1.0}
        )
        self.reverse(order, "cancel", delivery_method="keep", payment_method="void")
        self.assertBooks(self.kept(before, 10.0))

    def test_no_more_than_was_invoiced(self):
        before = self.trial_balance()
        order = self.make_order(products=self.standard, quantity=3.0)
        self.deliver(order, {self.standard: 2.0})
        self.deliver(order, {self.standard: 4.0})
        self.pay(self.invoice(order))
        self.reverse(order, "cancel", delivery_method="keep", payment_method="void")
        self.assertBooks(self.kept(before, 30.0))

    def test_some_stay_and_some_come_back(self):
        before = self.trial_balance()
        order = self.make_order(products=self.standard, quantity=3.0)
        first = self.deliver(order, {self.standard: 1.0})
        self.deliver(order)
        self.pay(self.invoice(order))
        reversal = self.request(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        reversal.action_assess()
        self.step_of(reversal, first).delivery_method = "keep"
        reversal.action_submit()
        self.assertBooks(self.kept(before, 10.0))
        self.assertEqual(self.on_hand(self.standard)["Standard"], (19.0, 190.0))

    def test_a_quotation_books_the_cost_itself(self):
        before = self.trial_balance()
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        settled = self.trial_balance()
        self.reverse(order, "draft", delivery_method="keep", payment_method="void")
        self.assertBooks(before)
        order.action_confirm()
        self.pay(self.invoice(order))
        self.assertBooks(settled)

    def test_periodic_books_nothing(self):
        before = self.trial_balance()
        order, _invoice, _payment = self.settle_goods()
        reversal = self.reverse(
            order, "cancel", delivery_method="keep", payment_method="void"
        )
        self.assertBooks(before)
        self.assertFalse(
            self.step_of(reversal, order.picking_ids).result_id,
        )

    def test_analytic_distribution_stays(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "A", "plan_id": plan.id, "company_id": self.company.id}
        )
        order = self.make_order(products=self.standard, quantity=3.0)
        order.order_line.analytic_distribution = {str(analytic.id): 100}
        self.deliver(order)
        invoice = self.invoice(order)
        self.pay(invoice)
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        entry = self.env["account.move"].browse(
            self.step_of(reversal, order.picking_ids).result_id
        )
        expense = entry.line_ids.filtered(lambda line: line.balance > 0)
        self.assertEqual(expense.analytic_distribution, {str(analytic.id): 100})
        self.assertEqual(expense.partner_id, invoice.commercial_partner_id)
