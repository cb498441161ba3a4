import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { anyRow, chooseThen, confirm, plainButton, statButton, tab } from "./steps";

const tours = registry.category("web_tour.tours");

tours.add("order_reversal_learn_many", {
    url: "/odoo/practice-many",
    steps: () => [
        ...chooseThen(
            "action_open_reversal",
            _t("Tick as many of these practice orders as you like."),
            _t(
                "Rest your finger on one of these practice orders until it is marked, then tap as many others as you like. After that, open the menu with the gear."
            ),
            _t("Now take all of them back together.")
        ),
        confirm(
            "action_start",
            _t(
                "Choose a reason, and see how many can be taken back and what stands against the others. Then start: one bad order never stops the rest."
            )
        ),
        tab("results", _t("Here is what became of each of them.")),
    ],
});

tours.add("order_reversal_learn_settle", {
    url: "/odoo/practice-settle",
    steps: () => [
        anyRow(_t("The invoices of these practice orders were taken back. Open any of them.")),
        plainButton(
            "action_settle_again",
            _t("Correct the order if something was wrong with it, then click here.")
        ),
        confirm(
            "action_settle",
            _t(
                "You see what changed, and the money that was kept. Confirm: the order is invoiced again, and the money matched with the new invoice."
            )
        ),
        ...statButton("action_view_invoice", _t("It is settled again: here is the new invoice.")),
    ],
});
