"""Goods that a vendor ships to the customer, and an order that is taken back."""

from odoo import Command

from .test_peer import PeerCase


class TestDropship(PeerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.clerk, cls.manager):
            user.group_ids += cls.env.ref("stock.group_stock_user")
        cls.buyer = cls._user("buyer_t", "purchase.group_purchase_user")
        vendor = cls.env["res.partner"].create({"name": "Wholesaler"})
        cls.lamp = cls.env["product.product"].create(
            {
                "name": "Lamp",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.tax.ids)],
                "route_ids": [
                    Command.set(
                        cls.env.ref("stock_dropshipping.route_drop_shipping").ids
                    )
                ],
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 6.0})],
            }
        )

    def under_way(self):
        """An order that is paid, and that a vendor was told to ship."""
        order, _invoice, _payment = self.settle(products=self.lamp)
        purchase = order.sudo()._get_purchase_orders()
        purchase.user_id = self.buyer
        purchase.button_confirm()
        picking = purchase.picking_ids
        self.assertTrue(picking.move_ids._is_dropshipped())
        return order, purchase, picking

    def test_under_way(self):
        """The vendor's order is the buyer's to cancel: said, and told."""
        order, purchase, picking = self.under_way()
        reversal = self.request(order)
        reversal.action_assess()
        [found] = reversal.finding_ids.filtered(lambda f: f.code == "made_stays")
        self.assertIn(purchase.name, found.message)
        self.assertIn(self.buyer.name, found.remedy)
        reversal.action_submit()
        self.assertEqual((reversal.state, order.state), ("done", "cancel"))
        self.assertEqual((purchase.state, picking.state), ("purchase", "cancel"))
        self.assertIn(self.buyer, purchase.activity_ids.user_id)

    def test_shipped(self):
        """It does not come back into a stock that it never was in."""
        order, purchase, picking = self.under_way()
        picking.move_ids.quantity = 1.0
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        before = self.trial_balance()
        reversal = self.request(order, delivery_method="return")
        reversal.action_assess()
        self.assertIn("dropshipped", reversal.finding_ids.mapped("code"))
        reversal = self.reverse(order, delivery_method="keep")
        self.assertEqual((purchase.state, picking.state), ("purchase", "done"))
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertBooks(before)
