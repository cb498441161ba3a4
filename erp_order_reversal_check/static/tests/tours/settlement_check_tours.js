import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// The server of a test answers one request after the other, and the machine may be slow.
const timeout = 60000;

const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout });
const does = (trigger, run = "click") => ({ content: `acts on ${trigger}`, trigger, run, timeout });

const POST = ".o_form_view button[name=action_post]:visible";
const POSTED = ".o_form_view .o_arrow_button_current[data-value=posted]";
const alert = (code) => `.o_field_widget[name=alerts] [name^='settlement_${code}_']`;
const NO_PRICE_ALERT =
    ".o_form_view:has(button[name=action_post]):not(:has([name^='settlement_price_']))";
const MARKED = ".text-warning";
const invoiced = (price, marked = "") =>
    `.o_field_widget[name=invoice_line_ids] .o_data_row${marked}` +
    `:contains('Service 1'):contains('${price}')`;
const ordered = (name, marked = "") =>
    `.o_form_view .o_field_widget[name=order_line] .o_data_row${marked}:contains('${name}')`;

/** What differs is read, refused, looked up on the order, put right, and posted. */
const mend = (words) => [
    sees(`.alert-danger [name^='settlement_price_']:contains('Service 1'):contains('100.00')`),
    does(POST),
    sees(`.modal .modal-body:contains('${words.refused}'):contains('${words.who}')`),
    sees(".modal .modal-body:contains('Service 1'):contains('1.00'):contains('100.00')"),
    sees(".modal footer:not(:has(button:nth-child(2)))"),
    does(".modal footer button"),
    does(`${alert("not_invoiced")} a:contains('S0')`),
    sees(ordered("Service 3", MARKED)),
    sees(ordered("Service 2", `:not(${MARKED})`)),
    does(".o_control_panel .o_back_button"),
    sees(invoiced("1.00", MARKED)),
    does(`${alert("price")} a:contains('${words.fix}')`),
    sees(NO_PRICE_ALERT),
    sees(invoiced("100.00", `:not(${MARKED})`)),
    does(POST),
    sees(POSTED),
];

tours.add("settlement_check_mend", {
    steps: () =>
        mend({ refused: "posted yet", who: "manager", fix: "Take the order's price" }),
});

tours.add("settlement_check_mend_chinese", {
    steps: () => mend({ refused: "过账", who: "撤销管理员", fix: "采用订单价格" }),
});

/** A manager is offered to accept what stands against posting, and says why. */
const accept = (words) => [
    does(POST),
    does(`.modal footer button:contains('${words.accept}')`),
    sees(`.modal .o_data_row:contains('100.00'):contains('${words.blocker}')`),
    does(".modal .o_field_widget[name=reason] input", "edit Agreed by phone"),
    does(".modal footer button[name=action_accept]"),
    sees("body:not(:has(.modal))"),
    sees(NO_PRICE_ALERT),
    does(POST),
    sees(POSTED),
];

tours.add("settlement_check_accept", {
    steps: () => accept({ accept: "Accept", blocker: "Blocker" }),
});

tours.add("settlement_check_accept_chinese", {
    steps: () => accept({ accept: "接受", blocker: "阻断" }),
});

tours.add("settlement_check_only_read", {
    steps: () => [
        sees(alert("price")),
        does(`.o_form_view [name=settlement_accept] a`),
        sees(".modal .o_data_row:contains('Service 1')"),
        sees(".modal .alert-warning:visible"),
        sees(".modal:not(:has(button[name=action_accept])):not(:has([name=reason]))"),
    ],
});

tours.add("settlement_check_past", {
    steps: () => [
        {
            content: "finds the one order that differs",
            trigger: ".o_list_view .o_data_row:contains('Past Customer')",
            timeout,
            run: () => {
                const rows = document.querySelectorAll(".o_list_view .o_data_row");
                if (rows.length !== 1) {
                    throw new Error(`${rows.length} orders in place of one`);
                }
            },
        },
        does(".o_list_view .o_data_row .o_data_cell[name=partner_id]"),
        does(
            ".o_form_view .o_field_widget[name=settlement_check_alerts] " +
                "[name^='settlement_price_'] a:contains('INV/')"
        ),
        sees(POSTED),
        sees(invoiced("1.00", MARKED)),
    ],
});
