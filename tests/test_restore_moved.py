"""Where another reversal moved the documents, a refused restore names it."""

from odoo.exceptions import UserError

from .common import ReversalCase


class TestRestoreMoved(ReversalCase):
    def restore(self, reversal):
        return reversal.with_user(self.manager).action_undo()

    def refused(self, reversal):
        """What a restore says that is refused; nothing of it stays."""
        books = self.trial_balance()
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.restore(reversal)
        self.assertBooks(books)
        self.assertEqual(reversal.state, "done")
        return str(caught.exception)

    def test_another_one_was_restored_since(self):
        """The invoice is taken back, the order cancelled, the invoice restored."""
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        settled = self.trial_balance()
        first = self.reverse(invoice)
        second = self.reverse(order)
        self.restore(first)
        self.assertEqual(order.state, "cancel")
        # the invoice is no business of the one that cancelled the order alone
        self.restore(second)
        self.assertEqual((order.state, invoice.payment_state), ("sale", "not_paid"))
        self.assertBooks(settled)

    def test_a_restore_since_is_named(self):
        """Two invoices of one payment; what is left of one is paid otherwise."""
        orders = self.make_order() | self.make_order()
        invoices = [self.invoice(order) for order in orders]
        self.pay(invoices[0] | invoices[1])
        first, second = (self.reverse(order, "payment") for order in orders)
        self.restore(first)
        self.pay(invoices[1])
        text = self.refused(second)
        self.assertIn(f"{first.restored_by_id.name} restored {first.name}", text)
        self.assertIn("An accountant may settle it", text)

    def test_an_order_that_was_locked_again_by_a_restore(self):
        order, _invoice, _payment = self.settle()
        order.action_lock()
        settled = self.trial_balance()
        first = self.reverse(order, "unlock")
        second = self.reverse(order, "payment")
        self.restore(first)
        self.restore(second)
        self.assertTrue(order.locked)
        self.assertBooks(settled)

    def test_the_order_was_cancelled_since(self):
        order, _invoice, _payment = self.settle()
        settled = self.trial_balance()
        first = self.reverse(order, "payment")
        second = self.reverse(order)
        text = self.refused(first)
        self.assertIn(f"Restore {second.name} first", text)
        self.assertIn("A reversal manager may restore it", text)
        self.restore(second)
        self.restore(first)
        self.assertBooks(settled)

    def test_an_order_that_was_lowered_since(self):
        """What stands against it beforehand names it, too."""
        order, _invoice, _payment = self.settle(quantity=10.0)
        order.action_lock()
        first = self.reverse(order, "unlock")
        second = self.request(
            order,
            "cancel",
            line_ids=[
                (0, 0, {"order_line_id": order.order_line[0].id, "quantity": 3.0})
            ],
        )
        second.action_submit()
        self.assertIn(f"Restore {second.name} first", self.refused(first))
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": first.id, "reason_id": self.reason.id})
        )
        restore.action_assess()
        found = restore.finding_ids.filtered(lambda f: f.code == "order_edited")
        self.assertIn(second.name, found.remedy)
        self.assertIn("manager", found.who)
        self.restore(second)
        self.restore(first)
        self.assertTrue(order.locked)

    def test_what_was_restored_by_now_is_not_named(self):
        order, _invoice, payment = self.settle()
        first = self.reverse(order)
        other = self.reverse(payment, "payment", payment_method="refund")
        self.restore(other)
        first.order_id.order_line[0].name = "Something else"
        credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        credit.is_move_sent = True
        text = self.refused(first)
        self.assertNotIn(other.name, text)
