"""Courses that an order opened."""

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError

from .common import CohabitCase


class TestCourses(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course_product = cls.make_service(
            **{"name": "Course Access", "service_tracking": "course"}
        )
        cls.course = (
            # who publishes it is no matter here
            cls.env["slide.channel"]
            .with_user(SUPERUSER_ID)
            .create(
                {
                    "name": "Bookkeeping",
                    "enroll": "payment",
                    "product_id": cls.course_product.id,
                    "is_published": True,
                    "user_id": cls.env.ref("base.user_admin").id,
                }
            )
        )

    def enrolled(self):
        order, _invoice, _payment = self.settle(products=self.course_product)
        membership = self.membership()
        self.assertEqual(membership.member_status, "joined")
        return order, membership

    def membership(self):
        return (
            self.env["slide.channel.partner"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("channel_id", "=", self.course.id),
                    ("partner_id", "=", self.partner.id),
                ]
            )
        )

    def codes(self, reversal):
        reversal.action_assess()
        return {found.code: found.severity for found in reversal.finding_ids}

    def test_closed_and_open_again(self):
        order, membership = self.enrolled()
        reversal = self.request(order)
        self.assertEqual(self.codes(reversal)["course_closed"], "info")
        reversal.action_submit()
        self.assertFalse(membership.active)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.membership(), membership)
        self.assertTrue(membership.active)
        self.assertEqual(membership.member_status, "joined")

    def test_begun_is_told_and_comes_back_as_it_was(self):
        order, membership = self.enrolled()
        membership.write({"completion": 60, "member_status": "ongoing"})
        reversal = self.request(order)
        self.assertEqual(self.codes(reversal)["course_begun"], "warning")
        reversal.action_submit()
        self.assertFalse(membership.active)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(membership.member_status, "ongoing")

    def test_begun_is_not_paid_back(self):
        order, membership = self.enrolled()
        membership.write({"completion": 60, "member_status": "ongoing"})
        reversal = self.request(order, payment_method="refund")
        self.assertEqual(self.codes(reversal)["course_begun"], "blocker")
        with self.assertRaisesRegex(UserError, "60 % of the course “Bookkeeping”"):
            reversal.action_submit()
        self.assertTrue(membership.active)

    def test_each_course_is_told_of(self):
        other = self.make_service(
            **{"name": "Other Course", "service_tracking": "course"}
        )
        self.course.create(
            {
                "name": "Controlling",
                "enroll": "payment",
                "product_id": other.id,
                "is_published": True,
                "user_id": self.course.user_id.id,
            }
        )
        order, _invoice, _payment = self.settle(products=self.course_product | other)
        memberships = (
            self.env["slide.channel.partner"]
            .sudo()
            .search([("partner_id", "=", self.partner.id)])
        )
        self.assertEqual(len(memberships), 2)
        memberships.write({"completion": 60, "member_status": "ongoing"})
        reversal = self.request(order, payment_method="refund")
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda f: f.code == "course_begun")
        self.assertEqual(set(found.mapped("res_id")), set(memberships.channel_id.ids))

    def test_another_order_keeps_it_open(self):
        order, membership = self.enrolled()
        self.settle(products=self.course_product)
        self.reverse(order)
        self.assertTrue(membership.active)

    def test_stays_open_with_the_order(self):
        order, membership = self.enrolled()
        reversal = self.request(order, "invoice", payment_method="refund")
        self.assertEqual(self.codes(reversal)["course_stays"], "warning")
        reversal.action_submit()
        self.assertTrue(membership.active)
