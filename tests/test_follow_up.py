"""After a reversal: who is told, and that a lost match would be noticed."""

from odoo.exceptions import UserError

from .common import ReversalCase


class TestFollowUp(ReversalCase):
    def test_salesperson_settles_again(self):
        order, _invoice, _payment = self.settle(user_id=self.requester.id)
        self.reverse(order, "invoice")
        activity = order.activity_ids.filtered(
            lambda activity: activity.user_id == self.requester
        )
        self.assertEqual(len(activity), 1)
        self.assertIn("settle it again", activity.summary)

    def test_salesperson_is_told_of_a_cancellation_by_somebody_else(self):
        order, _invoice, _payment = self.settle(user_id=self.requester.id)
        self.reverse(order)
        self.assertEqual(order.activity_ids.user_id, self.requester)
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        self.reverse(order)
        self.assertFalse(order.activity_ids)

    def test_a_lost_match_of_somebody_else_undoes_everything(self):
        orders = self.make_order() | self.make_order()
        invoices = self.invoice(orders[0]) | self.invoice(orders[1])
        payment = self.pay(invoices)
        step_model = self.env.registry["order.reversal.step"]

        def unlink_all(steps):
            steps._get_document().move_id.line_ids.remove_move_reconcile()

        self.patch(step_model, "_reversal_unlink_partials", unlink_all)
        with self.assertRaisesRegex(UserError, "no longer matched"):
            with self.cr.savepoint():
                self.request(orders[0]).action_submit()
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid"])
        self.assertTrue(payment.is_reconciled)
