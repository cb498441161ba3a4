"""The goods of many orders at once."""

from odoo import Command
from odoo.tests import Form

from .common import GoodsCase


class TestBatch(GoodsCase):
    def batch(self, orders, user=None, **values):
        return (
            self.env["order.reversal.batch"]
            .with_user(user or self.clerk)
            .create(
                {
                    "order_ids": [Command.set(orders.ids)],
                    "reason_id": self.reason.id,
                    **values,
                }
            )
        )

    def settle_several(self):
        orders = self.env["sale.order"]
        for deliver in (None, {self.desk: 1.0}, False):
            orders |= self.settle_goods(products=self.desk, deliver=deliver)[0]
        return orders

    def test_goods_of_many_orders_are_received(self):
        before = self.on_hand()
        orders = self.settle_several()
        batch = self.batch(orders, delivery_method="return")
        batch.action_start()
        self.assertEqual(batch.done_count, 3)
        self.assertEqual(set(batch.reversal_ids.mapped("delivery_method")), {"return"})
        for order in orders:
            self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)

    def test_the_method_of_the_reason(self):
        self.reason.sudo().delivery_method = "keep"
        orders = self.settle_several()
        self.assertEqual(self.batch(orders).delivery_method, "keep")
        action = orders.with_user(self.clerk).action_open_reversal()
        with Form(
            self.env["order.reversal.batch"]
            .with_user(self.clerk)
            .with_context(**action["context"]),
            view="erp_order_reversal.order_reversal_batch_view_form_dialog",
        ) as form:
            self.assertEqual(form.delivery_method, "request_return")
            form.reason_id = self.reason
            self.assertEqual(form.delivery_method, "keep")

    def test_without_stock_right_what_was_delivered_needs_approval(self):
        orders = self.settle_several()
        batch = self.batch(orders, user=self.seller)
        self.assertEqual((batch.ready_count, batch.approval_count), (1, 2))
        batch = self.batch(orders, user=self.seller, delivery_method="keep")
        self.assertEqual((batch.ready_count, batch.approval_count), (3, 0))
        batch = self.batch(orders, user=self.seller)
        batch.action_start()
        self.assertEqual((batch.done_count, batch.waiting_count), (1, 2))

    def test_a_locked_period_is_told_beforehand(self):
        orders = self.settle_several()
        self.env.flush_all()
        self.company.fiscalyear_lock_date = self.yesterday()
        batch = self.batch(orders)
        self.assertEqual(batch.ready_count, 3)
        self.company.fiscalyear_lock_date = self.today()
        batch = self.batch(orders, invoice_method="credit_note")
        self.assertGreaterEqual(batch.blocked_count, 2)
        self.assertIn("fiscal period is locked", batch.assessment_html)
