"""Stock value and cost of goods come back, however goods are valued.

With perpetual valuation the host books the cost of goods on the invoice. The oracle is
the trial balance, and beside it what the host says that the goods are worth.
"""

from .common import GoodsCase


class ValuationCase(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.make_goods("Standard", 10.0, valuation="real_time")
        cls.receive(cls.standard, 20)

    @classmethod
    def make_fifo(cls, name="Fifo", **values):
        product = cls.make_goods(
            name, 0.0, valuation="real_time", cost_method="fifo", **values
        )
        cls.receive(product, 2, cost=10.0)
        cls.receive(product, 10, cost=17.0)
        return product

    def costs(self, invoice):
        return sorted(
            round(line.balance, 2)
            for line in invoice.line_ids
            if line.display_type == "cogs"
        )


class TestValuation(ValuationCase):
    def check_round_trip(self, product, method, cost, **values):
        before, stock = self.trial_balance(), self.on_hand(product)
        order, invoice, _payment = self.settle_goods(products=product)
        self.assertEqual(self.costs(invoice), [-cost, cost] if cost else [])
        reversal = self.reverse(
            order,
            "cancel",
            delivery_method="return",
            invoice_method=method,
            payment_method="void",
            **values,
        )
        self.assertBooks(before)
        self.assertEqual(self.on_hand(product), stock)
        self.assertNothingDelivered(order)
        return reversal

    def test_periodic(self):
        for method in ("standard", "average", "fifo"):
            product = self.make_goods(f"P {method}", 10.0, cost_method=method)
            self.receive(product, 5)
            self.check_round_trip(product, "credit_note", 0.0)

    def test_perpetual_standard_price(self):
        self.check_round_trip(self.standard, "credit_note", 30.0)

    def test_perpetual_standard_price_voided(self):
        before, stock = self.trial_balance(), self.on_hand(self.standard)
        order, invoice, _payment = self.settle_goods(products=self.standard)
        invoice.is_move_sent = False
        self.reverse(
            order,
            "cancel",
            delivery_method="return",
            invoice_method="void",
            payment_method="void",
        )
        self.assertEqual(invoice.state, "cancel")
        self.assertBooks(before)
        self.assertEqual(self.on_hand(self.standard), stock)

    def test_perpetual_fifo(self):
        self.check_round_trip(self.make_fifo(), "credit_note", 37.0)

    def test_perpetual_average(self):
        product = self.make_goods(
            "Average", 0.0, valuation="real_time", cost_method="average"
        )
        self.receive(product, 2, cost=10.0)
        self.receive(product, 2, cost=20.0)
        self.check_round_trip(product, "credit_note", 45.0)

    def test_perpetual_invoiced_by_delivery(self):
        product = self.make_goods(
            "Delivered", 10.0, valuation="real_time", policy="delivery"
        )
        self.receive(product, 5)
        self.check_round_trip(product, "credit_note", 30.0)

    def test_cost_changed_since(self):
        before, stock = self.trial_balance(), self.on_hand(self.standard)
        order, invoice, _payment = self.settle_goods(products=self.standard)
        self.standard.with_company(self.company).standard_price = 13.0
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertEqual(self.costs(invoice.reversal_move_ids), [-30.0, 30.0])
        self.assertBooks(before)
        quantity, _value = stock["Standard"]
        self.assertEqual(self.on_hand(self.standard)["Standard"], (quantity, 260.0))

    def test_goods_on_their_way_are_worth_nothing_until_received(self):
        before, stock = self.trial_balance(), self.on_hand(self.standard)
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        reversal = self.reverse(order, "cancel", payment_method="void")
        self.assertBooks(before)
        self.assertEqual(self.on_hand(self.standard)["Standard"], (17.0, 170.0))
        self.transfer(reversal._get_returns())
        self.assertBooks(before)
        self.assertEqual(self.on_hand(self.standard), stock)

    def test_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.8)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": currency.id}
        )
        before = self.trial_balance()
        order, invoice, _payment = self.settle_goods(
            products=self.standard, pricelist_id=pricelist.id
        )
        self.assertEqual(invoice.currency_id, currency)
        currency.rate_ids.create(
            {"currency_id": currency.id, "name": self.today(), "rate": 1.0}
        )
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertBooks(before)

    def test_a_place_with_an_account_of_its_own(self):
        """Deliveries that are booked when goods move, by an account of the place."""
        account = self.company_data["default_account_expense"].copy()
        place = self.customers.copy(
            {
                "name": "Booked",
                "location_id": self.customers.id,
                "valuation_account_id": account.id,
            }
        )
        self.partner.property_stock_customer = place
        before, stock = self.trial_balance(), self.on_hand(self.standard)
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        self.assertIn((account.code, "USD"), self.trial_balance())
        reversal = self.request(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        codes = {row["account_code"] for row in reversal.preview_entries()}
        self.assertIn(account.code, codes)
        reversal.action_submit()
        self.assertBooks(before)
        self.assertEqual(self.on_hand(self.standard), stock)

    def test_preview_tells_the_cost(self):
        before = self._rounded(self.trial_balance())
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        settled = self._rounded(self.trial_balance())
        reversal = self.request(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        changes = {}
        for row in reversal.preview_entries():
            key = (row["account_code"], row["currency"])
            changes[key] = changes.get(key, 0.0) + row["balance"]
        for key, amount in changes.items():
            expected = before.get(key, (0, 0))[0] - settled.get(key, (0, 0))[0]
            self.assertAlmostEqual(float(amount), expected, 2, key)

    def test_impact_tells_goods_and_cost(self):
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        reversal = self.request(order, "cancel", delivery_method="return")
        reversal.action_assess()
        self.assertEqual(
            reversal.impact["goods"],
            [
                {
                    "what": "return",
                    "product": "Standard",
                    "quantity": 3.0,
                    "unit": "Units",
                }
            ],
        )
        amounts = {row["kind"]: row["amount"] for row in reversal.impact["rows"]}
        self.assertEqual((amounts["cost"], amounts["stock"]), (-30.0, 30.0))
        self.assertIn("Received back now", reversal.impact_html)


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
        self.assertBooks(
            {
                key: value
                for key, value in before.items()
                if key[0] not in (money.mapped("code") + [receivable.code])
            },
            exclude=money | receivable,
        )

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
