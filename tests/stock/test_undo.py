"""A reversal that took goods back is taken back itself."""

from odoo.exceptions import UserError

from .valuation import ValuationCase


class TestUndo(ValuationCase):
    def undo(self, reversal):
        reversal.with_user(self.boss).action_undo()
        self.assertEqual(reversal.state, "undone")

    def test_received_goods_are_to_be_delivered_again(self):
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        settled = self.trial_balance()
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.undo(reversal)
        self.assertBooks(settled)
        self.assertEqual(order.settlement_state, "settled")
        again = self.open_pickings(order)
        self.assertEqual(again.move_ids.product_uom_qty, 3.0)
        self.transfer(again)
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        # and once more, with what was delivered twice
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(self.operations(reversal), [("return", again.name)])
        self.assertNothingDelivered(order)

    def test_a_return_that_was_asked_for_is_cancelled(self):
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        settled, stock = self.trial_balance(), self.on_hand(self.standard)
        reversal = self.reverse(order, "cancel")
        back = reversal._get_returns()
        self.undo(reversal)
        self.assertEqual(back.state, "cancel")
        self.assertFalse(self.open_pickings(order))
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.assertBooks(settled)
        self.assertEqual(self.on_hand(self.standard), stock)

    def test_a_return_that_was_received_since(self):
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        reversal = self.reverse(order, "cancel")
        back = self.transfer(reversal._get_returns())
        with self.assertRaisesRegex(UserError, back.name):
            reversal.with_user(self.boss).action_undo()

    def test_the_cost_of_kept_goods_is_the_invoices_again(self):
        for method in ("credit_note", "void"):
            order, invoice, _payment = self.settle_goods(products=self.standard)
            invoice.is_move_sent = method == "credit_note"
            settled = self.trial_balance()
            reversal = self.reverse(
                order, "cancel", delivery_method="keep", invoice_method=method
            )
            self.undo(reversal)
            self.assertBooks(settled)

    def test_an_invoice_is_restored_with_the_cost_that_it_had(self):
        order, invoice, _payment = self.settle_goods(products=self.standard)
        invoice.is_move_sent = False
        settled = self.trial_balance()
        reversal = self.reverse(
            order, "cancel", delivery_method="return", invoice_method="void"
        )
        self.standard.with_company(self.company).standard_price = 99.0
        self.undo(reversal)
        self.assertEqual(self.costs(invoice), [-30.0, 30.0])
        self.assertBooks(settled)

    def test_an_open_delivery_is_made_anew(self):
        order, _invoice, _payment = self.settle_goods(
            products=self.standard, deliver={self.standard: 1.0}
        )
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        self.assertFalse(self.open_pickings(order))
        self.undo(reversal)
        self.assertEqual(self.open_pickings(order).move_ids.product_uom_qty, 2.0)

    def test_an_open_return_is_asked_for_anew(self):
        order, _invoice, _payment = self.settle_goods(products=self.standard)
        back = self.send_back(order.picking_ids, {self.standard: 1.0}, validate=False)
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        self.assertEqual(back.state, "cancel")
        self.undo(reversal)
        again = self.open_pickings(order)
        self.assertEqual(again.move_ids.product_uom_qty, 1.0)
        self.assertTrue(again.move_ids._reversal_comes_back())
