"""A restored order is delivered as far as it would have been without the reversal."""

from odoo.exceptions import UserError

from .common import GoodsCase


class UndoGoodsCase(GoodsCase):
    def finish(self, order):
        """Validate all that is open, the next of a chain after the one before it."""
        for _number in range(12):
            waiting = self.open_pickings(order).sorted("id")
            if not waiting:
                break
            ready = waiting.filtered(lambda picking: picking.state == "assigned")
            self.transfer((ready or waiting)[:1])
        self.assertFalse(self.open_pickings(order))
        return (
            order.order_line.filtered("product_id").mapped("qty_delivered"),
            self.quants(self.desk),
        )

    def check_restored(self, make):
        """Finished after a reversal and a restore, all is where it would have been."""
        for method in ("return", "request_return", "keep"):
            with self.subTest(method), self.cr.savepoint() as savepoint:
                order = make()
                self.pay(self.invoice(order))
                settled = self.trial_balance()
                with self.cr.savepoint() as finished:
                    expected = self.finish(order)
                    finished.rollback()
                self.env.invalidate_all()
                reversal = self.reverse(order, "cancel", delivery_method=method)
                reversal.with_user(self.boss).action_undo()
                self.assertBooks(settled)
                self.assertEqual(self.finish(order), expected)
                savepoint.rollback()
            self.env.invalidate_all()


class TestUndoGoods(UndoGoodsCase):
    def _order(self, quantity, delivered=None, backorder=True):
        order = self.make_order(products=self.desk, quantity=quantity)
        if delivered is not None:
            self.deliver(order, {self.desk: delivered}, backorder=backorder)
        return order

    def _returned(self, quantity, validate=True):
        order = self._order(4.0, 4.0)
        self.send_back(order.picking_ids, {self.desk: quantity}, validate=validate)
        return order

    def test_not_delivered(self):
        self.check_restored(lambda: self._order(3.0))

    def test_delivered(self):
        self.check_restored(lambda: self._order(3.0, 3.0))

    def test_over_delivered(self):
        self.check_restored(lambda: self._order(3.0, 5.0))

    def test_in_part_with_a_backorder(self):
        self.check_restored(lambda: self._order(4.0, 1.0))

    def test_in_part_and_the_rest_given_up(self):
        self.check_restored(lambda: self._order(4.0, 1.0, backorder=False))

    def test_returned_in_part(self):
        self.check_restored(lambda: self._returned(1.0))

    def test_returned_in_full(self):
        self.check_restored(lambda: self._returned(4.0))

    def test_open_return(self):
        self.check_restored(lambda: self._returned(1.0, validate=False))

    def test_no_client_says_what_is_due(self):
        order = self._order(3.0).copy()
        due = {order.order_line.id: 9.0}
        order.with_context(order_reversal_due=due).action_confirm()
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 3.0)

    def test_who_may_not_make_returns(self):
        order = self._returned(1.0, validate=False)
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        reversal.with_user(self.manager).action_undo()
        restore = reversal.restore_ids
        self.assertEqual(restore.state, "to_approve")
        self.assertIn("Inventory: User", restore.approval_note)
        self.assertEqual(order.state, "cancel")
        restore.with_user(self.boss).action_approve()
        self.assertEqual(order.state, "sale")

    def test_delivered_anew_while_the_goods_come_back(self):
        order = self._order(3.0, 3.0)
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "draft", delivery_method="request_return")
        back = reversal._get_returns()
        order.action_confirm()
        self.transfer(self.open_pickings(order) - back)
        with self.assertRaisesRegex(UserError, back.name):
            with self.cr.savepoint():
                reversal.with_user(self.boss).action_undo()
        self.assertNotEqual(back.state, "cancel")

    def test_a_scrap_is_nobodys_to_put_back(self):
        order = self._order(3.0)
        self.env["stock.scrap"].create(
            {
                "product_id": self.desk.id,
                "scrap_qty": 1,
                "picking_id": order.picking_ids.id,
                "location_id": self.shelf.id,
            }
        ).action_validate()
        self.deliver(order)
        self.pay(self.invoice(order))
        before = self.on_hand(self.desk)["Desk"][0]
        self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(self.on_hand(self.desk)["Desk"][0], before + 3.0)

    def test_an_open_return_received_in_two_parts(self):
        order = self._returned(3.0, validate=False)
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="request_return")
        back = order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "incoming"
            and picking.move_ids.product_uom_qty == 3.0
        )
        self.transfer(back, {self.desk: 1.0})
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)


class TestUndoInSteps(UndoGoodsCase):
    """Pick, pack and ship, the next transfer made when the one before it is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = "pick_pack_ship"

    def _order(self, steps):
        order = self.make_order(products=self.desk, quantity=3.0)
        for _number in range(steps):
            self.transfer(self.open_pickings(order)[:1])
        return order

    def test_nothing_picked(self):
        self.check_restored(lambda: self._order(0))

    def test_picked(self):
        self.check_restored(lambda: self._order(1))

    def test_packed(self):
        self.check_restored(lambda: self._order(2))

    def test_shipped(self):
        self.check_restored(lambda: self._order(3))


class TestUndoInPulledSteps(TestUndoInSteps):
    """The same, with the transfers made beforehand and chained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pull_the_chain()
