"""From *Confirm* to its answer: nothing is carried out but what was shown."""

import threading

from odoo import api
from odoo.tests import HttpCase, tagged

from .by_hand import ByHand
from .common import ReversalCase

CONFIRM = ".modal-footer button[name=action_submit]"
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
        self.click(".modal label", self.reason("operation_mistake").name)
        self.sees(".modal .o_reversal_node")
        self.click(".modal .o_field_reversal_scope label", "Back to quotation")
        self.assertTrue(self.arrived.wait(self.seconds))
        self.click(CONFIRM)
        self.sees(f"{CONFIRM} .fa-spin")

    def test_what_is_clicked_after_the_press_changes_nothing(self):
        """The form is frozen until the answer comes."""
        with self.browsing(self.clerk, f"/odoo/sales/{self.order.id}"):
            self.press_amid_rehearsal()
            self.click(".modal label", self.reason("invoice_wrong").name)
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
            self.sees(CONFIRM)
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
            self.click(CONFIRM)
            self.wait_for("!document.querySelector('.modal')", "the end of the dialog")
        self.assertEqual(self.reversal.state, "done")
