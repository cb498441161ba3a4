"""Deliveries of every shape are taken back: by a return, a request, or not at all."""

from .common import GoodsCase


class TestShapes(GoodsCase):
    def setUp(self):
        super().setUp()
        self.before = self.trial_balance()
        self.stock_before = self.on_hand()

    def test_nothing_delivered_cancels_the_delivery(self):
        order, _invoice, _payment = self.settle_goods(deliver=False)
        delivery = order.picking_ids
        reversal = self.reverse(order, "cancel", payment_method="void")
        self.assertEqual(self.operations(reversal), [("cancel", delivery.name)])
        self.assertEqual(delivery.state, "cancel")
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertBooks(self.before)

    def test_fully_delivered_and_received_now(self):
        order, _invoice, _payment = self.settle_goods()
        delivery = order.picking_ids
        self.assertEqual(order.order_line[0].qty_delivered, 3.0)
        reversal = self.reverse(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        self.assertEqual(self.operations(reversal), [("return", delivery.name)])
        back = reversal._get_returns()
        self.assertEqual(back.state, "done")
        self.assertEqual(back.return_id, delivery)
        self.assertEqual(order.state, "cancel")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertBooks(self.before)

    def test_fully_delivered_asks_for_the_return_by_default(self):
        order, _invoice, _payment = self.settle_goods()
        out = self.on_hand()
        reversal = self.reverse(order, "cancel", payment_method="void")
        back = reversal._get_returns()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(back.state, "assigned")
        self.assertEqual(back.sale_id, order)
        self.assertEqual(self.on_hand(), out)
        self.assertBooks(self.before)
        self.assertIn("Nobody said", self.step_of(reversal, back.return_id).why)
        # the warehouse receives it, on the cancelled order
        self.transfer(back)
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_kept_goods_stay_delivered(self):
        order, _invoice, _payment = self.settle_goods()
        out = self.on_hand()
        reversal = self.reverse(
            order, "cancel", delivery_method="keep", payment_method="void"
        )
        self.assertIn("goods_kept", self.codes(reversal))
        self.assertFalse(reversal._get_returns())
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.on_hand(), out)
        self.assertEqual(order.order_line[0].qty_delivered, 3.0)
        self.assertBooks(self.before)

    def test_partly_delivered(self):
        order, _invoice, _payment = self.settle_goods(
            deliver={self.desk: 1.0, self.lamp: 0.0}
        )
        done = order.picking_ids.filtered(lambda p: p.state == "done")
        backorder = order.picking_ids - done
        self.assertEqual(backorder.backorder_id, done)
        reversal = self.reverse(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        self.assertEqual(
            self.operations(reversal),
            [("return", done.name), ("cancel", backorder.name)],
        )
        self.assertEqual(
            self.step_of(reversal, done).data["goods"], [["Desk", 1.0, "Units"]]
        )
        self.assertEqual(backorder.state, "cancel")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertBooks(self.before)

    def test_over_delivered(self):
        order, _invoice, _payment = self.settle_goods(deliver={self.desk: 5.0})
        self.assertEqual(order.order_line[0].qty_delivered, 5.0)
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertBooks(self.before)

    def test_delivered_with_goods_that_were_not_ordered(self):
        order = self.make_order(products=self.desk, quantity=2.0)
        delivery = order.picking_ids
        self.env["stock.move"].create(
            {
                "product_id": self.lamp.id,
                "product_uom": self.lamp.uom_id.id,
                "product_uom_qty": 4.0,
                "picking_id": delivery.id,
                "location_id": delivery.location_id.id,
                "location_dest_id": delivery.location_dest_id.id,
            }
        )
        delivery.action_confirm()
        self.transfer(delivery)
        self.pay(self.invoice(order))
        self.assertEqual(len(order.order_line), 2)
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_returned_in_part_already(self):
        order, _invoice, _payment = self.settle_goods()
        delivery = order.picking_ids
        self.send_back(delivery, {self.desk: 2.0})
        reversal = self.reverse(
            order, "cancel", delivery_method="return", payment_method="void"
        )
        self.assertEqual(
            self.step_of(reversal, delivery).data["goods"],
            [["Desk", 1.0, "Units"], ["Lamp", 3.0, "Units"]],
        )
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertBooks(self.before)

    def test_returned_in_full_already(self):
        order, _invoice, _payment = self.settle_goods()
        self.send_back(order.picking_ids)
        reversal = self.reverse(order, "cancel", payment_method="void")
        self.assertFalse(self.operations(reversal))
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_returned_by_hand_without_naming_the_delivery(self):
        order, _invoice, _payment = self.settle_goods()
        delivery = order.picking_ids
        back = self.send_back(delivery, {self.desk: 2.0}, validate=False)
        back.move_ids.origin_returned_move_id = False
        self.transfer(back)
        reversal = self.request(order, "cancel", delivery_method="return")
        reversal.action_assess()
        self.assertEqual(
            self.step_of(reversal, delivery).data["goods"],
            [["Desk", 1.0, "Units"], ["Lamp", 3.0, "Units"]],
        )
        reversal.action_submit()
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_returned_without_lowering_the_delivered_quantity(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        self.send_back(order.picking_ids, to_refund=False)
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertFalse(self.operations(reversal))
        self.assertIn("return_not_counted", self.codes(reversal))
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_returned_and_sent_again(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        back = self.send_back(delivery)
        again = self.send_back(back)
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(self.operations(reversal), [("return", again.name)])
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_several_deliveries(self):
        order = self.make_order(products=self.desk, quantity=6.0)
        first = self.deliver(order, {self.desk: 1.0})
        second = self.deliver(order, {self.desk: 2.0})
        third = self.open_pickings(order)
        self.pay(self.invoice(order))
        reversal = self.request(order, "cancel", delivery_method="return")
        reversal.action_assess()
        self.assertEqual(
            self.operations(reversal),
            [("return", first.name), ("return", second.name), ("cancel", third.name)],
        )
        reversal.action_submit()
        self.assertEqual(len(reversal._get_returns()), 2)
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_each_delivery_has_its_own_method(self):
        order = self.make_order(products=self.desk, quantity=6.0)
        first = self.deliver(order, {self.desk: 1.0})
        second = self.deliver(order, {self.desk: 2.0})
        third = self.deliver(order)
        self.pay(self.invoice(order))
        reversal = self.request(order, "cancel")
        reversal.action_assess()
        self.step_of(reversal, first).delivery_method = "return"
        self.step_of(reversal, second).delivery_method = "keep"
        reversal.action_submit()
        self.assertEqual(
            self.operations(reversal),
            [
                ("return", first.name),
                ("keep", second.name),
                ("request_return", third.name),
            ],
        )
        self.assertEqual(order.order_line.qty_delivered, 5.0)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_delivered_in_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_order(products=self.desk, quantity=1.0)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.desk.id,
                            "product_uom_qty": 1.0,
                            "product_uom_id": dozen.id,
                        },
                    )
                ],
            }
        )
        order.action_confirm()
        self.deliver(order)
        self.pay(self.invoice(order))
        self.assertEqual(self.on_hand(self.desk)["Desk"][0], 8.0)
        self.reverse(order, "cancel", delivery_method="return")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), self.stock_before)

    def test_goods_and_services(self):
        order, _invoice, _payment = self.settle_goods(
            products=self.desk | self.services[0]
        )
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertEqual(self.on_hand(), self.stock_before)
        self.assertBooks(self.before)

    def test_goods_that_are_not_counted_in_stock(self):
        paper = self.make_goods("Paper", is_storable=False)
        order, _invoice, _payment = self.settle_goods(products=paper)
        self.reverse(order, "cancel", delivery_method="return", payment_method="void")
        self.assertNothingDelivered(order)
        self.assertBooks(self.before)

    def test_shipped_by_the_vendor(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk, deliver=False)
        picking = order.picking_ids
        picking.location_id = self.vendors
        picking.move_ids.location_id = self.vendors
        self.transfer(picking)
        self.assertTrue(picking.move_ids._is_dropshipped())
        reversal = self.request(order, "cancel", delivery_method="return")
        reversal.action_assess()
        self.assertIn("dropshipped", self.codes(reversal))
        self.reverse(order, "cancel", delivery_method="keep")

    def test_a_delivery_for_two_orders(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk, deliver=False)
        other = self.make_order(products=self.lamp, quantity=2.0)
        shared = order.picking_ids
        other.picking_ids.move_ids.picking_id = shared
        foreign = other.order_line.move_ids
        self.transfer(shared)
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(
            self.step_of(reversal, shared).data["goods"], [["Desk", 3.0, "Units"]]
        )
        self.assertNothingDelivered(order)
        self.assertEqual(other.order_line.qty_delivered, 2.0)
        self.assertEqual(foreign.state, "done")

    def test_an_open_delivery_for_two_orders(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk, deliver=False)
        other = self.make_order(products=self.lamp, quantity=2.0)
        shared = order.picking_ids
        other.picking_ids.move_ids.picking_id = shared
        mine, foreign = order.order_line.move_ids, other.order_line.move_ids
        reversal = self.reverse(order, "cancel")
        self.assertIn(other.name, self.step_of(reversal, shared).why)
        self.assertEqual(mine.state, "cancel")
        self.assertNotEqual(foreign.state, "cancel")
        self.transfer(shared)
        self.assertEqual(other.order_line.qty_delivered, 2.0)


class TestScopes(GoodsCase):
    def test_invoice_leaves_the_goods(self):
        order, invoice, _payment = self.settle_goods()
        for root in (order, invoice):
            reversal = self.request(root, "invoice", delivery_method="return")
            reversal.action_assess()
            self.assertFalse(self.operations(reversal))
            self.assertIn("goods_stay", self.codes(reversal))
        reversal.action_submit()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line[0].qty_delivered, 3.0)
        self.assertEqual(self.invoice(order).amount_total, invoice.amount_total)

    def test_payment_leaves_the_goods(self):
        order, _invoice, _payment = self.settle_goods()
        reversal = self.reverse(order, "payment")
        self.assertFalse(self.operations(reversal))
        self.assertEqual(order.order_line[0].qty_delivered, 3.0)

    def test_from_the_invoice_to_the_order(self):
        order, invoice, _payment = self.settle_goods()
        before = self.on_hand()
        self.reverse(invoice, "cancel", delivery_method="return")
        self.assertEqual(order.state, "cancel")
        self.assertNothingDelivered(order)
        self.assertNotEqual(self.on_hand(), before)

    def test_quotation_whose_goods_came_back_is_delivered_again(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        self.reverse(order, "draft", delivery_method="return")
        self.assertEqual(order.state, "draft")
        order.action_confirm()
        self.assertEqual(self.open_pickings(order).move_ids.product_uom_qty, 3.0)
        self.deliver(order)
        self.pay(self.invoice(order))
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.assertEqual(order.settlement_state, "settled")

    def test_quotation_whose_goods_stay_is_not_delivered_twice(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        self.reverse(order, "draft", delivery_method="keep")
        order.action_confirm()
        self.assertFalse(self.open_pickings(order))
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.pay(self.invoice(order))
        self.assertEqual(order.settlement_state, "settled")

    def test_quotation_whose_goods_are_to_come_back(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "draft")
        back = reversal._get_returns()
        self.assertEqual(order.state, "draft")
        self.assertEqual(back.state, "assigned")
        order.action_confirm()
        self.transfer(back)
        self.deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 3.0)
