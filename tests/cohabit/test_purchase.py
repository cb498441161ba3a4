"""Purchases that were made for an order that is taken back."""

from odoo import Command

from ..batch import BatchCase
from .common import CohabitCase


class TestPurchase(CohabitCase, BatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Subcontractor"})
        cls.bought = cls.make_service(
            **{
                "name": "Bought Service",
                "service_to_purchase": True,
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": 60.0})
                ],
            }
        )
        cls.buyer = cls._user("buyer_t", "purchase.group_purchase_user")

    def settled(self):
        order, _invoice, _payment = self.settle(products=self.bought)
        purchase = order.sudo()._get_purchase_orders()
        self.assertEqual(purchase.state, "draft")
        purchase.user_id = self.buyer
        return order, purchase

    def findings(self, reversal):
        return {found.code: found for found in reversal.finding_ids}

    def test_request_that_nobody_sent_is_cancelled_and_opened_again(self):
        order, purchase = self.settled()
        reversal = self.reverse(order)
        self.assertEqual(purchase.state, "cancel")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(purchase.state, "draft")
        self.assertEqual(order.sudo()._get_purchase_orders(), purchase)

    def test_confirmed_one_stays_and_its_buyer_is_told(self):
        order, purchase = self.settled()
        purchase.button_confirm()
        reversal = self.request(order)
        reversal.action_assess()
        found = self.findings(reversal)["made_stays"]
        self.assertEqual(found.severity, "warning")
        self.assertIn(purchase.name, found.message)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(purchase.state, "purchase")
        self.assertEqual(purchase.activity_ids.user_id, self.buyer)
        self.assertEqual(len(purchase.activity_ids), 1)

    def test_a_buyer_of_several_is_told_once(self):
        """One activity of ours, that names all of them, beside what the host says."""
        order, purchase = self.settled()
        purchase.order_line.product_id.service_to_purchase = False
        other = purchase.copy()
        other.order_line.sale_line_id = order.order_line
        (purchase | other).button_confirm()
        self.assertEqual(order.sudo()._get_purchase_orders(), purchase | other)
        self.reverse(order)
        activities = (purchase | other).activity_ids
        [activity] = activities.filtered("summary")
        self.assertEqual(activity.user_id, self.buyer)
        for one in purchase | other:
            self.assertIn(one.name, activity.note)

    def test_buyer_is_told_of_a_quotation_too(self):
        order, purchase = self.settled()
        purchase.button_confirm()
        self.reverse(order, "draft")
        self.assertIn(self.buyer, purchase.activity_ids.user_id)

    def test_many_orders_as_one(self):
        """The batch asks what becomes of it, too, and hands the answer on."""
        for method, state in (("auto", "sent"), ("cancel", "cancel")):
            with self.subTest(method):
                found = [self.settled(), self.settled()]
                for _order, purchase in found:
                    purchase.state = "sent"
                orders = found[0][0] | found[1][0]
                batch = self.batch(orders, scope="cancel", made_method=method)
                self.assertTrue(batch.asks_made)
                batch.action_start()
                self.assertEqual((batch.state, batch.done_count), ("done", 2))
                self.assertEqual(
                    {purchase.state for _order, purchase in found},
                    {state},
                )

    def test_the_batch_asks_in_both_forms(self):
        model = self.env["order.reversal.batch"].with_user(self.clerk)
        for name in ("", "_dialog"):
            view = self.env.ref(
                f"erp_order_reversal.order_reversal_batch_view_form{name}"
            )
            self.assertIn('name="made_method"', model.get_view(view.id)["arch"])
        order, _purchase = self.settled()
        _order, invoice, _payment = self.settle()
        self.assertTrue(self.batch(order).asks_made)
        self.assertFalse(self.batch(invoice).asks_made, "nothing is made for it")

    def test_one_that_buys_for_others_stays(self):
        order, purchase = self.settled()
        purchase.order_line.copy({"order_id": purchase.id, "sale_line_id": False})
        self.reverse(order)
        self.assertEqual(purchase.state, "draft")

    def test_untouched_while_the_order_stays(self):
        order, purchase = self.settled()
        self.reverse(order, "invoice")
        self.assertEqual(purchase.state, "draft")
        self.assertFalse(purchase.activity_ids)
