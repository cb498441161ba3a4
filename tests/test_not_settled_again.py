"""The list of what was taken back and not settled again, by age."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools.safe_eval import safe_eval

from .common import ReversalCase


class TestNotSettledAgain(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = cls.env.ref("erp_order_reversal.order_reversal_action_open")

    def take_back(self, days):
        """A reversal of an order of the requester's, so many days ago."""
        order = self.settle(user_id=self.requester.id)[0]
        with freeze_time(fields.Datetime.now() - timedelta(days=days)):
            return self.reverse(order, "draft")

    def arch(self, view_type, user):
        """The view of the list as a user gets it."""
        records = self.env["order.reversal"].with_user(user)
        views = records.get_views(
            [*self.action.views, (self.action.search_view_id.id, "search")]
        )
        return etree.fromstring(views["views"][view_type]["arch"])

    def found(self, user, *domain):
        """What the list shows, in its order."""
        return (
            self.env["order.reversal"]
            .with_user(user)
            .search(
                [
                    *safe_eval(self.action.domain),
                    ("company_id", "=", self.company.id),
                    *domain,
                ],
                order=self.arch("list", user).get("default_order"),
            )
        )

    def test_the_oldest_first_until_it_is_settled(self):
        young, old = self.take_back(2), self.take_back(40)
        self.reverse(self.settle()[0], "cancel")
        for user in (self.clerk, self.auditor):
            self.assertEqual(self.found(user), old | young)
        [late] = self.arch("search", self.clerk).xpath(
            "//filter[@name='not_settled_again_for_a_week']"
        )
        self.assertEqual(self.found(self.clerk, *safe_eval(late.get("domain"))), old)
        settlement = old.with_user(self.clerk).action_settle_again()
        settlement = self.env["order.settlement"].browse(settlement["res_id"])
        settlement.with_user(self.clerk).action_settle()
        self.env.flush_all()
        self.assertEqual(self.found(self.clerk), young)
        young.with_user(self.manager).action_undo()
        self.assertFalse(self.found(self.clerk))

    def test_whoever_is_responsible_has_an_activity(self):
        reversal = self.take_back(0)
        activity = reversal.order_id.activity_ids
        self.assertEqual(activity.user_id, self.requester)
        self.assertIn("settle it again", activity.summary)

    def test_who_sees_the_list_and_its_button(self):
        self.take_back(2)
        button = "//button[@name='action_settle_again']"
        self.assertTrue(self.arch("list", self.clerk).xpath(button))
        for user in (self.auditor, self.requester):
            self.assertFalse(self.arch("list", user).xpath(button))
        with self.assertRaises(AccessError):
            self.found(self.outsider)
        menu = self.env.ref("erp_order_reversal.menu_not_settled_again")
        for user, sees in ((self.clerk, True), (self.outsider, False)):
            menus = self.env["ir.ui.menu"].with_user(user)
            self.assertEqual(menu.id in menus._visible_menu_ids(), sees)
