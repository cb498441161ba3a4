import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// The server of a test answers one request after the other, and the machine may be slow.
const timeout = 60000;

/** Counts what a person does, to say at the end whether it was too much. */
class Clerk {
    actions = 0;

    /** A step in which the person acts. */
    does(trigger, run = "click") {
        return {
            content: `acts on ${trigger}`,
            trigger,
            timeout,
            run: async (helpers) => {
                this.actions++;
                const [name, ...words] = run.split(" ");
                await helpers[name](words.join(" "));
            },
        };
    }

    /** The last step: no more than `limit` actions were needed. */
    neededAtMost(limit) {
        return {
            content: `needed at most ${limit} actions`,
            trigger: ".o_form_view",
            run: () => {
                if (this.actions > limit) {
                    throw new Error(`${this.actions} actions, more than ${limit}`);
                }
            },
        };
    }
}

const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout });

const REVERSE = ".o_form_view button[name=action_open_reversal]";
const CONFIRM = ".modal footer button[name=action_submit]:visible";
const DONE = ".o_form_view .o_reversal_next:visible";
const reason = (text) =>
    `.modal .o_field_widget[name=reason_id] .o_radio_item:contains('${text}') input`;
const node = (kind) => `.modal .o_reversal_picture .o_reversal_node[data-kind=${kind}]`;
const step = (operation) => `.o_reversal_step[data-operation=${operation}]`;

tours.add("order_reversal_from_order", {
    steps: () => {
        const clerk = new Clerk();
        return [
            sees(".o_reversal_settled:visible:contains('Settled')"),
            clerk.does(REVERSE),
            sees(`.modal ${step("release")}:contains('Kept as customer credit')`),
            sees(`.modal ${step("credit")}:contains('sent to the customer')`),
            sees(`.modal ${step("cancel")}`),
            sees(`${node("order")}:contains('Settled'):contains('Cancelled')`),
            sees(`${node("payment")}:contains('Matched'):contains('Open credit')`),
            sees(".modal .o_reversal_impact:contains('Has a credit of')"),
            clerk.does(reason("Operation mistake")),
            clerk.does(`${CONFIRM}:contains('Cancel the order, credit the invoice, keep')`),
            sees(DONE),
            sees(".o_arrow_button_current:contains('Done')"),
            sees(`.o_form_view .o_reversal_picture [data-kind=credit]:contains('Matched')`),
            sees(`${step("credit")} a:contains('RINV/')`),
            clerk.neededAtMost(4),
        ];
    },
});

tours.add("order_reversal_from_invoice", {
    steps: () => {
        const clerk = new Clerk();
        return [
            clerk.does(REVERSE),
            sees(`.modal ${step("credit")}`),
            clerk.does(reason("Invoice wrong")),
            clerk.does(CONFIRM),
            sees(DONE),
            sees(".o_arrow_button_current:contains('Done')"),
            clerk.neededAtMost(4),
        ];
    },
});

tours.add("order_reversal_from_payment", {
    steps: () => {
        const clerk = new Clerk();
        return [
            clerk.does(REVERSE),
            sees(`.modal ${step("release")}`),
            clerk.does(".modal select[name=payment_method]", "select void"),
            sees(`.modal ${step("void_payment")}`),
            clerk.does(reason("Duplicate")),
            clerk.does(CONFIRM),
            sees(DONE),
            sees(".o_arrow_button_current:contains('Done')"),
            clerk.neededAtMost(4),
        ];
    },
});

tours.add("order_reversal_blocked", {
    steps: () => [
        { trigger: REVERSE, run: "click", timeout },
        // It was sent: a void is greyed, and says why.
        sees(
            ".modal select[name=invoice_method]:has(option[value=void][title*=sent]:disabled)"
        ),
        // Not locked, so that there is nothing to unlock.
        sees(".modal .o_radio_item:has(input[data-value=unlock]:disabled)[title*=locked]"),
        sees(CONFIRM),
        { trigger: ".modal .o_reversal_entries_toggle", run: "click", timeout },
        sees(".modal .o_reversal_entries tfoot:contains('690.00')"),
        { trigger: CONFIRM, run: "click", timeout },
        sees(".o_notification:contains('Reason'), .o_field_invalid[name=reason_id]"),
        { trigger: reason("Other"), run: "click", timeout },
        sees(".modal .o_reversal_finding[data-code=note_required]"),
        { trigger: ".modal .o_field_widget[name=note] textarea", run: "edit Typed twice" },
        { trigger: CONFIRM, run: "click", timeout },
        sees(DONE),
    ],
});

tours.add("order_reversal_request", {
    steps: () => {
        const clerk = new Clerk();
        return [
            clerk.does(REVERSE),
            sees(".modal .alert-info:visible:contains('A second person')"),
            clerk.does(reason("Customer withdrew")),
            clerk.does(`${CONFIRM}:contains('Ask for Approval')`),
            sees(".o_form_view .o_arrow_button_current:contains('To approve')"),
            sees(".o_form_view:not(:has(button[name=action_approve]))"),
            sees(".o_form_view .alert-info:contains('Nothing was changed')"),
            clerk.neededAtMost(4),
        ];
    },
});

tours.add("order_reversal_approve", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row .o_data_cell[name=root_name]", run: "click", timeout },
        sees(`.o_form_view ${step("credit")}`),
        sees(".o_reversal_review .o_reversal_same"),
        sees(".o_reversal_review .o_reversal_node[data-kind=order]:contains('Cancelled')"),
        sees(".o_reversal_review .o_reversal_impact:contains('Has a credit of')"),
        { trigger: ".o_form_view button[name=action_approve]", run: "click", timeout },
        sees(".o_arrow_button_current:contains('Done')"),
        sees(DONE),
    ],
});

const restore = () => [
    { trigger: ".o_form_view button[name=action_open_restore]", run: "click", timeout },
    sees(`.modal ${step("confirm")}`),
    { trigger: ".modal footer .btn-primary:visible", run: "click", timeout },
];

tours.add("order_reversal_restore", {
    steps: () => [
        ...restore(),
        sees(".o_arrow_button_current:contains('Done')"),
        sees(".o_form_view .o_field_widget[name=restores_id]"),
    ],
});

tours.add("order_reversal_restore_request", {
    steps: () => [
        ...restore(),
        sees(".o_arrow_button_current:contains('To approve')"),
        sees(".o_form_view:not(:has(button[name=action_approve]))"),
    ],
});

tours.add("order_reversal_restore_reject", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row .o_data_cell[name=root_name]", run: "click", timeout },
        { trigger: ".o_form_view button[name=action_reject]", run: "click", timeout },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit It stays" },
        { trigger: ".modal footer .btn-primary", run: "click", timeout },
        sees(".o_arrow_button_current:contains('Rejected')"),
        sees(".o_form_view:not(:has(button[name=action_reject]))"),
    ],
});

tours.add("order_reversal_restore_approve", {
    steps: () => [
        sees(".o_list_view .o_data_row .o_data_cell[name=restores_id]"),
        { trigger: ".o_list_view .o_data_row .o_data_cell[name=root_name]", run: "click", timeout },
        {
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        sees(".o_arrow_button_current:contains('Done')"),
    ],
});

const BUTTONS = [
    // What shows or prints something is an auditor's as well.
    ".o_statusbar_buttons button:not([name=action_verify_books])",
    ".o_reversal_next button:not([name=action_print]):not([name=action_download_snapshot])",
    ".o_list_button_add",
    ".o_form_button_create",
    ".o_form_sheet input:not([type=hidden])",
    ".o_form_sheet select",
];

tours.add("order_reversal_audit", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row .o_data_cell[name=root_name]", run: "click", timeout },
        sees(`.o_form_view ${step("credit")}`),
        {
            content: "finds nothing to change",
            trigger: ".o_form_view",
            run: () => {
                const found = BUTTONS.filter((selector) => document.querySelector(selector));
                if (found.length) {
                    throw new Error(`an auditor can press ${found.join(", ")}`);
                }
            },
        },
        { trigger: ".o_notebook .nav-link[name=log]", run: "click", timeout },
        sees(".o_field_widget[name=log_ids] .o_data_row:contains('Verified')"),
    ],
});

tours.add("order_reversal_chinese", {
    steps: () => {
        const clerk = new Clerk();
        return [
            sees(".o_reversal_settled:visible:contains('已结账')"),
            clerk.does(`${REVERSE}:contains('撤销')`),
            sees(".modal:contains('撤销范围'):contains('取消核销')"),
            sees(`.modal ${step("credit")}:contains('红字')`),
            sees(`.modal ${step("release")}:contains('客户')`),
            clerk.does(reason("操作失误")),
            clerk.does(`${CONFIRM}:contains('取消订单')`),
            sees(DONE),
            sees(".o_reversal_next:contains('下载备份')"),
            sees(".o_arrow_button_current:contains('已完成')"),
            sees(".o_notebook .nav-link:contains('审计日志')"),
            clerk.neededAtMost(4),
        ];
    },
});

tours.add("order_reversal_reasons", {
    steps: () => [
        { trigger: REVERSE, run: "click", timeout },
        { trigger: reason("Invoice wrong"), run: "click", timeout },
        sees(".modal [name=scope] input[data-value=invoice]:checked"),
        sees(`${CONFIRM}:not(:contains('Cancel the order'))`),
        { trigger: reason("Duplicate"), run: "click", timeout },
        sees(".modal [name=scope] input[data-value=cancel]:checked"),
        { trigger: ".modal [name=scope] input[data-value=payment]", run: "click", timeout },
        { trigger: reason("Invoice wrong"), run: "click", timeout },
        sees(`${reason("Invoice wrong")}:checked`),
        sees(`${node("order")}:contains('Partly settled')`),
        sees(".modal [name=scope] input[data-value=payment]:checked"),
        { trigger: ".modal footer button:contains('Discard')", run: "click", timeout },
        sees("body:not(:has(.modal))"),
    ],
});

tours.add("order_reversal_refused", {
    steps: () => [
        { trigger: REVERSE, run: "click", timeout },
        { trigger: reason("Operation mistake"), run: "click", timeout },
        sees(".modal .o_reversal_rehearsal[data-busy='0'] .o_reversal_impact"),
        {
            content: "somebody else changes the order meanwhile",
            trigger: ".modal .o_reversal_rehearsal[data-busy='0']",
            run: async () => {
                const id = parseInt(location.pathname.match(/(\d+)$/)[1]);
                const call = (model, method, args) =>
                    fetch(`/web/dataset/call_kw/${model}/${method}`, {
                        method: "POST",
                        headers: { "Content-Type": "application/json" },
                        body: JSON.stringify({
                            jsonrpc: "2.0",
                            params: { model, method, args, kwargs: {} },
                        }),
                    }).then((response) => response.json());
                await call("sale.order", "action_lock", [[id]]);
            },
        },
        { trigger: CONFIRM, run: "click", timeout },
        sees(".modal .o_reversal_refusal:contains('Nothing was changed'):contains('changed')"),
        sees(`.modal ${step("unlock")}:contains('Changed')`),
        sees(".modal .o_reversal_rehearsal[data-busy='0'] .o_reversal_impact"),
        { trigger: CONFIRM, run: "click", timeout },
        sees(DONE),
    ],
});

/** No document of the picture lies upon another, and each says how it stands. */
function checkPicture() {
    const boxes = [...document.querySelectorAll(".o_reversal_picture .o_reversal_node")];
    const apart = (a, b) =>
        a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    boxes.forEach((one, index) => {
        if (!one.querySelector(".o_reversal_states").textContent.trim()) {
            throw new Error(`${one.textContent} says nothing`);
        }
        for (const other of boxes.slice(index + 1)) {
            if (!apart(one.getBoundingClientRect(), other.getBoundingClientRect())) {
                throw new Error(`${one.textContent} lies upon ${other.textContent}`);
            }
        }
    });
    const rows = document.querySelectorAll(".o_reversal_picture table tbody th[scope=row]");
    if (boxes.length < 12 || rows.length !== boxes.length) {
        throw new Error(`${boxes.length} documents, ${rows.length} of them in the table`);
    }
}

tours.add("order_reversal_picture", {
    steps: () => [
        sees(".o_form_view .o_reversal_picture .o_reversal_node[data-kind=credit]"),
        { trigger: ".o_form_view .o_reversal_picture", run: checkPicture },
    ],
});

tours.add("order_reversal_phone", {
    steps: () => [
        sees(".o_form_view .o_reversal_picture_list .o_reversal_node:contains('Cancelled')"),
        sees(".o_form_view:not(:has(.o_reversal_picture))"),
    ],
});
