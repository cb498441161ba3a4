import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const timeout = 60000;

const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout });
const does = (trigger, run = "click") => ({ content: `acts on ${trigger}`, trigger, run, timeout });

const REVERSE = ".o_form_view button[name=action_open_reversal]";
const CONFIRM = ".modal footer button[name=action_submit]:visible";
const DONE = ".o_form_view .o_reversal_next:visible";
const REHEARSED = ".modal .o_reversal_rehearsal[data-busy='0'] .o_reversal_impact";
const reason = (text) =>
    `.modal .o_field_widget[name=reason_id] .o_radio_item:contains('${text}') input`;

async function call(model, method, args) {
    const response = await fetch(`/web/dataset/call_kw/${model}/${method}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", params: { model, method, args, kwargs: {} } }),
    });
    return response.json();
}

/** Nothing is cut off, and nothing has to be scrolled sideways. */
function checkWidth() {
    const body = document.querySelector(".modal .modal-body");
    if (body.scrollWidth > body.clientWidth + 1) {
        const edge = body.getBoundingClientRect().left + body.clientWidth;
        const wide = [...body.querySelectorAll("*")]
            .filter((element) => element.getBoundingClientRect().right > edge + 1)
            .map((element) => `${element.tagName}.${element.className}`);
        throw new Error(`${body.scrollWidth} in ${body.clientWidth}: ${wide.slice(0, 8).join(" | ")}`);
    }
}

tours.add("order_reversal_two_tabs", {
    steps: () => [
        does(REVERSE),
        does(reason("Operation mistake")),
        sees(REHEARSED),
        {
            content: "confirms it in another tab",
            trigger: `${reason("Operation mistake")}:checked`,
            run: async ({ anchor }) => {
                const order_id = parseInt(location.pathname.match(/(\d+)$/)[1]);
                const reason_id = parseInt(anchor.dataset.value);
                await call("order.reversal", "submit_request", [{ order_id, reason_id }]);
            },
        },
        does(CONFIRM),
        sees(".modal .o_reversal_refusal:contains('Nothing was changed')"),
        sees(".modal .o_reversal_finding[data-code=order_cancelled]:contains('REV/')"),
        sees(".modal footer:not(:has(button[name=action_submit]))"),
        does(".modal footer button:contains('Discard')"),
        sees("body:not(:has(.modal))"),
    ],
});

tours.add("order_reversal_keyboard", {
    steps: () => [
        sees(REVERSE),
        does(".o_form_view", "press alt+shift+r"),
        sees(REHEARSED),
        {
            content: "is where the reason is chosen",
            trigger: ".modal [name=reason_id] input:focus",
            // What the space bar does in a browser; a simulated one doesn't.
            run: () => document.activeElement.click(),
            timeout,
        },
        sees(".modal [name=reason_id] input:checked"),
        sees(`${REHEARSED}:visible`),
        does(".modal [name=reason_id] input:checked", "press alt+q"),
        sees(DONE),
    ],
});

tours.add("order_reversal_60_lines", {
    steps: () => [
        does(REVERSE),
        sees(REHEARSED),
        does(".modal .o_reversal_entries_toggle"),
        {
            content: "each line is there, and nothing is cut off",
            trigger: ".modal .o_reversal_entries tbody tr:nth-child(60)",
            run: checkWidth,
            timeout,
        },
        does(reason("Operation mistake")),
        does(CONFIRM),
        sees(DONE),
    ],
});

tours.add("order_reversal_60_documents", {
    steps: () => [
        does(REVERSE),
        sees(".modal .o_reversal_picture .o_reversal_node[data-kind=payment]"),
        {
            content: "no document lies upon another",
            trigger: ".modal .o_reversal_picture .o_reversal_node[data-kind=order]",
            run: () => {
                const boxes = [...document.querySelectorAll(".o_reversal_picture .o_reversal_node")]
                    .map((node) => node.getBoundingClientRect());
                const rows = document.querySelectorAll(".o_reversal_picture caption ~ tbody tr");
                if (boxes.length < 60 || rows.length !== boxes.length) {
                    throw new Error(`${boxes.length} documents, ${rows.length} in the table`);
                }
                const places = new Set(boxes.map((box) => `${box.left},${box.top}`));
                const low = Math.min(...boxes.map((box) => box.height));
                if (places.size !== boxes.length || low < 30) {
                    throw new Error("documents lie upon each other, or are too small to read");
                }
            },
        },
        does(".modal footer button:contains('Discard')"),
        sees("body:not(:has(.modal))"),
    ],
});

tours.add("order_reversal_settlement", {
    steps: () => [
        does(".o_form_view button[name=action_open_settlement]"),
        sees(".modal .o_reversal_node[data-kind=order]:contains('Settled')"),
        sees(".modal .o_reversal_node[data-kind=invoice]:contains('Paid')"),
        sees(".modal .o_reversal_node[data-kind=payment]:contains('Matched')"),
        sees(".modal table caption:contains('settled by')"),
        { content: "fits", trigger: ".modal .o_order_settlement_picture", run: checkWidth },
    ],
});

tours.add("order_reversal_rehearse_all", {
    steps: () => [
        does(".o_list_view thead .o_list_record_selector input"),
        does(".o_control_panel button[name=action_open_reversal]"),
        does(reason("Operation mistake")),
        does(".modal .o_reversal_ready"),
        sees(".modal .o_reversal_selection a:contains('S0')"),
        does(".modal footer button[name=action_rehearse]"),
        sees(".o_form_view .o_reversal_rehearsed .o_progress"),
    ],
});

tours.add("order_reversal_rehearsed", {
    steps: () => [
        sees(".o_form_view .o_reversal_rehearsed:contains('What the rehearsal found')"),
        sees(".o_reversal_rehearsed .o_reversal_selection:contains('The moon is full')"),
        sees(".o_reversal_rehearsed .o_reversal_ready:contains('1')"),
        sees(".o_reversal_rehearsed [name=rehearsal_html]:contains('Revenue')"),
        does(".o_form_view button[name=action_start]"),
        sees(".o_form_view .o_arrow_button_current:contains('Finished')"),
    ],
});

tours.add("order_reversal_phone_dialog", {
    steps: () => [
        does(".o_form_view .o_statusbar_buttons .dropdown-toggle, .o_form_view .o_statusbar_buttons button:has(.oi-ellipsis-v)"),
        does("button[name=action_open_reversal]:visible"),
        sees(".modal .o_reversal_picture_list .o_reversal_node:contains('Cancelled')"),
        does(reason("Operation mistake")),
        sees(REHEARSED),
        { content: "fits", trigger: ".modal .modal-body", run: checkWidth },
        does(CONFIRM),
        sees(DONE),
    ],
});
