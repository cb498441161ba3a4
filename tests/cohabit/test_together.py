"""One order with something of every addon: taken back, and restored."""

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError

from .test_event import EventCase


class TestTogether(EventCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        su = cls.env(su=True)
        for user in (cls.clerk, cls.manager):
            user.group_ids += cls.env.ref("stock.group_stock_user")
        cls.worker = cls._user(
            "worker_t", "project.group_project_user", "purchase.group_purchase_user"
        )
        su["loyalty.program"].search([]).active = False
        cls.gift = cls.make_service(
            **{"name": "Gift Card", "list_price": 50.0, "taxes_id": [Command.clear()]}
        )
        cls.make_money_program(
            "Gift Cards", "gift_card", cls.gift, reward_point_split=True
        )
        cls.task = cls.make_service(
            **{"name": "Work", "service_tracking": "task_in_project"}
        )
        vendor = su["res.partner"].create({"name": "Subcontractor"})
        cls.bought = cls.make_service(
            **{
                "name": "Bought",
                "service_to_purchase": True,
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 60})],
            }
        )
        cls.lesson = cls.make_service(
            **{"name": "Course", "service_tracking": "course"}
        )
        cls.env["slide.channel"].with_user(SUPERUSER_ID).create(
            {
                "name": "Bookkeeping",
                "enroll": "payment",
                "product_id": cls.lesson.id,
                "is_published": True,
            }
        )
        warehouse = su["stock.warehouse"].search([("company_id", "=", cls.company.id)])
        if not warehouse:
            warehouse = su["stock.warehouse"].create(
                {"name": "W", "code": "W", "company_id": cls.company.id}
            )
        routes = warehouse[0].mto_pull_id.route_id
        routes.active = True
        routes |= warehouse[0].manufacture_pull_id.route_id
        cls.table = cls.make_service(
            **{
                "name": "Table",
                "type": "consu",
                "is_storable": True,
                "route_ids": [Command.set(routes.ids)],
            }
        )
        wood = cls.make_service(**{"name": "Wood", "type": "consu"})
        su["mrp.bom"].create(
            {
                "product_tmpl_id": cls.table.product_tmpl_id.id,
                "product_qty": 1.0,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": wood.id, "product_qty": 2.0})
                ],
            }
        )

    def everything(self):
        """An order with something of each, delivered, attended, spent and made."""
        products = [self.gift, self.task, self.bought, self.lesson, self.table]
        order = self.make_order(
            order_line=[
                *(
                    Command.create({"product_id": product.id, "product_uom_qty": 1.0})
                    for product in products
                ),
                Command.create(
                    {
                        "product_id": self.ticket_product.id,
                        "product_uom_qty": 2.0,
                        "event_id": self.event.id,
                        "event_ticket_id": self.event.event_ticket_ids.id,
                    }
                ),
            ]
        )
        su = order.sudo()
        production = su.mrp_production_ids
        production.qty_producing = 1.0
        production.move_raw_ids.write({"quantity": 2.0, "picked": True})
        production.button_mark_done()
        self.assertEqual(production.state, "done")
        picking = su.picking_ids
        picking.action_assign()
        picking.move_ids.write({"quantity": 1.0, "picked": True})
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        purchase = su._get_purchase_orders()
        purchase.user_id = self.worker
        purchase.button_confirm()
        registrations = su.order_line.registration_ids
        registrations.action_confirm()
        registrations[0].state = "done"
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(invoice)
        card = su.coupon_point_ids.coupon_id
        self.assertEqual(card.points, 50.0)
        card.points = 20.0
        return order, card, registrations

    def standing(self, order):
        """How all that hangs on the order stands."""
        su = order.sudo()
        self.env.invalidate_all()
        return {
            "order": su.state,
            "lines": [
                (line.product_uom_qty, line.qty_delivered, line.qty_invoiced)
                for line in su.order_line
            ],
            "cards": [(c.points, c.active) for c in su.coupon_point_ids.coupon_id],
            "tickets": su.order_line.registration_ids.mapped("state"),
            "made": su.mrp_production_ids.mapped("state"),
            "bought": su._get_purchase_orders().mapped("state"),
            "tasks": su.tasks_ids.mapped("state"),
            "invoices": su.invoice_ids.filtered(
                lambda invoice: invoice.state == "posted"
            ).mapped("payment_state"),
        }

    def test_all_of_it_and_back(self):
        for scope in ("cancel", "draft"):
            for delivery in ("keep", "return"):
                with self.subTest(scope=scope, delivery=delivery):
                    order, _card, _registrations = self.everything()
                    books, before = self.trial_balance(), self.standing(order)
                    reversal = self.request(order, scope, delivery_method=delivery)
                    said = reversal.rehearse()["findings"]
                    self.assertEqual(
                        [row for row in said if row["severity"] == "blocker"], []
                    )
                    codes = {row["code"] for row in said}
                    self.assertLessEqual(
                        {"card_spent", "tickets_attended", "made_stays"}, codes
                    )
                    reversal.action_submit()
                    self.assertEqual(reversal.state, "done")
                    self.assertTrue(reversal.action_verify(), reversal.verify_detail)
                    reversal.with_user(self.manager).action_undo()
                    after = self.standing(order)
                    if delivery == "return":
                        # What came back is delivered, and may be made, once more.
                        self.assertEqual(after.pop("made"), ["done", "confirmed"])
                        before.pop("made")
                        before["lines"] = [
                            (ordered, 0.0, invoiced)
                            for ordered, _delivered, invoiced in before["lines"]
                        ]
                    self.assertEqual(after, before)
                    self.assertBooks(books)

    def test_money_does_not_go_back_for_what_was_used(self):
        """Each of them stands against it, and all are told at once."""
        order, _card, _registrations = self.everything()
        books, before = self.trial_balance(), self.standing(order)
        reversal = self.request(
            order, payment_method="refund", delivery_method="return"
        )
        blockers = {
            row["code"]
            for row in reversal.rehearse()["findings"]
            if row["severity"] == "blocker"
        }
        self.assertLessEqual({"card_spent", "tickets_attended"}, blockers)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            reversal.action_submit()
        self.assertEqual(self.standing(order), before)
        self.assertBooks(books)

    def test_taken_back_and_restored_twice(self):
        order, _card, _registrations = self.everything()
        books, before = self.trial_balance(), self.standing(order)
        for _round in range(2):
            reversal = self.reverse(order, delivery_method="keep")
            reversal.with_user(self.manager).action_undo()
            self.assertEqual(self.standing(order), before)
            self.assertBooks(books)
