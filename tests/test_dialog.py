"""What the dialog shows before anything is saved."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form

from .common import ReversalCase


class TestDialog(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.move, cls.payment = cls.settle()

    def dialog(self, user=None, root=None):
        root = (root or self.order).with_user(user or self.clerk)
        action = root.action_open_reversal()
        return Form(
            self.env["order.reversal"]
            .with_user(user or self.clerk)
            .with_context(**action["context"]),
            view="erp_order_reversal.order_reversal_view_form_dialog",
        )

    def test_opens_with_the_plan(self):
        with self.dialog() as form:
            self.assertEqual(form.scope, "cancel")
            self.assertFalse(form.blocker_count)
            self.assertFalse(form.approval_note)
            operations = [line["operation"] for line in form.step_ids._records]
            self.assertEqual(operations, ["release", "credit", "cancel"])
            form.reason_id = self.reason
        reversal = form.record
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(self.order.state, "cancel")

    def test_is_planned_once_for_each_answer(self):
        """Not again for what follows from the plan itself."""
        planner = type(self.env["order.reversal.plan"])
        with patch.object(
            planner, "_plan", autospec=True, side_effect=planner._plan
        ) as plan:
            form = self.dialog()
            self.assertEqual(plan.call_count, 1)
            form.scope = "invoice"
            self.assertEqual(plan.call_count, 2)
            form.reason_id = self.reason
            self.assertEqual(plan.call_count, 3)

    def test_who_may_not_invoice_is_told_that_it_needs_approval(self):
        with self.dialog(self.requester) as form:
            self.assertTrue(form.approval_note)
            form.reason_id = self.reason
            form.scope = "unlock"

    def test_a_missing_note_does_not_take_the_button_away(self):
        with self.dialog() as form:
            form.reason_id = self.env.ref("erp_order_reversal.reason_other")
            codes = [line["code"] for line in form.finding_ids._records]
            self.assertIn("note_required", codes)
            self.assertFalse(form.blocker_count)
            form.note = "Typed twice"
            self.assertFalse(form.finding_ids._records)

    def test_links_only_to_what_the_user_may_read(self):
        reversal = self.request(self.order, user=self.requester)
        reversal.action_assess()
        can_open = {
            step.kind: step.can_open
            for step in reversal.with_user(self.requester).step_ids
        }
        self.assertTrue(can_open["order"])
        self.assertTrue(can_open["invoice"])
        self.assertFalse(can_open["payment"])

    def test_what_can_be_chosen(self):
        draft = self.make_order()
        self.invoice(draft, post=False)
        reversal = self.request(draft)
        reversal.action_assess()
        self.assertFalse(any(reversal.step_ids.mapped("can_choose")))
        reversal = self.request(self.order)
        reversal.action_assess()
        chosen = {step.kind: step.can_choose for step in reversal.step_ids}
        self.assertEqual(chosen, {"order": False, "invoice": True, "payment": True})

    def test_a_restore_offers_no_method(self):
        """What is restored goes back to where it was: there is nothing to choose."""
        reversal = self.request(self.order)
        reversal.action_submit()
        action = reversal.with_user(self.manager).action_open_restore()
        form = Form(
            self.env["order.reversal"]
            .with_user(self.manager)
            .with_context(**action["context"]),
            view="erp_order_reversal.order_reversal_view_form_dialog",
        )
        steps = form.step_ids._records
        self.assertIn("payment", [step["kind"] for step in steps])
        self.assertFalse([step for step in steps if step["can_choose"]])

    def test_a_row_of_a_part_that_names_no_line_yet(self):
        """It is no mistake so far: all is planned as before."""
        form = self.dialog()
        form.scope = "invoice"
        with form.line_ids.new() as row:
            self.assertFalse(form.blocker_count)
            row.order_line_id = self.order.order_line[0]
            self.assertEqual(row.quantity, self.order.order_line[0].product_uom_qty)
        self.assertFalse(form.blocker_count)

    def test_quantity_or_amount(self):
        """The one that is entered last counts: nobody has to clear the other."""
        form = self.dialog()
        form.scope = "invoice"
        with form.line_ids.new() as row:
            row.order_line_id = self.order.order_line[0]
            row.amount = 5.0
            self.assertEqual(row.quantity, 0.0)
            row.quantity = 1.0
            self.assertEqual(row.amount, 0.0)
            row.amount = 7.0
        self.assertFalse(form.blocker_count)

    def test_preview_keeps_nothing(self):
        model = self.env["order.reversal"]
        before = self.trial_balance()
        count = model.with_user(self.manager).search_count([])
        for user in (self.clerk, self.requester):
            shown = model.with_user(user).preview_request({"order_id": self.order.id})
            html = shown["entries_html"]
            self.assertIn("690.00", html)
            self.assertIn(self.company_data["default_account_revenue"].name, html)
        self.assertBooks(before)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(model.with_user(self.manager).search_count([]), count)

    def test_preview_says_what_stands_against_it(self):
        shown = (
            self.env["order.reversal"]
            .with_user(self.clerk)
            .preview_request({"order_id": self.order.id, "invoice_method": "void"})
        )
        [found] = shown["findings"]
        self.assertEqual(
            (found["code"], found["severity"]), ("void_refused", "blocker")
        )
        self.assertIn(self.move.name, found["message"])
        self.assertFalse(shown["entries"])

    def test_preview_needs_the_right_to_ask(self):
        for user in (self.outsider, self.auditor):
            with self.assertRaises(AccessError):
                self.env["order.reversal"].with_user(user).preview_request(
                    {"order_id": self.order.id}
                )

    def test_month_in_the_language_of_the_user(self):
        model = self.env["order.reversal"]
        self.assertEqual(model._format_month("2026-11"), "November 2026")
        chinese = model.with_context(lang="zh_CN")
        self.assertEqual(chinese._format_month("2026-11"), "2026年11月")
