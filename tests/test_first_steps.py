"""First steps of the manager: each opens its page, and is ticked once it is done."""

from odoo.exceptions import AccessError

from .test_practice import PracticeCase


class TestFirstSteps(PracticeCase):
    def steps(self, user=None):
        practice = self.practice(user or self.manager)
        self.env.invalidate_all()
        return {
            step["action"].rpartition("_")[2]: step["done"]
            for step in practice.with_user(user or self.manager).first_steps or []
        }

    def test_done_steps_tick_themselves(self):
        steps = self.steps()
        self.assertFalse(steps["policy"] or steps["guard"] or steps["practice"])
        self.assertTrue(steps["groups"])
        self.company.with_user(self.manager).write(
            {"reversal_approval": "always", "reversal_guard": True}
        )
        self.assertTrue(self.steps()["policy"])
        self.assertTrue(self.steps()["guard"])
        self.reason.with_user(self.manager).note_required = True
        self.assertTrue(self.steps()["reasons"])
        self.reason.with_user(self.manager).note_required = False
        self.reverse(self.prepare("take_back", self.clerk)[0])
        self.assertTrue(self.steps()["practice"])

    def test_the_host_s_panel_knows(self):
        self.env["order.reversal.practice"].with_user(self.manager).action_learn()
        step = self.env.ref("erp_order_reversal.onboarding_step_guard")
        step = step.with_company(self.company)
        self.assertEqual(step.current_step_state, "not_done")
        self.company.with_user(self.manager).reversal_guard = True
        self.env["order.reversal.practice"].with_user(self.manager).action_learn()
        self.assertEqual(step.current_step_state, "just_done")

    def test_managers_alone(self):
        self.assertFalse(self.steps(self.clerk))
        with self.assertRaisesRegex(AccessError, "Manager"):
            self.env["onboarding.onboarding.step"].with_user(
                self.clerk
            ).action_open_reversal_policy()

    def test_who_may_do_what(self):
        """The rights of each in the reader's language; for managers alone."""
        self.env["res.lang"]._activate_lang("zh_CN")
        users = self.clerk | self.approver | self.auditor | self.outsider
        rights = users.with_user(self.manager).mapped("reversal_rights")
        self.assertEqual(
            rights[:3],
            ["User: ask and carry out", "Approver", "Order Reversal Auditor"],
        )
        self.assertFalse(self.outsider.with_user(self.manager).reversal_rights)
        chinese = self.clerk.with_user(self.manager).with_context(lang="zh_CN")
        self.assertIn("申请", chinese.reversal_rights)
        with self.assertRaises(AccessError):
            self.approver.with_user(self.clerk).read(["reversal_rights"])
