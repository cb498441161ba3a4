"""A restore is asked for, decided on and told of like a reversal."""

from odoo.exceptions import AccessError, UserError
from odoo.tools.safe_eval import safe_eval

from .common import ReversalCase


class TestUndoRequest(ReversalCase):
    def setUp(self):
        super().setUp()
        self.order, self.invoice, self.payment = self.settle()
        self.reversal = self.reverse(self.order)
        self.company.reversal_approval = "always"
        self.books = self.trial_balance()

    def ask(self):
        self.reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.reversal.state, "done")
        self.assertEqual(self.reversal.undo_requester_id, self.manager)

    def events(self):
        """(event, user, whether it is about the restore), in their order."""
        return [
            (row.event, row.user_id, bool((row.detail or {}).get("undo")))
            for row in self.reversal.log_ids
        ]

    def told(self):
        """The last message that went to whoever asked for the restore."""
        return (
            self.reversal.sudo()
            .message_ids.filtered(
                lambda message: self.manager.partner_id in message.partner_ids
            )[:1]
            .body
        )

    def test_an_approver_approves(self):
        self.ask()
        self.assertIn(self.approver, self.reversal.activity_ids.user_id)
        self.assertNotIn(self.manager, self.reversal.activity_ids.user_id)
        self.reversal.with_user(self.approver).action_approve()
        self.assertEqual(self.reversal.state, "undone")
        self.assertEqual(self.reversal.undone_by_id, self.approver)
        self.assertEqual(self.order.state, "sale")
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(self.reversal.activity_ids)
        self.assertIn("Approved by approver_t", self.told())
        self.assertEqual(
            self.events()[-3:],
            [
                ("requested", self.manager, True),
                ("approved", self.approver, True),
                ("undone", self.approver, False),
            ],
        )

    def test_approvers_read_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.approver.sudo().lang = "zh_CN"
        self.ask()
        activity = self.reversal.activity_ids.filtered(
            lambda activity: activity.user_id == self.approver
        )
        self.assertEqual(activity.summary, "恢复订单")
        self.assertIn("审批", activity.note)

    def test_one_of_a_batch(self):
        batch = (
            self.env["order.reversal.batch"]
            .with_user(self.clerk)
            .create({"order_ids": self.settle()[0].ids, "reason_id": self.reason.id})
        )
        self.company.reversal_approval = "never"
        batch.action_start()
        self.company.reversal_approval = "always"
        [self.reversal] = batch.reversal_ids
        self.ask()
        self.assertIn(self.approver, self.reversal.activity_ids.user_id)
        self.reversal.with_user(self.approver).action_approve()
        self.assertEqual(self.reversal.state, "undone")

    def test_a_second_manager_restores(self):
        second = self._user(
            "manager_two",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_manager",
        )
        self.ask()
        self.reversal.with_user(second).action_undo()
        self.assertEqual(self.reversal.state, "undone")

    def test_never_by_who_asked(self):
        self.ask()
        own = self.reversal.with_user(self.manager)
        self.assertFalse(own.can_approve)
        for method in (own.action_undo, own.action_approve):
            with self.assertRaisesRegex(AccessError, "yourself"):
                method()
        with self.assertRaisesRegex(AccessError, "yourself"):
            own.action_reject("no")
        self.assertEqual(self.reversal.state, "done")

    def test_not_by_who_may_not_approve(self):
        self.ask()
        for user in (self.clerk, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.reversal.with_user(user).action_approve()
        with self.assertRaisesRegex(AccessError, "Only a reversal manager"):
            self.reversal.with_user(self.approver).action_undo()

    def test_without_invoicing_neither_asked_nor_allowed(self):
        powerless = self._user(
            "approver_two",
            "sales_team.group_sale_salesman_all_leads",
            "erp_order_reversal.group_reversal_approver",
        )
        self.ask()
        self.assertNotIn(powerless, self.reversal.activity_ids.user_id)
        with self.assertRaisesRegex(AccessError, "Invoicing"):
            self.reversal.with_user(powerless).action_approve()
        self.assertEqual(self.reversal.state, "done")

    def test_changed_since(self):
        self.ask()
        self.reversal.with_user(self.approver).invalidate_recordset(["changes"])
        self.assertFalse(self.reversal.with_user(self.approver).changes)
        self.invoice.is_move_sent = False
        self.reversal.invalidate_recordset(["changes"])
        seen = self.reversal.with_user(self.approver).changes
        self.assertIn(self.invoice.name, seen)
        self.assertIn("Is Move Sent", seen)
        with self.assertRaisesRegex(UserError, "changed since manager_t asked"):
            self.reversal.with_user(self.approver).action_approve()
        self.assertEqual(self.reversal.state, "done")
        self.assertEqual(self.trial_balance(), self.books)

    def test_rejected_with_a_reason(self):
        self.ask()
        decider = self.reversal.with_user(self.approver)
        with self.assertRaisesRegex(UserError, "Say why"):
            decider.action_reject(" ")
        self.assertEqual(decider.action_reject()["res_model"], "order.reversal.reject")
        decider.action_reject("The customer is gone")
        self.assertEqual(self.reversal.state, "done")
        self.assertFalse(self.reversal.undo_requester_id)
        self.assertFalse(self.reversal.activity_ids)
        self.assertIn("The customer is gone", self.told())
        self.assertEqual(self.events()[-1], ("rejected", self.approver, True))
        self.assertEqual(self.trial_balance(), self.books)
        self.ask()

    def test_withdrawn(self):
        self.ask()
        with self.assertRaises(AccessError):
            self.reversal.with_user(self.clerk).action_cancel()
        self.reversal.with_user(self.manager).action_cancel()
        self.assertEqual(self.reversal.state, "done")
        self.assertFalse(self.reversal.undo_requester_id)
        self.assertFalse(self.reversal.activity_ids)
        self.assertEqual(self.events()[-1], ("cancelled", self.manager, True))
        with self.assertRaises(UserError):
            self.reversal.with_user(self.manager).action_cancel()

    def test_with_others_in_one_go(self):
        """Requests and restores stand in one list, and are decided on together."""
        other = self.request(self.settle()[0])
        other.action_submit()
        self.ask()
        action = self.env.ref("erp_order_reversal.order_reversal_action_to_approve")
        waiting = (
            self.env["order.reversal"]
            .with_user(self.approver)
            .search(safe_eval(action.domain, {"uid": self.approver.id}))
        )
        self.assertLessEqual(other | self.reversal, waiting)
        (other | self.reversal).with_user(self.approver).action_approve()
        self.assertEqual(other.state, "done")
        self.assertEqual(self.reversal.state, "undone")

    def test_approvers_of_a_request_may_carry_it_out(self):
        powerless = self._user(
            "approver_two",
            "sales_team.group_sale_salesman_all_leads",
            "erp_order_reversal.group_reversal_approver",
        )
        request = self.request(self.settle()[0])
        request.action_submit()
        self.assertIn(self.approver, request.sudo().activity_ids.user_id)
        self.assertNotIn(powerless, request.sudo().activity_ids.user_id)
