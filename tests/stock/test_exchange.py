"""An order that delivers goods and takes others back: an exchange."""

from odoo import Command
from odoo.exceptions import UserError

from .common import GoodsCase


class TestExchange(GoodsCase):
    def setUp(self):
        super().setUp()
        self.before = self.trial_balance()
        self.order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product, quantity in ((self.desk, 3.0), (self.lamp, -1.0))
                ],
            }
        )
        self.order.action_confirm()
        for picking in self.open_pickings(self.order):
            self.transfer(picking)
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [3.0, -1.0])
        self.stock = self.on_hand()
        self.payment = self.pay(self.invoice(self.order))

    def test_what_was_taken_back_cannot_go_out_again(self):
        for method in ("return", "request_return"):
            with self.subTest(method):
                reversal = self.request(self.order, "cancel", delivery_method=method)
                reversal.action_assess()
                self.assertIn("goods_exchanged", self.codes(reversal))
                with self.assertRaisesRegex(UserError, "by hand"):
                    reversal.action_submit()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.on_hand(), self.stock)

    def test_all_stays_where_it_is(self):
        self.reverse(
            self.order, "cancel", delivery_method="keep", payment_method="void"
        )
        self.assertEqual(self.on_hand(), self.stock)
        self.assertBooks(self.before)
