"""Who decides on a request: by its amount, for somebody who is away, and in time."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tools.safe_eval import safe_eval

from .common import ReversalCase


class TestDeciders(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.reversal_approval = "always"
        cls.head = cls.approver.copy(
            {
                "login": "head-of-approvals",
                "name": "Head",
                "email": "head@example.com",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    def limit(self, amount, *users):
        return (
            self.env["order.reversal.limit"]
            .with_user(self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "amount": amount,
                    "approver_ids": [Command.set([user.id for user in users])],
                }
            )
        )

    def away(self, user, instead, author=None, days=0):
        today = fields.Date.today() + timedelta(days=days)
        return (
            self.env["order.reversal.stand.in"]
            .with_user(author or user)
            .create(
                {
                    "company_id": self.company.id,
                    "user_id": user.id,
                    "stand_in_id": instead.id,
                    "date_from": today,
                    "date_to": today,
                }
            )
        )

    def ask(self):
        reversal = self.request(self.settle()[0]).with_user(self.clerk)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        return reversal

    def asked(self, reversal):
        return reversal.sudo().activity_ids.user_id

    def test_above_a_limit_only_its_approvers_decide(self):
        amount = self.ask().amount_total
        self.limit(amount - 1.0, self.head)
        reversal = self.ask()
        self.assertEqual(self.asked(reversal), self.head)
        self.assertIn("Head", reversal.approval_note)
        other = reversal.with_user(self.approver)
        self.assertFalse(other.can_approve)
        for act in (
            other.action_approve,
            lambda: other.action_reject("no"),
            lambda: other.action_rework("no"),
        ):
            with self.assertRaisesRegex(AccessError, "Only Head may decide on more"):
                act()
        self.assertEqual(reversal.state, "to_approve")
        decider = reversal.with_user(self.head)
        self.assertTrue(decider.can_approve)
        decider.action_approve()
        self.assertEqual(reversal.state, "done")

    def test_up_to_a_limit_everybody_decides(self):
        amount = self.ask().amount_total
        self.limit(amount, self.head)
        reversal = self.ask()
        self.assertIn(self.approver, self.asked(reversal))
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(reversal.state, "done")

    def test_of_several_limits_the_highest_counts(self):
        amount = self.ask().amount_total
        self.limit(amount - 2.0, self.head)
        self.limit(amount - 1.0, self.manager)
        reversal = self.ask()
        self.assertEqual(self.asked(reversal), self.manager)
        with self.assertRaises(AccessError):
            reversal.with_user(self.head).action_approve()
        reversal.with_user(self.manager).action_approve()
        self.assertEqual(reversal.state, "done")

    def test_nobody_of_a_limit_is_left(self):
        amount = self.ask().amount_total
        self.limit(amount - 1.0, self.head)
        self.head.active = False
        self.assertIn("Nobody may approve more than", self.ask().approval_note)

    def test_a_stand_in_decides(self):
        amount = self.ask().amount_total
        self.limit(amount - 1.0, self.head)
        self.away(self.head, self.approver)
        reversal = self.ask()
        self.assertEqual(self.asked(reversal), self.approver)
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(reversal.state, "done")

    def test_a_stand_in_of_another_day_does_not(self):
        amount = self.ask().amount_total
        self.limit(amount - 1.0, self.head)
        self.away(self.head, self.approver, days=1)
        reversal = self.ask()
        self.assertEqual(self.asked(reversal), self.head)
        with self.assertRaises(AccessError):
            reversal.with_user(self.approver).action_approve()

    def test_who_asks_is_no_stand_in(self):
        self.away(self.head, self.approver)
        reversal = self.request(self.settle()[0], user=self.approver)
        reversal.action_submit()
        self.assertNotIn(self.approver, self.asked(reversal))
        self.assertIn(self.head, self.asked(reversal))
        with self.assertRaisesRegex(AccessError, "yourself"):
            reversal.action_approve()

    def test_who_names_a_stand_in(self):
        with self.assertRaises(AccessError):
            self.away(self.head, self.approver, author=self.approver)
        with self.assertRaises(AccessError):
            self.away(self.head, self.approver, author=self.clerk)
        self.away(self.head, self.approver, author=self.manager)
        with self.assertRaisesRegex(ValidationError, "for oneself"):
            self.away(self.head, self.head)
        with self.assertRaisesRegex(ValidationError, "can't approve in"):
            self.away(self.head, self.clerk)

    def test_where_an_approver_names_a_stand_in(self):
        """Managers in the configuration, approvers in their own preferences."""
        menus = self.env["ir.ui.menu"]
        menu = self.env.ref("erp_order_reversal.menu_stand_ins")
        self.assertEqual(
            menu.parent_id, self.env.ref("erp_order_reversal.menu_configuration")
        )
        action = self.env.ref("erp_order_reversal.order_reversal_stand_in_action_own")
        for user, manages, approves in (
            (self.manager, True, True),
            (self.approver, False, True),
            (self.clerk, False, False),
        ):
            seen = menus.with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in seen, manages, user.name)
            form = self.env["res.users"].with_user(user)
            form = form.get_view(
                self.env.ref("base.view_users_form_simple_modif").id, "form"
            )
            self.assertEqual(f'name="{action.id}"' in form["arch"], approves)
        mine = self.away(self.approver, self.head, author=self.approver)
        self.away(self.head, self.approver)
        rows = self.env[action.res_model].with_user(self.approver)
        domain = safe_eval(action.domain, {"uid": self.approver.id})
        self.assertEqual(rows.search(domain), mine)

    def test_who_sets_a_limit(self):
        for user in (self.clerk, self.approver):
            with self.assertRaises(AccessError):
                self.env["order.reversal.limit"].with_user(user).create(
                    {"amount": 5.0, "approver_ids": [Command.set(self.head.ids)]}
                )
        with self.assertRaisesRegex(ValidationError, "can't approve in"):
            self.limit(5.0, self.clerk)
        with self.assertRaisesRegex(ValidationError, "at least one"):
            self.limit(6.0)

    def test_the_log_keeps_what_was_set(self):
        limit = self.limit(5.0, self.head)
        limit.amount = 7.0
        limit.unlink()
        log = self.env["order.reversal.log"].with_user(self.manager)
        rows = log.search([("res_model", "=", "order.reversal.limit")], order="id")
        self.assertEqual(
            [[text[:3] for text in row.detail["rows_of_policy"]] for row in rows],
            [["", "> 5"], ["> 5", "> 7"], ["> 7", ""]],
        )
        self.assertEqual(rows.user_id, self.manager)

    def test_what_waits_too_long_is_brought_to_mind_once(self):
        self.company.reversal_approval_days = 2
        late, fresh = self.ask(), self.ask()
        self.assertEqual(
            set(fresh.sudo().activity_ids.mapped("date_deadline")),
            {fields.Date.today() + timedelta(days=2)},
        )
        engine = late._engine_env(late)
        engine.requested_on = fields.Datetime.now() - timedelta(days=4)
        model = self.env["order.reversal"].sudo()

        def reminders():
            mails = (
                self.env["mail.message"]
                .sudo()
                .search(
                    [("message_type", "=", "user_notification")]
                    + [("partner_ids", "in", self.approver.partner_id.ids)]
                    + [("body", "like", "wait for longer")]
                )
            )
            return mails

        before = reminders()
        model._cron_remind()
        [message] = reminders() - before
        self.assertIn(late.name, message.body)
        self.assertNotIn(fresh.name, message.body)
        model._cron_remind()
        self.assertEqual(len(reminders() - before), 1, "once a deadline")
        engine.reminded_on = fields.Date.today() - timedelta(days=3)
        model._cron_remind()
        self.assertEqual(len(reminders() - before), 2)
        self.company.reversal_approval_days = 0
        engine.reminded_on = False
        model._cron_remind()
        self.assertEqual(len(reminders() - before), 2)

    def test_reminders_are_read_in_the_language_of_the_approver(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.approver.lang = "zh_CN"
        self.company.reversal_approval_days = 2
        late = self.ask() | self.ask()
        late._engine_env(late).requested_on = fields.Datetime.now() - timedelta(days=4)
        messages = self.env["mail.message"].sudo()
        domain = [
            ("partner_ids", "in", self.approver.partner_id.ids),
            ("message_type", "=", "user_notification"),
        ]
        before = messages.search(domain)
        self.env["order.reversal"].sudo()._cron_remind()
        [message] = messages.search(domain) - before
        self.assertIn("等待", message.body)
        for reversal in late:
            self.assertIn(f'data-oe-id="{reversal.id}"', message.body)

    def test_who_decides_is_asked_once_for_one_person(self):
        """Of many requests that wait, not for each of them."""
        self.company.reversal_approval_days = 2
        late = self.ask() | self.ask()
        other = self.request(self.settle()[0], user=self.requester)
        other.action_submit()
        late |= other.with_user(self.clerk)
        late._engine_env(late).requested_on = fields.Datetime.now() - timedelta(days=4)
        asked = []
        cls = type(self.env["order.reversal"])
        origin = cls._select_deciders

        def select(reversal, approvers):
            asked.append(reversal.requester_id)
            return origin(reversal, approvers)

        self.patch(cls, "_select_deciders", select)
        self.env["order.reversal"].sudo()._cron_remind()
        own = [user for user in asked if user in late.requester_id]
        self.assertEqual(len(own), 2)
        self.assertEqual(set(late.mapped("reminded_on")), {fields.Date.today()})
