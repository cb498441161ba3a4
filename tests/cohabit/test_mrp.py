"""Manufacturing orders that were made for an order."""

from odoo import Command

from .common import CohabitCase


class TestManufacturing(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids += cls.env.ref("stock.group_stock_user")
        cls.manager.group_ids += cls.env.ref("stock.group_stock_user")
        cls.foreman = cls._user("foreman_t", "mrp.group_mrp_user")
        su = cls.env(su=True)
        warehouse = su["stock.warehouse"].search([("company_id", "=", cls.company.id)])
        if not warehouse:
            warehouse = su["stock.warehouse"].create(
                {"name": "W", "code": "W", "company_id": cls.company.id}
            )
        to_order = warehouse[0].mto_pull_id.route_id
        to_order.active = True
        routes = to_order | warehouse[0].manufacture_pull_id.route_id
        cls.table = cls.make_service(
            **{
                "name": "Table",
                "type": "consu",
                "is_storable": True,
                "route_ids": [Command.set(routes.ids)],
            }
        )
        cls.wood = cls.make_service(**{"name": "Wood", "type": "consu"})
        su["mrp.bom"].create(
            {
                "product_tmpl_id": cls.table.product_tmpl_id.id,
                "product_qty": 1.0,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.wood.id, "product_qty": 2.0})
                ],
            }
        )

    def settled(self):
        order, _invoice, _payment = self.settle(products=self.table, quantity=2.0)
        production = order.sudo().mrp_production_ids
        self.assertEqual(len(production), 1)
        self.assertEqual(production.state, "confirmed")
        production.user_id = self.foreman
        return order, production

    def test_unbegun_is_cancelled_and_made_anew(self):
        order, production = self.settled()
        reversal = self.reverse(order)
        self.assertEqual(production.state, "cancel")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(production.state, "cancel")
        again = order.sudo().mrp_production_ids
        self.assertEqual(len(again), 1)
        self.assertEqual(again.product_qty, 2.0)

    def test_begun_stays_and_its_responsible_is_told(self):
        order, production = self.settled()
        production.qty_producing = 1.0
        self.assertEqual(production.state, "progress")
        reversal = self.request(order)
        reversal.action_assess()
        [found] = reversal.finding_ids.filtered(lambda f: f.code == "made_stays")
        self.assertEqual(found.severity, "warning")
        self.assertIn("foreman_t", found.remedy)
        reversal.action_submit()
        self.assertEqual(production.state, "progress")
        self.assertIn(self.foreman, production.activity_ids.user_id)
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )
        restore.action_assess()
        self.assertIn("made_again", restore.finding_ids.mapped("code"))

    def test_what_was_made_and_came_back_may_be_made_again(self):
        order, production = self.settled()
        production.qty_producing = 2.0
        production.move_raw_ids.write({"quantity": 4.0, "picked": True})
        production.button_mark_done()
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 2.0, "picked": True})
        picking.button_validate()
        self.assertEqual((production.state, picking.state), ("done", "done"))
        for delivery, said in (("keep", False), ("return", True)):
            reversal = self.reverse(order, delivery_method=delivery)
            restore = (
                self.env["order.reversal"]
                .with_user(self.manager)
                .create({"restores_id": reversal.id, "reason_id": self.reason.id})
            )
            restore.action_assess()
            codes = restore.finding_ids.mapped("code")
            self.assertEqual("made_again" in codes, said)
            restore.action_submit()
            self.assertEqual(len(order.sudo().mrp_production_ids), 1 + said)

    def test_begun_is_cancelled_if_wanted(self):
        order, production = self.settled()
        production.qty_producing = 1.0
        self.reverse(order, made_method="cancel")
        self.assertEqual(production.state, "cancel")

    def test_kept_if_wanted(self):
        order, production = self.settled()
        self.reverse(order, made_method="keep")
        self.assertEqual(production.state, "confirmed")
        self.assertIn(self.foreman, production.activity_ids.user_id)
