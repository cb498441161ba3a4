"""Registrations and booths of an order that is taken back."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import CohabitCase


class EventCase(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        cls.ticket_product = cls.make_service(
            **{"name": "Ticket", "service_tracking": "event"}
        )
        cls.event = (
            cls.env["event.event"]
            .sudo()
            .create(
                {
                    "name": "Conference",
                    "company_id": cls.company.id,
                    "date_begin": now + timedelta(days=1),
                    "date_end": now + timedelta(days=2),
                    "event_ticket_ids": [
                        Command.create(
                            {
                                "name": "Standard",
                                "product_id": cls.ticket_product.id,
                                "price": 100.0,
                            }
                        )
                    ],
                }
            )
        )

    def codes(self, reversal):
        reversal.action_assess()
        return {found.code: found for found in reversal.finding_ids}


class TestRegistrations(EventCase):
    def registered(self, count=2.0):
        order = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.ticket_product.id,
                        "product_uom_qty": count,
                        "event_id": self.event.id,
                        "event_ticket_id": self.event.event_ticket_ids.id,
                    }
                )
            ]
        )
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(invoice)
        registrations = order.order_line.sudo().registration_ids
        self.assertEqual(len(registrations), count)
        registrations.action_confirm()
        return order, registrations

    def test_cancelled_and_back_by_a_restore(self):
        order, registrations = self.registered()
        before = self.trial_balance()
        reversal = self.request(order)
        found = self.codes(reversal)["tickets_cancelled"]
        self.assertEqual(found.severity, "info")
        self.assertIn("2 × registration for Conference", found.message)
        reversal.action_submit()
        self.assertEqual(set(registrations.mapped("state")), {"cancel"})
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(set(registrations.mapped("state")), {"open"})
        self.assertEqual(order.order_line.sudo().registration_ids, registrations)
        self.assertBooks(before)

    def test_attended_ones_are_told_and_come_back_as_attended(self):
        order, registrations = self.registered()
        registrations[0].state = "done"
        reversal = self.request(order)
        found = self.codes(reversal)
        self.assertEqual(found["tickets_attended"].severity, "warning")
        self.assertIn("1 × registration", found["tickets_attended"].message)
        self.assertIn("1 × registration", found["tickets_cancelled"].message)
        reversal.action_submit()
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(registrations.mapped("state"), ["done", "open"])

    def test_attended_ones_are_not_paid_back(self):
        order, registrations = self.registered()
        registrations[0].state = "done"
        reversal = self.request(order, payment_method="refund")
        self.assertEqual(self.codes(reversal)["tickets_attended"].severity, "blocker")
        with self.assertRaisesRegex(UserError, "1 × registration for Conference was"):
            reversal.action_submit()
        self.assertEqual(order.state, "sale")

    def test_refund_of_an_order_that_stays(self):
        order, registrations = self.registered()
        reversal = self.request(order, "invoice", payment_method="refund")
        self.assertEqual(self.codes(reversal)["tickets_stay"].severity, "warning")
        reversal.action_submit()
        self.assertEqual(set(registrations.mapped("state")), {"open"})

    def test_each_event_is_told_of(self):
        other = self.event.copy({"name": "Other Conference"})
        order = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.ticket_product.id,
                        "event_id": event.id,
                        "event_ticket_id": event.event_ticket_ids[:1].id,
                    }
                )
                for event in (self.event, other)
            ]
        )
        self.pay(self.invoice(order))
        registrations = order.order_line.sudo().registration_ids
        registrations.state = "done"
        reversal = self.request(order, payment_method="refund")
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda f: f.code == "tickets_attended")
        self.assertEqual(set(found.mapped("severity")), {"blocker"})
        self.assertEqual(set(found.mapped("res_id")), set((self.event | other).ids))

    def test_they_are_not_listed_twice(self):
        order, _registrations = self.registered()
        reversal = self.request(order)
        reversal.action_assess()
        beside = reversal.finding_ids.filtered(lambda found: found.code == "beside")
        self.assertNotIn("event.registration", beside.mapped("res_model"))


class TestBooths(EventCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.booth_product = cls.make_service(
            **{"name": "Booth", "service_tracking": "event_booth"}
        )
        category = (
            cls.env["event.booth.category"]
            .sudo()
            .create({"name": "Wide", "product_id": cls.booth_product.id, "price": 100})
        )
        cls.booth = (
            cls.env["event.booth"]
            .sudo()
            .create(
                {
                    "name": "B7",
                    "event_id": cls.event.id,
                    "booth_category_id": category.id,
                }
            )
        )

    def rented(self):
        order = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.booth_product.id,
                        "event_id": self.event.id,
                        "event_booth_category_id": self.booth.booth_category_id.id,
                        "event_booth_pending_ids": [Command.set(self.booth.ids)],
                    }
                )
            ]
        )
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(invoice)
        self.assertEqual(self.booth.state, "unavailable")
        self.booth.is_paid = True
        return order

    def test_free_and_rented_again(self):
        order = self.rented()
        reversal = self.reverse(order)
        self.assertEqual(self.booth.state, "available")
        self.assertFalse(self.booth.partner_id)
        self.assertFalse(self.booth.sale_order_id)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.booth.state, "unavailable")
        self.assertEqual(self.booth.sale_order_id, order)
        self.assertEqual(self.booth.partner_id, order.partner_id)
        self.assertTrue(self.booth.is_paid)

    def test_rented_to_somebody_else_since(self):
        order = self.rented()
        reversal = self.reverse(order)
        self.booth.action_confirm({"partner_id": self.partner_b.id})
        with self.assertRaisesRegex(UserError, "B7 of Conference is rented to some"):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.booth.partner_id, self.partner_b)

    def test_kept_if_wanted(self):
        order = self.rented()
        self.reverse(order, made_method="keep")
        self.assertEqual(self.booth.state, "unavailable")
