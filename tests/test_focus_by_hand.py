"""Where a person types first when a dialog has opened: at what is asked for first."""

from odoo.tests import HttpCase, tagged

from .by_hand import ByHand
from .common import ReversalCase

#: Whether what has the focus is in a field, and can be seen.
FOCUSED = """(() => {
    const field = document.activeElement.closest(".modal [name=reason_id]");
    const box = field && field.getBoundingClientRect();
    return Boolean(box && box.top >= 0 && box.bottom <= window.innerHeight);
})()"""


@tagged("post_install", "-at_install")
class TestFocusByHand(ReversalCase, ByHand, HttpCase):
    browser_size = "1366x768"

    def test_the_reason_has_the_focus(self):
        """It is required, and nothing above the focus is."""
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        with self.browsing(self.clerk, f"/odoo/sales/{order.id}"):
            self.click("button[name=action_open_reversal]")
            self.sees(".modal .o_order_reversal_dialog [name=reason_id]")
            self.wait_for(FOCUSED, "the focus on the reason")
            required = self.evaluate(
                "document.querySelector('.modal .o_required_modifier')"
                ".closest('[name]').getAttribute('name')"
            )
            self.assertEqual(required, "reason_id")
