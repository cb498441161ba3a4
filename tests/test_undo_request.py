"""A restore is a reversal: asked for, decided on and told of like any other."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from .common import ReversalCase


class TestRestoreRequest(ReversalCase):
    def setUp(self):
        super().setUp()
        self.order, self.invoice, self.payment = self.settle()
        self.reversal = self.reverse(self.order)
        self.company.reversal_approval = "always"
        self.books = self.trial_balance()

    def ask(self):
        """The request to restore that waits for a second person."""
        self.reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.reversal.state, "done")
        restore = self.reversal.restore_ids.filtered(
            lambda request: request.state == "to_approve"
        )
        self.assertEqual(restore.requester_id, self.manager)
        self.assertEqual(restore.order_id, self.order)
        self.assertFalse(self.reversal.restored_by_id)
        return restore

    def events(self, reversal):
        return [(row.event, row.user_id) for row in reversal.log_ids]

    def told(self, restore):
        """The last message that went to whoever asked for the restore."""
        return (
            restore.sudo()
            .message_ids.filtered(
                lambda message: self.manager.partner_id in message.partner_ids
            )[:1]
            .body
        )

    def test_an_approver_approves(self):
        restore = self.ask()
        self.assertIn(self.approver, restore.activity_ids.user_id)
        self.assertNotIn(self.manager, restore.activity_ids.user_id)
        restore.with_user(self.approver).action_approve()
        self.assertEqual(restore.state, "done")
        self.assertEqual(self.reversal.state, "undone")
        self.assertEqual(self.reversal.undone_by_id, self.approver)
        self.assertEqual(self.reversal.restored_by_id, restore)
        self.assertEqual(self.order.state, "sale")
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertFalse(restore.activity_ids)
        self.assertIn("Approved by approver_t", self.told(restore))
        self.assertEqual(
            [event for event in self.events(restore) if event[0] != "step"],
            [
                ("requested", self.manager),
                ("approved", self.approver),
                ("done", self.approver),
                ("verified", self.approver),
            ],
        )
        self.assertEqual(self.events(self.reversal)[-1], ("undone", self.approver))
        self.assertTrue(restore.action_verify(), restore.verify_detail)

    def test_without_a_second_person(self):
        self.company.reversal_approval = "never"
        self.reversal.with_user(self.manager).action_undo()
        restore = self.reversal.restored_by_id
        self.assertEqual(restore.state, "done")
        self.assertEqual(restore.requester_id, self.manager)
        self.assertEqual(restore.amount_total, self.reversal.amount_total)
        self.assertEqual(
            {step.operation for step in restore.step_ids},
            {"confirm", "uncredit", "match", "settle"},
        )
        self.assertTrue(all(restore.step_ids.mapped("done")))
        with self.assertRaisesRegex(UserError, "take the order back again"):
            restore.with_user(self.manager).action_undo()
        again = self.reverse(self.order, "unlock") if self.order.locked else None
        self.assertFalse(again)
        self.company.reversal_approval = "never"
        self.reverse(self.order)

    def test_by_the_dialog(self):
        """The dialog shows plan and reason, and asks like `action_undo`."""
        action = self.reversal.with_user(self.manager).action_open_restore()
        self.assertEqual(action["target"], "new")
        dialog = Form(
            self.env["order.reversal"]
            .with_user(self.manager)
            .with_context(action["context"]),
            action["views"][0][0],
        )
        self.assertEqual(dialog.order_id, self.order)
        dialog.note = "Done by mistake"
        restore = dialog.save()
        self.assertEqual(restore.restores_id, self.reversal)
        restore.action_assess()
        self.assertIn("confirm", restore.step_ids.mapped("operation"))
        restore.action_submit()
        self.assertEqual(restore.state, "to_approve")
        with self.assertRaises(AccessError):
            self.reversal.with_user(self.approver).action_open_restore()

    def test_only_by_managers_and_only_what_is_done(self):
        values = {"restores_id": self.reversal.id, "reason_id": self.reason.id}
        for user in (self.clerk, self.approver, self.requester):
            with self.assertRaises(AccessError):
                self.env["order.reversal"].with_user(user).create(values)
        draft = self.request(self.settle()[0])
        with self.assertRaises(UserError):
            self.env["order.reversal"].with_user(self.manager).create(
                {**values, "restores_id": draft.id}
            )
        for wrong in (0, -1, "x", True, 10**9):
            with self.assertRaises(UserError):
                self.env["order.reversal"].with_user(self.manager).create(
                    {**values, "restores_id": wrong}
                )
        with self.assertRaises(UserError):
            draft.write({"restores_id": self.reversal.id})

    def test_approvers_read_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.approver.sudo().lang = "zh_CN"
        restore = self.ask()
        activity = restore.activity_ids.filtered(
            lambda activity: activity.user_id == self.approver
        )
        self.assertIn("恢复", activity.summary)
        self.assertIn("审批", activity.note)
        reader = restore.with_user(self.approver).with_context(lang="zh_CN")
        self.assertIn("再次确认", reader.step_ids[0].outcome)

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
        self.order = self.reversal.order_id
        restore = self.ask()
        self.assertIn(self.approver, restore.activity_ids.user_id)
        restore.with_user(self.approver).action_approve()
        self.assertEqual(self.reversal.state, "undone")

    def test_asked_for_once(self):
        restore = self.ask()
        second = self._user(
            "manager_two",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_manager",
        )
        with self.assertRaisesRegex(UserError, "manager_t asked to restore"):
            self.reversal.with_user(second).action_undo()
        self.assertEqual(self.reversal.restore_ids, restore)
        restore.with_user(second).action_approve()
        self.assertEqual(self.reversal.state, "undone")

    def test_never_by_who_asked(self):
        own = self.ask().with_user(self.manager)
        self.assertFalse(own.can_approve)
        with self.assertRaisesRegex(AccessError, "yourself"):
            own.action_approve()
        with self.assertRaisesRegex(AccessError, "yourself"):
            own.action_reject("no")
        self.assertEqual(self.reversal.state, "done")

    def test_not_by_who_may_not_approve(self):
        restore = self.ask()
        for user in (self.clerk, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                restore.with_user(user).action_approve()
        with self.assertRaisesRegex(AccessError, "Only a reversal manager"):
            self.reversal.with_user(self.approver).action_undo()

    def test_without_invoicing_neither_asked_nor_allowed(self):
        powerless = self._user(
            "approver_two",
            "sales_team.group_sale_salesman_all_leads",
            "erp_order_reversal.group_reversal_approver",
        )
        restore = self.ask()
        self.assertNotIn(powerless, restore.activity_ids.user_id)
        with self.assertRaisesRegex(AccessError, "Invoicing"):
            restore.with_user(powerless).action_approve()
        self.assertEqual(self.reversal.state, "done")

    def test_changed_since(self):
        restore = self.ask().with_user(self.approver)
        self.assertFalse(restore.changes)
        self.invoice.is_move_sent = False
        restore.invalidate_recordset(["changes"])
        self.assertIn(self.invoice.name, restore.changes)
        self.assertIn("Is Move Sent", restore.changes)
        with self.assertRaisesRegex(UserError, "changed since manager_t asked"):
            restore.action_approve()
        self.assertEqual(self.reversal.state, "done")
        self.assertEqual(self.trial_balance(), self.books)

    def test_rejected_with_a_reason(self):
        restore = self.ask()
        decider = restore.with_user(self.approver)
        with self.assertRaisesRegex(UserError, "Say why"):
            decider.action_reject(" ")
        self.assertEqual(decider.action_reject()["res_model"], "order.reversal.reject")
        decider.action_reject("The customer is gone")
        self.assertEqual(restore.state, "rejected")
        self.assertEqual(self.reversal.state, "done")
        self.assertFalse(restore.activity_ids)
        self.assertIn("The customer is gone", self.told(restore))
        self.assertEqual(self.events(restore)[-1], ("rejected", self.approver))
        self.assertEqual(self.trial_balance(), self.books)
        self.ask()

    def test_withdrawn(self):
        restore = self.ask()
        with self.assertRaises(AccessError):
            restore.with_user(self.clerk).action_cancel()
        restore.with_user(self.manager).action_cancel()
        self.assertEqual(restore.state, "cancelled")
        self.assertEqual(self.reversal.state, "done")
        self.assertFalse(restore.activity_ids)
        self.assertEqual(self.events(restore)[-1], ("cancelled", self.manager))
        with self.assertRaises(UserError):
            restore.with_user(self.manager).action_cancel()

    def test_with_others_in_one_go(self):
        """Requests and restores stand in one list, and are decided on together."""
        other = self.request(self.settle()[0])
        other.action_submit()
        restore = self.ask()
        action = self.env.ref("erp_order_reversal.order_reversal_action_to_approve")
        waiting = (
            self.env["order.reversal"]
            .with_user(self.approver)
            .search(safe_eval(action.domain, {"uid": self.approver.id}))
        )
        self.assertLessEqual(other | restore, waiting)
        (other | restore).with_user(self.approver).action_approve()
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
