"""Repairs that an order asked for, and the parts in them."""

from odoo import Command

from .common import CohabitCase


class TestRepair(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.clerk, cls.manager):
            user.group_ids += cls.env.ref("stock.group_stock_user")
        cls.mender = cls._user("mender_t", "stock.group_stock_user")
        su = cls.env(su=True)
        if not su["stock.warehouse"].search([("company_id", "=", cls.company.id)]):
            su["stock.warehouse"].create(
                {"name": "W", "code": "W", "company_id": cls.company.id}
            )
        cls.mending = cls.make_service(
            **{"name": "Mending", "service_tracking": "repair"}
        )
        cls.screw = cls.make_service(
            **{"name": "Screw", "type": "consu", "list_price": 5.0}
        )

    def with_repair(self, parts=2.0, finish=False):
        order = self.make_order(products=self.mending)
        repair = order.sudo().repair_order_ids
        self.assertEqual(repair.state, "confirmed")
        repair.user_id = self.mender
        repair.move_ids = [
            Command.create(
                {
                    "product_id": self.screw.id,
                    "product_uom_qty": parts,
                    "repair_line_type": "add",
                }
            )
        ]
        self.assertEqual(len(order.order_line), 2)
        if finish:
            repair.action_repair_start()
            repair.move_ids.quantity = parts
            repair.action_repair_end()
            self.assertEqual(repair.state, "done")
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(invoice)
        return order, repair

    def quantities(self, order):
        return order.order_line.mapped("product_uom_qty")

    def test_unbegun_is_cancelled_and_opened_again(self):
        order, repair = self.with_repair()
        quantities, before = self.quantities(order), self.trial_balance()
        reversal = self.reverse(order)
        self.assertEqual(repair.state, "cancel")
        self.assertEqual(self.quantities(order), quantities)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(repair.state, "confirmed")
        self.assertEqual(order.sudo().repair_order_ids, repair)
        self.assertEqual(self.quantities(order), quantities)
        self.assertBooks(before)

    def test_under_way_stays_and_is_told(self):
        order, repair = self.with_repair()
        repair.action_repair_start()
        self.reverse(order)
        self.assertEqual(repair.state, "under_repair")
        self.assertEqual(repair.activity_ids.user_id, self.mender)

    def test_under_way_is_cancelled_if_wanted_and_goes_on(self):
        order, repair = self.with_repair()
        repair.action_repair_start()
        reversal = self.reverse(order, made_method="cancel")
        self.assertEqual(repair.state, "cancel")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(repair.state, "under_repair")

    def test_parts_of_a_finished_one_stay(self):
        order, repair = self.with_repair(finish=True)
        before = self.trial_balance()
        delivered = order.order_line.mapped("qty_delivered")
        self.assertIn(2.0, delivered)
        reversal = self.request(order)
        reversal.action_assess()
        [found] = reversal.finding_ids.filtered(lambda f: f.code == "parts_stay")
        self.assertIn("2 × Screw", found.message)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(repair.state, "done")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.mapped("qty_delivered"), delivered)
        self.assertBooks(before)

    def stock_of(self, product):
        return product.with_company(self.company).sudo().qty_available

    def test_parts_come_back_if_goods_are_received(self):
        self.screw.is_storable = True
        order, _repair = self.with_repair(finish=True)
        before, settled = self.stock_of(self.screw), self.trial_balance()
        reversal = self.reverse(order, delivery_method="return")
        self.assertIn("return_parts", reversal.step_ids.mapped("operation"))
        self.assertEqual(self.stock_of(self.screw), before + 2.0)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.stock_of(self.screw), before)
        self.assertEqual(order.state, "sale")
        self.assertBooks(settled)

    def test_as_a_quotation(self):
        order, repair = self.with_repair()
        quantities = self.quantities(order)
        self.reverse(order, "draft")
        self.assertEqual(order.state, "draft")
        self.assertEqual(repair.state, "cancel")
        self.assertEqual(self.quantities(order), quantities)

    def test_the_hosts_own_cancel_still_cancels(self):
        order = self.make_order(products=self.mending)
        order.action_cancel()
        self.assertEqual(order.sudo().repair_order_ids.state, "cancel")
