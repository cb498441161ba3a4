"""A settled and delivered order is corrected; its goods stay with the customer."""

from .common import GoodsCase


class TestCorrectGoods(GoodsCase):
    def correct(self, order):
        context = order.with_user(self.clerk).action_correct()["context"]
        self.assertEqual(context["default_delivery_method"], "keep")
        return self.reverse(order, "draft", delivery_method="keep", correction=True)

    def settle_again(self, reversal):
        settlement = (
            self.env["order.settlement"]
            .with_user(self.clerk)
            .create({"reversal_id": reversal.id})
        )
        self.assertFalse(
            settlement.blocker_count, settlement.finding_ids.mapped("message")
        )
        settlement.action_settle()
        return settlement

    def test_price(self):
        """Nothing is delivered twice, nor comes back."""
        order, _invoice, _payment = self.settle_goods()
        stock = self.on_hand()
        self.assertEqual(len(order.picking_ids), 1)
        reversal = self.correct(order)
        line = order.order_line[0]
        line.price_unit = 90.0
        settlement = self.settle_again(reversal)
        self.assertEqual(self.on_hand(), stock)
        self.assertFalse(self.open_pickings(order))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3.0, 3.0])
        self.assertEqual(settlement.amount_due, -34.5)
        self.assertEqual(order.settlement_state, "settled")

    def test_quantity(self):
        """Of a higher quantity, the rest alone is to be delivered."""
        order, _invoice, _payment = self.settle_goods()
        reversal = self.correct(order)
        order.order_line[0].product_uom_qty = 5.0
        settlement = self.settle_again(reversal)
        waiting = self.open_pickings(order).move_ids
        self.assertEqual(waiting.product_id, self.desk)
        self.assertEqual(waiting.product_uom_qty, 2.0)
        self.assertEqual(settlement.amount_due, 230.0)

    def test_invoiced_as_delivered(self):
        """Goods that were kept are invoiced anew by what was delivered."""
        desk = self.make_goods("Stool", cost=10.0, price=100.0, policy="delivery")
        self.receive(desk, 5)
        order, invoice, _payment = self.settle_goods(desk, quantity=3.0)
        before = self.trial_balance()
        reversal = self.correct(order)
        settlement = self.settle_again(reversal)
        self.assertEqual(settlement.move_ids.amount_total, invoice.amount_total)
        self.assertBooks(before)

    def test_cost_of_goods(self):
        """Costs that were booked with the invoice are booked once."""
        desk = self.make_goods(
            "Shelf", cost=10.0, price=100.0, valuation="real_time", cost_method="fifo"
        )
        self.receive(desk, 5)
        order, _invoice, _payment = self.settle_goods(desk, quantity=3.0)
        before = self.trial_balance()
        reversal = self.correct(order)
        self.settle_again(reversal)
        self.assertBooks(before)

    def test_returned_goods_are_delivered_again(self):
        order, _invoice, _payment = self.settle_goods()
        reversal = self.reverse(order, "draft", delivery_method="return")
        self.settle_again(reversal)
        self.assertEqual(
            self.open_pickings(order).move_ids.mapped("product_uom_qty"), [3.0, 3.0]
        )
