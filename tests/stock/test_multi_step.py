"""Pick, pack and ship: only what left for the customer is returned by the customer."""

from .common import GoodsCase


class TestMultiStep(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = "pick_pack_ship"
        cls.output = cls.warehouse.wh_output_stock_loc_id

    def step_through(self, order, count):
        """Validate the first `count` transfers of the order, one after the other."""
        done = self.env["stock.picking"]
        for _number in range(count):
            done |= self.transfer(self.open_pickings(order)[:1])
        return done

    def test_shipped(self):
        before = self.on_hand()
        order = self.make_order(products=self.desk, quantity=3.0)
        pickings = self.step_through(order, 3)
        self.assertEqual(pickings.mapped("picking_type_code")[-1], "outgoing")
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(self.operations(reversal), [("return", pickings[-1].name)])
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)
        self.assertEqual(
            set(self.quants(self.desk)), {(self.shelf.complete_name, False)}
        )

    def test_shipped_in_part(self):
        before = self.on_hand()
        order = self.make_order(products=self.desk, quantity=3.0)
        self.step_through(order, 2)
        ship = self.open_pickings(order)
        self.transfer(ship, {self.desk: 1.0})
        pack = ship.move_ids.move_orig_ids.picking_id
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="return")
        goods = {
            name: self.step_of(reversal, picking).data["goods"]
            for name, picking in {"ship": ship, "pack": pack}.items()
        }
        self.assertEqual(
            goods, {"ship": [["Desk", 1.0, "Units"]], "pack": [["Desk", 2.0, "Units"]]}
        )
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)
        self.assertEqual(
            set(self.quants(self.desk)), {(self.shelf.complete_name, False)}
        )

    def test_picked_and_received_now_is_put_back(self):
        before = self.quants(self.desk)
        order = self.make_order(products=self.desk, quantity=3.0)
        pick = self.step_through(order, 1)
        rest = self.open_pickings(order)
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(
            self.operations(reversal),
            [("return", pick.name)] + [("cancel", p.name) for p in rest],
        )
        self.assertEqual(self.quants(self.desk), before)

    def test_picked_and_kept_is_to_be_put_back(self):
        before = self.quants(self.desk)
        order = self.make_order(products=self.desk, quantity=3.0)
        pick = self.step_through(order, 1)
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        self.assertIn("request_return", self.step_of(reversal, pick).operation)
        back = reversal._get_returns()
        self.assertEqual(back.state, "assigned")
        self.transfer(back)
        self.assertEqual(self.quants(self.desk), before)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_nothing_picked(self):
        order = self.make_order(products=self.desk, quantity=3.0)
        self.pay(self.invoice(order))
        pickings = order.picking_ids
        reversal = self.reverse(order, "cancel")
        self.assertEqual(
            {operation for operation, _name in self.operations(reversal)}, {"cancel"}
        )
        self.assertEqual(set(pickings.mapped("state")), {"cancel"})


class TestPull(TestMultiStep):
    """The same, with the moves made beforehand and chained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pull_the_chain()


class TestReception(GoodsCase):
    """Returns that arrive in a reception zone are stored by a second transfer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.reception_steps = "two_steps"

    def test_the_storing_of_received_goods_survives(self):
        before = self.on_hand()
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)
        self._store(reversal._get_returns())

    def _store(self, back):
        """Store the goods, which arrived in the reception zone."""
        storing = back.move_ids.move_dest_ids.picking_id
        self.assertEqual(storing.state, "assigned")
        self.transfer(storing)
        self.assertEqual(
            set(self.quants(self.desk)), {(self.shelf.complete_name, False)}
        )

    def test_the_storing_of_earlier_returns_survives(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        back = self.send_back(order.picking_ids)
        reversal = self.reverse(order, "cancel")
        self.assertFalse(self.operations(reversal))
        self.assertIn("return_on_its_way", self.codes(reversal))
        self._store(back)
