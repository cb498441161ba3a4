"""Lists as a person sees them: headers and numbers whole, no bar to scroll sideways."""

from odoo.tests import HttpCase, tagged

from .batch import BatchCase
from .by_hand import ByHand

ADDON = "erp_order_reversal."
LISTS = (
    "sale_order_action_settled",
    "account_payment_action_settlements",
    "order_reversal_action",
    "order_reversal_action_to_approve",
    "order_reversal_action_open",
    "order_reversal_batch_action",
    "order_reversal_action_practice",
    "order_reversal_log_action",
    "order_reversal_reason_action",
    "order_reversal_limit_action",
    "order_reversal_stand_in_action",
    "order_reversal_signal_action",
)
#: Headers and numbers that are cut off, as far as a list has any.
CUT = """[...document.querySelectorAll(`.o_list_table thead th[data-name],
    .o_list_table td.o_list_number, .o_list_table td[name=name],
    .o_list_table td[name=root_name], .o_list_table td[name=res_name]`)]
.filter((cell) => [cell, ...cell.querySelectorAll("span, div")].some((one) =>
    one.offsetWidth && one.scrollWidth > one.clientWidth + 1 && one.clientWidth))
.map((cell) => cell.innerText.trim()).filter(Boolean).join(" | ") || "none"
"""
WIDE = """(() => {
    const list = document.querySelector(".o_list_renderer");
    return list.scrollWidth > list.clientWidth + 1 ? "scrolls" : "fits";
})()"""


@tagged("post_install", "-at_install")
class TestListsByHand(BatchCase, ByHand, HttpCase):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("sales_team.group_sale_manager", "account.group_account_manager"):
            cls.manager.group_ids += cls.env.ref(group)

    def _fill(self):
        order, _move, _payment = self.settle()
        self.reverse(order, "invoice")
        self.batch(self.settle_many(2)).action_start()
        practice = self.env["order.reversal.practice"].with_user(self.clerk)._get()
        self.reverse(practice._prepare_case("take_back")[0])
        self.company.reversal_approval = "always"
        self.request(self.settle()[0], user=self.requester).action_submit()

    def _look(self):
        """What is cut off, or too wide, in which list."""
        wrong = {}
        # Beforehand: while the browser asks, the database is the server's.
        actions = {name: self.env.ref(ADDON + name).id for name in LISTS}
        with self.browsing(self.manager, "/odoo"):
            for name, action_id in actions.items():
                self.browser.navigate_to(f"{self.base_url()}/odoo/action-{action_id}")
                self.sees(".o_list_renderer")
                found = self.wait_for(CUT, name), self.wait_for(WIDE, name)
                if found != ("none", "fits"):
                    wrong[name] = found
        return wrong

    def test_in_english(self):
        self._fill()
        self.assertFalse(self._look())

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        self._fill()
        self.assertFalse(self._look())
