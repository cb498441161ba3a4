import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { anyRow, button, confirm, plainButton, tab } from "./steps";

const tours = registry.category("web_tour.tours");

tours.add("order_reversal_learn_approve", {
    url: "/odoo/practice-approve",
    steps: () => [
        anyRow(_t("These requests wait for you. Open any of them.")),
        plainButton(
            "action_approve",
            _t(
                "Read below what would happen, and why it is asked for. Then approve: it is carried out at once. You could also reject it, or send it back to be changed."
            )
        ),
        tab("log", _t("Who asked and who approved is written down here.")),
    ],
});

tours.add("order_reversal_learn_restore", {
    url: "/odoo/practice-restore",
    steps: () => [
        anyRow(_t("These practice orders were taken back. Open any of the reversals.")),
        ...button(
            "action_open_restore",
            _t("It was a mistake? Click here to have the order as it was before.")
        ),
        confirm(
            "action_submit",
            _t(
                "Look at what becomes of each document, then confirm. Restored is only what leads to the very same books."
            )
        ),
        tab("log", _t("A restore is a reversal, too, and written down like one.")),
    ],
});

tours.add("order_reversal_learn_audit", {
    url: "/odoo/practice-reversals",
    steps: () => [
        anyRow(_t("Open any reversal: each is one document that was taken back.")),
        tab("impact", _t("Here is what it did to the books, account by account.")),
        tab(
            "log",
            _t(
                "And here is who did what, and when. Nobody can change or delete these rows: each holds the fingerprint of the one before."
            )
        ),
    ],
});
