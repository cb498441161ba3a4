"""First steps of the manager: each opens its page, and is ticked once it is done."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_learn_tours import LearnCase
from .test_practice import PracticeCase

PAGE = "/odoo/learn-reversals"
LIST = ".o_list_renderer"
#: The field itself: its cell has the focus for a moment before it can be typed into.
TOLERANCE = "document.activeElement.matches('td[name=tolerance] input')"


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


@tagged("post_install", "-at_install")
class TestFirstStepsByHand(LearnCase):
    def open_step(self, name, done=False):
        """From the page “Learn”, where the step is ticked or not."""
        step = f"[data-step=action_open_reversal_{name}]"
        self.sees(f"{step}[data-done='{int(done)}']")
        self.click(f"{step} button")

    def save(self):
        """The host loads the whole page anew after a company was changed."""
        self.evaluate("window.isOld = true")
        self.click(".o_form_button_save")
        self.wait_for("!window.isOld && document.readyState == 'complete'", "new page")
        self.sees(".o_form_view .o_form_saved")

    def save_row(self):
        self.click(".o_list_button_save")
        self.wait_for("!document.querySelector('.o_selected_row')", "the row, saved")

    def back(self, *ticked):
        self.browser.navigate_to(f"{self.base_url()}{PAGE}")
        self.sees(".o_reversal_first_steps")
        for name in ticked:
            self.sees(f"[data-step=action_open_reversal_{name}][data-done='1']")

    def test_they_open_and_are_ticked(self):
        with self.browsing(self.manager, PAGE):
            self.open_step("groups", done=True)
            self.sees(f"{LIST} .o_data_row:has([name=reversal_rights])", "User: ask")
            self.back()
            self.open_step("policy")
            self.click(".o_field_widget[name=reversal_approval_locked] input")
            self.save()
            self.back("policy")
            self.open_step("guard")
            self.click(".o_field_widget[name=reversal_guard] input")
            self.save()
            self.back("policy", "guard")
            self.open_step("reasons")
            self.click(f"{LIST} .o_data_row:nth-child(2) [name=note_required]")
            self.click(f"{LIST} .o_selected_row [name=note_required] input")
            self.save_row()
            self.back("reasons")
            self.open_step("check")
            self.click(f"{LIST} .o_group_header", "Price")
            self.click(f"{LIST} .o_data_row td[name=tolerance]")
            self.wait_for(TOLERANCE, "the focus on the tolerance")
            self.write("7")
            self.wait_for(
                f"{TOLERANCE} && document.activeElement.value.includes('7')", "the 7"
            )
            self.save_row()
            self.back("check")
        self.assertTrue(self.company.reversal_guard)
