"""Stock value and cost of goods come back, however goods are valued.

With perpetual valuation the host books the cost of goods on the invoice. The oracle is
the trial balance, and beside it what the host says that the goods are worth.
"""

from .valuation import ValuationCase


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
