"""A part of delivered goods: they come back, or are asked back, in proportion."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .common import GoodsCase


class TestGoodsOfParts(GoodsCase):
    def take(self, order, quantities, scope="cancel", **values):
        reversal = self.part(order, quantities, scope, **values)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        return reversal

    def part(self, order, quantities, scope="cancel", **values):
        return self.request(
            order,
            scope,
            line_ids=[
                Command.create({"order_line_id": line.id, "quantity": quantity})
                for line, quantity in quantities.items()
            ],
            **values,
        )

    def _settled(self, quantity=10.0, deliver=None, products=None):
        order, invoice, payment = self.settle_goods(
            products=self.desk if products is None else products,
            quantity=quantity,
            deliver=deliver,
        )
        return order, invoice, payment

    def test_goods_are_received(self):
        order, invoice, _payment = self._settled()
        there = self.on_hand(self.desk)["Desk"][0]
        line = order.order_line
        self.take(order, {line: 3.0}, delivery_method="return")
        self.assertEqual(line.product_uom_qty, 7.0)
        self.assertEqual(line.qty_delivered, 7.0)
        self.assertEqual(line.qty_invoiced, 7.0)
        self.assertEqual(self.on_hand(self.desk)["Desk"][0], there + 3.0)
        self.assertFalse(self.open_pickings(order))
        self.assertEqual(invoice.reversal_move_ids.amount_total, 345.0)

    def test_goods_are_asked_back(self):
        order, _invoice, _payment = self._settled()
        line = order.order_line
        reversal = self.take(order, {line: 3.0}, delivery_method="request_return")
        self.assertEqual(line.product_uom_qty, 7.0)
        self.assertEqual(line.qty_delivered, 10.0)
        back = self.open_pickings(order)
        self.assertEqual(back, reversal._get_returns())
        self.assertEqual(back.move_ids.product_uom_qty, 3.0)
        self.transfer(back)
        self.assertEqual(line.qty_delivered, 7.0)

    def test_what_was_not_delivered_is_not_delivered(self):
        order, _invoice, _payment = self._settled(deliver={self.desk: 4.0})
        line = order.order_line
        self.take(order, {line: 3.0}, delivery_method="return")
        self.assertEqual(line.qty_delivered, 4.0)
        self.assertEqual(self.open_pickings(order).move_ids.product_uom_qty, 3.0)
        self.take(order, {line: 5.0}, delivery_method="return")
        self.assertEqual(line.product_uom_qty, 2.0)
        self.assertEqual(line.qty_delivered, 2.0)
        self.assertFalse(self.open_pickings(order).move_ids.filtered("product_uom_qty"))

    def test_goods_that_stay(self):
        order, _invoice, _payment = self._settled()
        reversal = self.part(order, {order.order_line: 3.0}, delivery_method="keep")
        reversal.action_assess()
        self.assertIn("part_goods_kept", self.codes(reversal))
        with self.assertRaises(UserError):
            reversal.action_submit()
        self.take(order, {order.order_line: 3.0}, "invoice", delivery_method="keep")
        self.assertEqual(order.order_line.qty_delivered, 10.0)
        self.assertEqual(order.order_line.qty_invoiced, 7.0)

    def test_several_serial_numbers(self):
        product = self.make_goods("Numbered", tracking="serial")
        self.receive(product, 3, lots=self.make_lots(product, "N1", "N2", "N3"))
        order, _invoice, _payment = self._settled(3.0, products=product)
        line = order.order_line
        reversal = self.part(order, {line: 1.0}, delivery_method="return")
        reversal.action_assess()
        self.assertIn("part_tracked", self.codes(reversal))
        self.take(order, {line: 1.0}, delivery_method="request_return")
        self.assertEqual(self.open_pickings(order).move_ids.product_uom_qty, 1.0)

    def take_numbers(self, order, line, quantity, lots, **values):
        row = {"order_line_id": line.id, "quantity": quantity}
        row["lot_ids"] = [Command.set(lots.ids)]
        line_ids = [Command.create(row)]
        return self.request(order, "cancel", line_ids=line_ids, **values)

    def test_serial_numbers_are_chosen(self):
        product = self.make_goods("Numbered", tracking="serial")
        numbers = self.make_lots(product, "N1", "N2", "N3")
        self.receive(product, 3, lots=numbers)
        order, _invoice, _payment = self._settled(3.0, products=product)
        settled = self.trial_balance()
        line = order.order_line
        for chosen in (numbers[:1], numbers):
            reversal = self.take_numbers(
                order, line, 2.0, chosen, delivery_method="return"
            )
            reversal.action_assess()
            self.assertIn("part_lots_differ", self.codes(reversal))
        wanted = numbers[0] | numbers[2]
        reversal = self.take_numbers(order, line, 2.0, wanted, delivery_method="return")
        self.assertEqual(reversal.line_ids.delivered_lot_ids, numbers)
        reversal.action_submit()
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        back = reversal._get_returns()
        self.assertEqual(back.state, "done")
        self.assertEqual(back.move_ids.move_line_ids.lot_id, wanted)
        there = wanted.quant_ids.filtered(lambda q: q.location_id == self.shelf)
        self.assertEqual(sum(there.mapped("quantity")), 2.0)
        self.assertEqual(line.qty_delivered, 1.0)
        with self.assertRaisesRegex(ValidationError, "N2"), self.cr.savepoint():
            self.take_numbers(order, line, 1.0, numbers[0])
        reversal.with_user(self.boss).action_undo()
        self.assertBooks(settled)
        self.assertEqual(line.product_uom_qty, 3.0)

    def test_numbers_that_are_asked_back(self):
        product = self.make_goods("Batched", tracking="lot")
        lots = self.make_lots(product, "L1", "L2")
        self.receive(product, 10, lots=lots)
        order, _invoice, _payment = self._settled(10.0, products=product)
        reversal = self.take_numbers(
            order, order.order_line, 4.0, lots[1], delivery_method="request_return"
        )
        reversal.action_submit()
        back = self.open_pickings(order)
        self.assertEqual(back.move_ids.move_line_ids.lot_id, lots[1])
        self.transfer(back)
        there = lots[1].quant_ids.filtered(lambda q: q.location_id == self.shelf)
        self.assertEqual(there.quantity, 4.0)

    def test_restored(self):
        for method in ("return", "request_return"):
            for delivered in (None, {self.desk: 8.0}):
                order, _invoice, _payment = self._settled(deliver=delivered)
                settled = self.trial_balance()
                line = order.order_line
                before = line.qty_delivered
                open_before = sum(
                    self.open_pickings(order).move_ids.mapped("product_uom_qty")
                )
                reversal = self.take(order, {line: 5.0}, delivery_method=method)
                self.assertEqual(line.product_uom_qty, 5.0)
                reversal.with_user(self.boss).action_undo()
                self.assertEqual(line.product_uom_qty, 10.0)
                self.assertEqual(line.qty_invoiced, 10.0)
                self.assertBooks(settled)
                todo = sum(self.open_pickings(order).move_ids.mapped("product_uom_qty"))
                self.assertEqual(line.qty_delivered + todo, before + open_before)
                self.deliver(order)
                self.assertEqual(line.qty_delivered, 10.0)

    def test_cost_of_goods_in_parts(self):
        """With perpetual valuation the cost of the parts is the cost of the whole."""
        goods = self.make_goods("Valued", cost=3.33, valuation="real_time")
        self.receive(goods, 10)
        before = self.trial_balance()
        stock = self.on_hand(goods)
        order, invoice, payment = self._settled(7.0, products=goods)
        line = order.order_line
        self.take(order, {line: 3.0}, delivery_method="return")
        self.take(order, {line: 2.0}, delivery_method="return")
        self.take(order, {line: 2.0}, delivery_method="return")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.on_hand(goods), stock)
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_cancel()
        self.assertBooks(before)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_a_price_correction_has_no_cost(self):
        goods = self.make_goods("Valued", cost=3.33, valuation="real_time")
        self.receive(goods, 10)
        order, invoice, _payment = self._settled(7.0, products=goods)
        reversal = self.request(
            order,
            "invoice",
            line_ids=[
                Command.create({"order_line_id": order.order_line.id, "amount": 70.0})
            ],
        )
        reversal.action_submit()
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.amount_untaxed, 70.0)
        self.assertNotIn("cogs", credit.line_ids.mapped("display_type"))

    def test_who_may_not_move_goods_has_it_approved(self):
        order, _invoice, _payment = self._settled()
        reversal = self.part(
            order, {order.order_line: 3.0}, user=self.seller, delivery_method="return"
        )
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        reversal.with_user(self.stock_approver).action_approve()
        self.assertEqual(order.order_line.qty_delivered, 7.0)
