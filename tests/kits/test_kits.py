"""Kits: their components come back, and the kit counts as not delivered."""

from odoo import Command

from ..stock.common import GoodsCase


class TestKits(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls.make_goods("Seat", 5.0)
        cls.leg = cls.make_goods("Leg", 2.0, valuation="real_time")
        cls.receive(cls.seat, 10)
        cls.receive(cls.leg, 40)
        cls.chair = cls.make_kit("Chair", {cls.seat: 1.0, cls.leg: 4.0})
        # The host can tell the cost of a storable kit of one component only
        # (`stock_account`, `stock.move._get_cogs_price_unit`).
        cls.set = cls.make_kit(
            "Set of legs", {cls.leg: 4.0}, valuation="real_time", is_storable=True
        )

    @classmethod
    def make_kit(cls, name, components, **values):
        kit = cls.make_goods(name, **{"is_storable": False, **values})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "product_qty": 1.0,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product, quantity in components.items()
                ],
            }
        )
        return kit

    def setUp(self):
        super().setUp()
        self.before = self.trial_balance()
        self.stock_before = self.on_hand(self.seat, self.leg)

    def settle_kits(self, kit, deliver=None):
        order, invoice, _payment = self.settle_goods(
            products=kit, quantity=2.0, deliver=deliver
        )
        return order, invoice

    def cost_of(self, move):
        return sum(line.debit for line in move.line_ids if line.display_type == "cogs")

    def test_all_components_come_back(self):
        order, _invoice = self.settle_kits(self.chair)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        reversal = self.reverse(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        self.assertEqual(
            self.step_of(reversal, reversal._get_returns().return_id).data["goods"],
            [["Seat", 2.0, "Units"], ["Leg", 8.0, "Units"]],
        )
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(self.seat, self.leg), self.stock_before)
        self.assertBooks(self.before)

    def test_one_kit_of_two_delivered(self):
        order, _invoice = self.settle_kits(
            self.chair, deliver={self.seat: 1.0, self.leg: 4.0}
        )
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(self.seat, self.leg), self.stock_before)
        self.assertBooks(self.before)

    def test_a_return_is_asked_for(self):
        order, _invoice = self.settle_kits(self.chair)
        reversal = self.reverse(order, "cancel", payment_method="void")
        self.transfer(reversal._get_returns())
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(self.seat, self.leg), self.stock_before)

    def test_the_cost_of_a_kit_comes_back(self):
        order, invoice = self.settle_kits(self.set)
        self.assertTrue(self.cost_of(invoice))
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(self.seat, self.leg), self.stock_before)
        self.assertBooks(self.before)

    def test_kept_kits_keep_their_cost(self):
        order, invoice = self.settle_kits(self.set, deliver={self.leg: 4.0})
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        reversal = self.reverse(
            order, "cancel", delivery_method="keep", payment_method="void"
        )
        entry = self.env["account.move"].browse(
            reversal.step_ids.filtered(lambda s: s.operation == "keep").result_id
        )
        self.assertAlmostEqual(
            sum(entry.line_ids.mapped("debit")), self.cost_of(invoice) / 2
        )
