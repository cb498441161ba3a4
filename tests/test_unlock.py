"""An order that was locked, opened, and locked again."""

from odoo import Command
from odoo.exceptions import UserError

from .common import ReversalCase


class TestUnlock(ReversalCase):
    def locked_order(self):
        order, invoice, _payment = self.settle(quantity=10.0)
        order.action_lock()
        return order, invoice

    def part(self, order, scope="invoice", quantity=3.0):
        line = Command.create(
            {"order_line_id": order.order_line[0].id, "quantity": quantity}
        )
        return self.request(order, scope, line_ids=[line])

    # ------------------------------------------------------------------
    # A part changes nothing that it doesn't ask for
    # ------------------------------------------------------------------

    def test_a_part_of_the_invoice_leaves_it_locked(self):
        order, invoice = self.locked_order()
        settled = self.trial_balance()
        reversal = self.part(order)
        reversal.action_submit()
        self.assertTrue(order.locked)
        self.assertNotIn("unlock", reversal.step_ids.mapped("operation"))
        self.assertEqual(invoice.reversal_move_ids.amount_total, 345.0)
        reversal.with_user(self.manager).action_undo()
        self.assertTrue(order.locked)
        self.assertBooks(settled)

    def test_a_locked_order_that_is_lowered_is_locked_again(self):
        order, _invoice = self.locked_order()
        settled = self.trial_balance()
        reversal = self.part(order, "cancel")
        reversal.action_assess()
        operations = reversal.step_ids.mapped("operation")
        for earlier, later in (("unlock", "lower"), ("lower", "lock_again")):
            self.assertLess(operations.index(earlier), operations.index(later))
        effect = next(e for e in reversal.effect_ids if e.res_model == "sale.order")
        self.assertIn("locked", effect.before)
        self.assertIn("locked", effect.after)
        reversal.action_submit()
        self.assertTrue(order.locked)
        self.assertEqual(order.order_line[0].product_uom_qty, 7.0)
        self.assertTrue(reversal.action_verify())
        reversal.with_user(self.manager).action_undo()
        self.assertTrue(order.locked)
        self.assertEqual(order.order_line[0].product_uom_qty, 10.0)
        self.assertBooks(settled)

    def test_an_open_order_stays_open(self):
        order, _invoice, _payment = self.settle(quantity=10.0)
        reversal = self.part(order, "cancel")
        reversal.action_submit()
        self.assertFalse(order.locked)
        self.assertNotIn("lock_again", reversal.step_ids.mapped("operation"))

    def test_it_is_locked_again_whoever_opened_it_since(self):
        order, _invoice = self.locked_order()
        reversal = self.part(order, "cancel")
        reversal.action_submit()
        order.action_unlock()
        reversal.with_user(self.manager).action_undo()
        self.assertTrue(order.locked)

    def test_an_order_with_nothing_left_is_opened_to_be_cancelled(self):
        order = self.make_order(products=self.services[0], quantity=2.0)
        self.pay(self.invoice(order))
        order.action_lock()
        reversal = self.part(order, "cancel", 2.0)
        reversal.action_submit()
        self.assertEqual((order.state, order.locked), ("cancel", False))
        reversal.with_user(self.manager).action_undo()
        self.assertEqual((order.state, order.locked), ("sale", True))

    def test_an_order_beside_it_stays_locked(self):
        """Of an invoice of two orders, a part of one is taken back."""
        orders = self.make_order(quantity=10.0) | self.make_order(quantity=10.0)
        invoice = self.invoice(orders)
        self.pay(invoice)
        orders.action_lock()
        line = invoice.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids.order_id == orders[0]
        )[0]
        reversal = self.request(
            invoice,
            "cancel",
            line_ids=[Command.create({"move_line_id": line.id, "quantity": 3.0})],
        )
        reversal.action_submit()
        self.assertEqual(orders.mapped("locked"), [True, True])
        opened = reversal.step_ids.filtered(lambda step: step.operation == "unlock")
        self.assertEqual(opened.mapped("res_id"), orders[0].ids)

    # ------------------------------------------------------------------
    # Locked by hand since
    # ------------------------------------------------------------------

    def test_locked_by_hand_since_is_what_a_restore_wants(self):
        order, _invoice = self.locked_order()
        settled = self.trial_balance()
        reversal = self.reverse(order, "unlock")
        order.action_lock()
        reversal.with_user(self.manager).action_undo()
        self.assertTrue(order.locked)
        self.assertEqual(reversal.state, "undone")
        self.assertBooks(settled)

    def test_nothing_else_slips_through(self):
        """Neither another quantity, nor another price for as much in all."""
        for values in (
            {"product_uom_qty": 9.0},
            {"product_uom_qty": 20.0, "price_unit": 50.0},
        ):
            with self.subTest(values=values):
                order, _invoice = self.locked_order()
                reversal = self.reverse(order, "unlock")
                order.order_line[0].write(values)
                order.action_lock()
                with self.assertRaisesRegex(UserError, "edited since"):
                    with self.cr.savepoint():
                        reversal.with_user(self.manager).action_undo()
                self.assertEqual(reversal.state, "done")
