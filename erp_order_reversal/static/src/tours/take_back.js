import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { anyRow, button, confirm, tab } from "./steps";

const tours = registry.category("web_tour.tours");

tours.add("order_reversal_learn_take_back", {
    url: "/odoo/practice-take-back",
    steps: () => [
        anyRow(_t("These practice orders are invoiced and paid. Open any of them.")),
        ...button(
            "action_open_reversal",
            _t("Click here. Nothing changes yet: first you see what would happen.")
        ),
        confirm(
            "action_submit",
            _t(
                "Say why it is taken back, and look at what becomes of each document. Then confirm: everything is done together, or nothing at all."
            )
        ),
        tab("log", _t("It is done. Every step of it is written down here, for good.")),
    ],
});

tours.add("order_reversal_learn_ask", {
    url: "/odoo/practice-ask",
    steps: () => [
        anyRow(_t("These practice orders need a second person. Open any of them.")),
        ...button("action_open_reversal", _t("Click here, as always.")),
        confirm(
            "action_submit",
            _t(
                "The blue box says who has to approve it, and why. Say why it is taken back, then ask for approval: nothing changes before somebody agrees."
            )
        ),
        tab("log", _t("It waits now. Who asked for it, and when, is written down here.")),
    ],
});
