"""Each guided tour, followed by hand: real clicks, on other rows and reasons."""

import json

from odoo.tests import HttpCase, tagged

from .by_hand import VISIBLE, ByHand
from .common import ReversalCase

LEARN = "/odoo/action-erp_order_reversal.order_reversal_practice_action_learn"
REVERSE = ".o_form_view button[name=action_open_reversal]"
CONFIRM = ".modal footer button[name=action_submit]"
LOG = ".o_form_view .o_notebook .nav-link[name=log]"
#: A row that is not the first one.
ROW = ".o_list_renderer .o_data_row:nth-child(2) .o_data_cell:nth-child(3)"


class LearnCase(ReversalCase, ByHand, HttpCase):
    def start(self, lesson):
        """Start a lesson on the page “Learn”."""
        self.click(f"[data-tour=order_reversal_learn_{lesson}] button")
        self.at(0)

    def at(self, index):
        """The tour waits for its step of this number, and points at it.

        Steps for phones are counted everywhere.
        """
        self.wait_for(
            f"localStorage.getItem('current_tour.index') === '{index}' && "
            "Boolean(document.querySelector('.o_tour_pointer'))",
            f"step {index} of the tour",
        )

    def finish(self, selector):
        """Click what ends the tour; again, if it did not listen to it yet."""
        for _turn in range(6):
            self.click(selector)
            if self.becomes("!localStorage.getItem('current_tour')", 10):
                break
        self.ended()

    def ended(self):
        """The tour says that it is over."""
        self.wait_for("!localStorage.getItem('current_tour')", "the end of the tour")
        self.sees(".o_reward")

    def assertLearned(self, user, lesson):
        """It is noted that the user went through it."""
        tour = self.env["web_tour.tour"].search(
            [("name", "=", f"order_reversal_learn_{lesson}")]
        )
        self.assertIn(user, tour.user_consumed_ids)

    def practice(self, **domain):
        return (
            self.env["order.reversal"]
            .with_user(self.manager)
            .search(
                [
                    ("is_practice", "=", True),
                    *((name, "=", value) for name, value in domain.items()),
                ]
            )
        )

    def choose_reason(self, text):
        """Click it, as a person again if the dialog moved on under the pointer."""
        item = ".modal .o_field_widget[name=reason_id] .o_radio_item"
        chosen = f"{item}:has(input:checked) label"
        code = f"Boolean(({VISIBLE})({json.dumps(chosen)}, {json.dumps(text)}))"
        for _turn in range(3):
            self.click(f"{item} label", text)
            if self.becomes(code, 5):
                return
        self.fail(f"“{text}” can't be chosen")

    def take_back(self, reason, *button):
        """From the list to what comes out, as the lesson tells it.

        :param button: what the button says that confirms
        """
        self.click(ROW)
        self.at(2)
        self.click(REVERSE)
        self.at(3)
        self.choose_reason(reason)
        self.click(CONFIRM, *button)
        self.at(4)


@tagged("post_install", "-at_install")
class TestLearnTours(LearnCase):
    def test_take_back(self):
        with self.browsing(self.clerk, LEARN):
            self.start("take_back")
            self.click(ROW)
            self.at(2)
            self.click(REVERSE)
            self.at(3)
            self.choose_reason("Customer withdrew")
            self.click(".modal .o_reversal_entries_toggle")
            self.choose_reason("Duplicate")
            self.sees(".modal .o_reversal_rehearsal[data-busy='0']")
            self.at(3)
            self.click(CONFIRM)
            self.at(4)
            self.sees(".o_reversal_practice", "Practice")
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        reversal = self.practice()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.reason_id.code, "DUPLICATE")
        self.assertEqual(reversal.done_by_id, self.clerk)

    def test_whoever_goes_astray_is_led_on(self):
        """A dialog that is closed, a confirmation that asks for a note first."""
        with self.browsing(self.clerk, LEARN):
            self.start("take_back")
            self.click(ROW)
            self.at(2)
            self.click(REVERSE)
            self.at(3)
            self.click(".modal footer button", "Discard")
            self.at(2)
            self.click(REVERSE)
            self.at(3)
            self.choose_reason("Other")
            self.click(CONFIRM)
            self.click(".modal .o_field_widget[name=note] textarea")
            self.write("Typed twice")
            self.click(CONFIRM)
            self.at(4)
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        self.assertEqual(self.practice().note, "Typed twice")

    def test_ask(self):
        with self.browsing(self.requester, LEARN):
            self.start("ask")
            self.take_back("Order wrong", "Ask for Approval")
            self.finish(LOG)
        self.assertLearned(self.requester, "ask")
        self.assertEqual(self.practice().state, "to_approve")

    def test_approve(self):
        with self.browsing(self.approver, LEARN):
            self.start("approve")
            self.click(ROW)
            self.at(1)
            self.click(".o_form_view button[name=action_approve]")
            self.wait_for(
                "!document.querySelector('.o_form_view button[name=action_approve]')",
                "what was approved",
            )
            self.at(2)
            self.finish(LOG)
        self.assertLearned(self.approver, "approve")
        self.assertEqual(self.practice(state="done").approver_id, self.approver)

    def test_restore(self):
        with self.browsing(self.manager, LEARN):
            self.start("restore")
            self.click(ROW)
            self.at(1)
            self.click(".o_form_view button[name=action_open_restore]")
            self.at(2)
            self.click(CONFIRM)
            self.at(3)
            self.finish(LOG)
        self.assertLearned(self.manager, "restore")
        self.assertEqual(len(self.practice(state="undone")), 1)

    def test_settle_again(self):
        with self.browsing(self.clerk, LEARN):
            self.start("settle")
            self.click(ROW)
            self.at(1)
            self.click(".o_reversal_open button[name=action_settle_again]")
            self.at(2)
            # No calendar opens by itself, over the money that was kept.
            self.assertFalse(
                self.evaluate("Boolean(document.querySelector('.o_datetime_picker'))")
            )
            self.click(".modal footer button[name=action_settle]")
            self.at(3)
            self.click(".o_form_view button[name=action_view_invoice]")
            self.ended()
        self.assertLearned(self.clerk, "settle")
        self.assertIn("done", self.practice().mapped("settled_again_state"))

    def test_many(self):
        with self.browsing(self.clerk, LEARN):
            self.start("many")
            for row in (2, 3):
                self.click(
                    f".o_data_row:nth-child({row}) .o_list_record_selector input"
                )
            self.at(1)
            self.click(".o_control_panel button[name=action_open_reversal]")
            self.at(2)
            self.choose_reason("Duplicate")
            self.click(".modal footer button[name=action_start]")
            self.at(3)
            self.click(".o_form_view .o_notebook .nav-link[name=results]")
            self.ended()
        self.assertLearned(self.clerk, "many")
        batch = self.env["order.reversal.batch"].with_user(self.clerk).search([])
        self.assertEqual(batch.reason_id.code, "DUPLICATE")
        self.assertEqual(len(batch.order_ids), 2)

    def test_check(self):
        with self.browsing(self.clerk, LEARN):
            self.start("check")
            self.click(ROW)
            self.at(1)
            self.click(".o_field_widget[name=settlement_check_alerts] a")
            self.ended()
        self.assertLearned(self.clerk, "check")

    def test_audit(self):
        orders = self.env["order.reversal.practice"].with_user(self.manager)._get()
        orders._prepare_case("audit")
        with self.browsing(self.auditor, LEARN):
            self.start("audit")
            self.click(ROW)
            self.at(1)
            self.click(".o_form_view .o_notebook .nav-link[name=impact]")
            self.at(2)
            self.finish(LOG)
        self.assertLearned(self.auditor, "audit")

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        with self.browsing(self.clerk, LEARN):
            self.sees("h1", "学习")
            self.start("take_back")
            self.take_back("客户")
            self.sees(".o_reversal_practice", "练习")
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        self.assertEqual(self.practice().reason_id.code, "WITHDRAWN")

    def test_a_bookmark_and_a_lesson_that_was_left(self):
        """The page opens by its address; a lesson begins anew on orders that stand."""
        with self.browsing(self.clerk, "/odoo/learn-reversals"):
            self.start("take_back")
            self.click(ROW)
            self.at(2)
            self.browser.navigate_to(f"{self.base_url()}/odoo/learn-reversals")
            self.start("take_back")
            self.take_back("Duplicate")
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        self.assertEqual(self.practice().state, "done")

    def test_two_people_in_one_lesson(self):
        """Each has orders of one's own, and neither is in the other's way."""
        other = self._user(
            "other_clerk_t",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        practice = self.env["order.reversal.practice"].with_user(other)._get()
        theirs = practice._prepare_case("take_back")
        with self.browsing(self.clerk, LEARN):
            self.start("take_back")
            self.take_back("Duplicate")
            self.finish(LOG)
        self.assertEqual(self.practice().order_id.user_id, self.clerk)
        self.assertEqual(set(theirs.mapped("settlement_state")), {"settled"})
        self.assertEqual(practice._prepare_case("take_back"), theirs)

    def test_remove_by_a_click(self):
        practice = self.env["order.reversal.practice"].with_user(self.clerk)._get()
        orders = practice._prepare_case("take_back")
        with self.browsing(self.clerk, LEARN):
            self.click("button[name=action_remove]")
            self.click(".modal footer .btn-primary")
            self.sees(".o_notification", "deleted")
        self.assertFalse(orders.exists())

    def test_why(self):
        """Beside a finding, in the dialog, which is there afterwards as it was."""
        order = self.settle()[0]
        self.company.fiscalyear_lock_date = self.today()
        with self.browsing(self.clerk, f"/odoo/m-sale.order/{order.id}"):
            self.click(REVERSE)
            self.choose_reason("Duplicate")
            self.click(".o_reversal_finding[data-code=date_moved] .o_reversal_why")
            self.sees(".o_reversal_guide[data-code=date_moved]", "hard lock")
            self.click(".modal:has(.o_reversal_guide) footer .btn-primary")
            self.sees(".modal .o_field_widget[name=reason_id] input:checked")


@tagged("post_install", "-at_install")
class TestLearnOnAPhone(LearnCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_take_back(self):
        with self.browsing(self.clerk, LEARN):
            self.start("take_back")
            self.click(".o_kanban_renderer .o_kanban_record:nth-child(2)")
            self.at(1)
            self.click(".o_form_view .o_statusbar_buttons .o-dropdown")
            self.at(2)
            self.click("button[name=action_open_reversal]")
            self.at(3)
            self.choose_reason("Duplicate")
            self.click(CONFIRM)
            self.at(4)
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        self.assertEqual(self.practice().state, "done")
