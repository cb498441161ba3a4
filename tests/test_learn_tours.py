"""Each guided tour, followed by hand: real clicks, on other rows and reasons."""

import json

from odoo.tests import HttpCase, tagged

from .by_hand import VISIBLE, ByHand
from .common import ReversalCase

LEARN = "/odoo/action-erp_order_reversal.order_reversal_practice_action_learn"
REVERSE = "button[name=action_open_reversal]"
CONFIRM = ".modal footer button[name=action_submit]"
LOG = ".o_form_view .o_notebook .nav-link[name=log]"
#: Where a phone has the other buttons of a form, its numbers, and those of a list.
BUTTONS = ".o_form_view .o_statusbar_buttons .o-dropdown"
NUMBERS = ".o_control_panel .o-form-buttonbox .o_button_more"
GEAR = ".o_control_panel .o_cp_action_menus button"
#: What the tour says, and whether it can be read without a mouse.
SAYS = "(document.querySelector('.o_tour_pointer_content span')?.textContent || '')"
CHINESE = "[\\u4e00-\\u9fff]"
READABLE = "!document.querySelector('.o_tour_pointer_content.invisible')"


class LearnCase(ReversalCase, ByHand, HttpCase):
    #: The language of everybody, and letters of it.
    lang, letters = "en_US", "[a-z]"
    #: A row that is not the first one.
    row = ".o_list_renderer .o_data_row:nth-child(2) .o_data_cell:nth-child(3)"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(cls.lang)
        users = cls.clerk | cls.requester | cls.approver | cls.manager | cls.auditor
        users.lang = cls.lang
        reasons = cls.env["order.reversal.reason"].with_user(cls.clerk)
        reasons = reasons.with_context(lang=cls.lang)
        cls.reasons = {reason.code: reason.name for reason in reasons.search([])}

    def start(self, lesson, first=0):
        """Start a lesson on the page “Learn”.

        :param int first: number of its first step on this device
        """
        self.told = set()
        self.click(f"[data-tour=order_reversal_learn_{lesson}] button")
        self.at(first)

    def at(self, index):
        """The tour waits for its step of this number, and says what to do.

        Steps for phones are counted everywhere.
        """
        self.wait_for(
            f"localStorage.getItem('current_tour.index') === '{index}' && "
            f"/{self.letters}/.test({SAYS})",
            f"step {index} of the tour",
        )
        if self.touch_enabled and index not in self.told:
            self.wait_for(READABLE, f"what step {index} of the tour says")
        self.told.add(index)

    def press(self, index, menu, selector):
        """A button of this step and the next; on a phone the first opens its menu."""
        if self.touch_enabled:
            self.at(index)
            self.click(menu)
            # The same text once more, which was read.
            self.told.add(index + 1)
        self.at(index + 1)
        self.click(selector)

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

    def choose_reason(self, code):
        """Click it, as a person again if the dialog moved on under the pointer."""
        text = self.reasons[code]
        item = ".modal .o_field_widget[name=reason_id] .o_radio_item"
        chosen = f"{item}:has(input:checked) label"
        found = f"Boolean(({VISIBLE})({json.dumps(chosen)}, {json.dumps(text)}))"
        for _turn in range(3):
            self.click(f"{item} label", text)
            if self.becomes(found, 5):
                return
        self.fail(f"“{text}” can't be chosen")

    def take_back(self, reason):
        """From the list to what comes out, as the lesson tells it.

        :param str reason: its code
        """
        self.click(self.row)
        self.press(1, BUTTONS, REVERSE)
        self.at(3)
        self.choose_reason(reason)
        self.click(CONFIRM)
        self.at(4)


class EachLesson:
    """Each lesson, as whoever it is for goes through it; on any device."""

    def choose_two(self):
        """The lesson “many”, until what is to be done with them can be pressed."""
        raise NotImplementedError

    def test_take_back(self):
        with self.browsing(self.clerk, LEARN):
            self.start("take_back")
            self.click(self.row)
            self.press(1, BUTTONS, REVERSE)
            self.at(3)
            self.choose_reason("WITHDRAWN")
            self.click(".modal .o_reversal_entries_toggle")
            self.choose_reason("DUPLICATE")
            self.sees(".modal .o_reversal_rehearsal[data-busy='0']")
            self.at(3)
            self.click(CONFIRM)
            self.at(4)
            self.sees(".o_reversal_practice")
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        reversal = self.practice()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.reason_id.code, "DUPLICATE")
        self.assertEqual(reversal.done_by_id, self.clerk)

    def test_ask(self):
        with self.browsing(self.requester, LEARN):
            self.start("ask")
            self.take_back("ORDER")
            self.finish(LOG)
        self.assertLearned(self.requester, "ask")
        self.assertEqual(self.practice().state, "to_approve")

    def test_approve(self):
        with self.browsing(self.approver, LEARN):
            self.start("approve")
            self.click(self.row)
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
            self.click(self.row)
            self.press(1, BUTTONS, "button[name=action_open_restore]")
            self.at(3)
            self.click(CONFIRM)
            self.at(4)
            self.finish(LOG)
        self.assertLearned(self.manager, "restore")
        self.assertEqual(len(self.practice(state="undone")), 1)

    def test_settle_again(self):
        with self.browsing(self.clerk, LEARN):
            self.start("settle")
            self.click(self.row)
            self.at(1)
            self.click(".o_reversal_open button[name=action_settle_again]")
            self.at(2)
            # No calendar opens by itself, over the money that was kept.
            self.assertFalse(
                self.evaluate("Boolean(document.querySelector('.o_datetime_picker'))")
            )
            self.click(".modal footer button[name=action_settle]")
            self.press(3, NUMBERS, "button[name=action_view_invoice]")
            if not self.becomes("!localStorage.getItem('current_tour')", 10):
                # It did not listen yet: back, and once more.
                self.evaluate("history.back()")
                self.at(4)
                self.press(3, NUMBERS, "button[name=action_view_invoice]")
            self.ended()
        self.assertLearned(self.clerk, "settle")
        self.assertIn("done", self.practice().mapped("settled_again_state"))

    def test_many(self):
        with self.browsing(self.clerk, LEARN):
            self.choose_two()
            self.click(REVERSE)
            self.at(4)
            self.choose_reason("DUPLICATE")
            self.click(".modal footer button[name=action_start]")
            self.at(5)
            self.click(".o_form_view .o_notebook .nav-link[name=results]")
            self.ended()
        self.assertLearned(self.clerk, "many")
        batch = self.env["order.reversal.batch"].with_user(self.clerk).search([])
        self.assertEqual(batch.reason_id.code, "DUPLICATE")
        self.assertEqual(len(batch.order_ids), 2)

    def test_check(self):
        with self.browsing(self.clerk, LEARN):
            self.start("check")
            self.click(self.row)
            self.at(1)
            self.click(".o_field_widget[name=settlement_check_alerts] a")
            self.ended()
        self.assertLearned(self.clerk, "check")

    def test_audit(self):
        orders = self.env["order.reversal.practice"].with_user(self.manager)._get()
        orders._prepare_case("audit")
        with self.browsing(self.auditor, LEARN):
            self.start("audit")
            self.click(self.row)
            self.at(1)
            self.click(".o_form_view .o_notebook .nav-link[name=impact]")
            self.at(2)
            self.finish(LOG)
        self.assertLearned(self.auditor, "audit")


@tagged("post_install", "-at_install")
class TestLearnTours(EachLesson, LearnCase):
    def choose_two(self):
        self.start("many", first=2)
        for row in (2, 3):
            self.click(f".o_data_row:nth-child({row}) .o_list_record_selector input")
        self.at(3)

    def test_whoever_goes_astray_is_led_on(self):
        """A dialog that is closed, a confirmation that asks for a note first."""
        with self.browsing(self.clerk, LEARN):
            self.start("take_back")
            self.click(self.row)
            self.at(2)
            self.click(REVERSE)
            self.at(3)
            self.click(".modal footer button", "Discard")
            self.at(2)
            self.click(REVERSE)
            self.at(3)
            self.choose_reason("OTHER")
            # The note is asked for: what is shown is of this reason, and stands still.
            self.sees(".modal .o_field_widget[name=note].o_required_modifier")
            self.click(CONFIRM)
            self.click(".modal .o_field_widget[name=note] textarea")
            self.write("Typed twice")
            self.click(CONFIRM)
            self.at(4)
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        self.assertEqual(self.practice().note, "Typed twice")

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        self.letters, self.reasons = CHINESE, {"WITHDRAWN": "客户"}
        with self.browsing(self.clerk, LEARN):
            self.sees("h1", "学习")
            self.start("take_back")
            self.take_back("WITHDRAWN")
            self.sees(".o_reversal_practice", "练习")
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
        self.assertEqual(self.practice().reason_id.code, "WITHDRAWN")

    def test_a_bookmark_and_a_lesson_that_was_left(self):
        """The page opens by its address; a lesson begins anew on orders that stand."""
        with self.browsing(self.clerk, "/odoo/learn-reversals"):
            self.start("take_back")
            self.click(self.row)
            self.at(2)
            self.browser.navigate_to(f"{self.base_url()}/odoo/learn-reversals")
            self.start("take_back")
            self.take_back("DUPLICATE")
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
            self.take_back("DUPLICATE")
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
            self.choose_reason("DUPLICATE")
            self.click(".o_reversal_finding[data-code=date_moved] .o_reversal_why")
            self.sees(".o_reversal_guide[data-code=date_moved]", "hard lock")
            self.click(".modal:has(.o_reversal_guide) footer .btn-primary")
            self.sees(".modal .o_field_widget[name=reason_id] input:checked")


@tagged("post_install", "-at_install")
class TestLearnOnAPhone(EachLesson, LearnCase):
    """Tapped, where buttons stand in menus and no mouse shows what the tour says."""

    browser_size = "375x667"
    touch_enabled = True
    lang, letters = "zh_CN", CHINESE
    row = ".o_kanban_renderer .o_kanban_record:nth-child(2)"

    def choose_two(self):
        self.start("many")
        row = ".o_data_row:nth-child({}) .o_data_cell:nth-child(2)"
        self.rest_on(row.format(2), ".o_data_row_selected:nth-child(2)")
        self.click(row.format(3))
        self.sees(".o_data_row_selected:nth-child(3)")
        self.at(0)
        self.click(GEAR)
        self.at(1)

    def test_whoever_is_new(self):
        """The host's robot begins a chat that covers the screen, and is closed."""
        self.clerk.odoobot_state = "not_initialized"
        with self.browsing(self.clerk, "/odoo"):
            self.click(".o-mail-ChatWindow-header .oi-close")
            self.browser.navigate_to(f"{self.base_url()}/odoo/learn-reversals")
            self.start("take_back")
            self.take_back("DUPLICATE")
            self.finish(LOG)
        self.assertLearned(self.clerk, "take_back")
