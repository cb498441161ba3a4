"""From *Confirm* to its answer: nothing is carried out but what was shown."""

import threading

from odoo import api
from odoo.tests import HttpCase, tagged

from .by_hand import ByHand
from .common import ReversalCase

CONFIRM = ".modal-footer button[name=action_submit]"
FROZEN = "document.querySelector('.modal-content').inert"
#: A server that never answers what was confirmed.
SILENCE = """(() => {
    const { open, send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, url) {
        this.asked = url;
        return open.apply(this, arguments);
    };
    XMLHttpRequest.prototype.send = function () {
        return this.asked.includes("submit_request") || send.apply(this, arguments);
    };
})()"""
#: Whether it is in the window, and has the focus.
READ = """(() => {
    const el = document.querySelector(".o_reversal_refusal");
    const box = el.getBoundingClientRect();
    return el === document.activeElement
        && box.top >= 0 && box.bottom <= window.innerHeight;
})()"""
UNSEEN = {
    "severity": "warning",
    "code": "found_late",
    "message": "Found while the button was pressed.",
    "remedy": "",
    "who": "",
    "res_model": False,
    "res_id": False,
    "res_name": "",
}


@tagged("post_install", "-at_install")
class TestConfirmByHand(ReversalCase, ByHand, HttpCase):
    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        self.order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        # read before the browser comes, whose requests work on the same cursor
        self.name = self.order.name
        self.mistake = self.reason("operation_mistake").name
        self.wrong = self.reason("invoice_wrong").name
        self.arrived, self.released = threading.Event(), threading.Event()
        self.addCleanup(self.released.set)
        self.late = []
        model = self.env.registry["order.reversal"]
        preview, calls = model.preview_request, []

        @api.model
        def hold(reversal, values):
            calls.append(values)
            found = preview(reversal, values)
            if len(calls) == 1:
                return found
            self.arrived.set()
            self.released.wait(self.seconds)
            return {**found, "findings": found["findings"] + self.late}

        self.patch(model, "preview_request", hold)

    @property
    def reversal(self):
        return (
            self.env["order.reversal"].sudo().search([("order_id", "=", self.order.id)])
        )

    def reason(self, name):
        return self.env.ref(f"erp_order_reversal.reason_{name}").sudo()

    def press_amid_rehearsal(self):
        """Choose, and confirm while what would happen is still being tried out."""
        self.click("button[name=action_open_reversal]")
        self.click(".modal label", self.mistake)
        self.sees(".modal .o_reversal_node")
        self.click(".modal .o_field_reversal_scope label", "Back to quotation")
        self.assertTrue(self.arrived.wait(self.seconds))
        self.click(CONFIRM)
        self.sees(f"{CONFIRM} .fa-spin")

    def test_what_is_clicked_after_the_press_changes_nothing(self):
        """The form is frozen until the answer comes."""
        with self.browsing(self.clerk, f"/odoo/sales/{self.order.id}"):
            self.press_amid_rehearsal()
            self.click(".modal label", self.wrong)
            self.released.set()
            self.wait_for("!document.querySelector('.modal')", "the end of the dialog")
        reversal = self.reversal
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.reason_id, self.reason("operation_mistake"))
        self.assertEqual(self.order.state, "draft")

    def test_discard_is_too_late_after_the_press(self):
        """It goes nowhere, so that nobody believes to have discarded what is done."""
        with self.browsing(self.clerk, f"/odoo/sales/{self.order.id}"):
            self.press_amid_rehearsal()
            self.click(".modal-footer button", "Discard")
            self.press_key("Escape")
            self.assertTrue(self.evaluate(FROZEN))
            self.released.set()
            self.wait_for("!document.querySelector('.modal')", "the end of the dialog")
        self.assertEqual(self.reversal.state, "done")

    def test_what_is_found_after_the_press_is_shown_first(self):
        """The dialog stays, says so, and waits for another press."""
        self.late = [UNSEEN]
        with self.browsing(self.clerk, f"/odoo/sales/{self.order.id}"):
            self.press_amid_rehearsal()
            self.released.set()
            self.sees(".modal .o_reversal_refusal", UNSEEN["message"])
            self.wait_for(READ, "what came up, in sight")
            self.assertFalse(self.evaluate(FROZEN))
            self.assertFalse(self.reversal)
            self.click(CONFIRM)
            self.wait_for("!document.querySelector('.modal')", "the end of the dialog")
        self.assertEqual(self.reversal.state, "done")

    def test_the_focus_comes_back(self):
        """Whoever presses by keyboard without a reason stays where they were."""
        with self.browsing(self.clerk, f"/odoo/sales/{self.order.id}"):
            self.click("button[name=action_open_reversal]")
            self.sees(".modal .o_reversal_node")
            self.evaluate(f"document.querySelector('{CONFIRM}').focus()")
            self.press_key("Enter", "\r")
            self.sees(".o_notification")
            self.wait_for(
                f"document.activeElement === document.querySelector('{CONFIRM}')",
                "the focus on the button",
            )
            self.assertFalse(self.evaluate(FROZEN))
        self.assertFalse(self.reversal)

    def test_the_page_is_left_before_the_answer(self):
        """Whatever becomes of it, the next page can be used."""
        with self.browsing(self.clerk, "/odoo/orders"):
            self.click(".o_data_row .o_data_cell", self.name)
            self.click("button[name=action_open_reversal]")
            self.click(".modal label", self.mistake)
            self.sees(".modal .o_reversal_rehearsal[data-busy='0'] table")
            self.evaluate(SILENCE)
            self.click(CONFIRM)
            self.wait_for("document.querySelector('.o_blockUI') !== null", "the block")
            self.evaluate("history.back()")
            self.sees(".o_data_row .o_data_cell", self.name)
            self.wait_for("document.querySelector('.o_blockUI') === null", "its end")
            self.click(".o_data_row .o_data_cell", self.name)
            self.sees("button[name=action_open_reversal]")
