import { registry } from "@web/core/registry";

const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout: 60000 });
const click = (trigger) => ({ content: `clicks ${trigger}`, trigger, run: "click" });

const CONFIRM = ".modal footer button[name=action_settle]:enabled:visible";
const FAILURE = ".modal .o_reversal_failure";
const result = (name, text) =>
    `.modal .o_settlement_result[aria-busy=false] [data-name=${name}]:contains('${text}')`;
const AMOUNT = ".modal .o_settlement_credits .o_data_row .o_data_cell[name=amount]";
const matches = (amount) => [
    click(AMOUNT),
    {
        content: `matches ${amount}`,
        trigger: `${AMOUNT} input`,
        run: `edit ${amount} && press Tab`,
    },
];

/** What the dialog shows is of what is chosen; else it can't be confirmed. */
registry.category("web_tour.tours").add("order_settlement_choices", {
    steps: () => [
        click(".o_reversal_open button[name=action_settle_again]"),
        sees(result("over", "Kept as customer credit")),
        sees(CONFIRM),
        click(
            ".modal .o_field_widget[name=rest_method] .o_radio_item:contains('Refund') input"
        ),
        sees(`${FAILURE}:contains('could not be tried out')`),
        sees(".modal footer:not(:has(button[name=action_settle]))"),
        sees(".modal .o_form_view:not(:has(.o_settlement_result))"),
        click(".modal .o_settlement_unknown button:contains('Try Again')"),
        sees(result("over", "Refunded to the customer")),
        ...matches("200"),
        sees(result("due", "432.50")),
        sees(result("over", "490.00")),
        ...matches("632.50"),
        sees(result("kept", "632.50")),
        sees(result("over", "57.50")),
        click(CONFIRM),
        sees(".modal .o_reversal_refusal:contains('Edited a moment ago.')"),
        sees(result("over", "57.50")),
        click(CONFIRM),
        sees(".o_reversal_settled:visible"),
    ],
});

/** Somebody edits the order while the dialog is open: it shows the order of now. */
registry.category("web_tour.tours").add("order_settlement_edited", {
    steps: () => [
        click(".o_reversal_open button[name=action_settle_again]"),
        sees(".modal .o_settlement_differences .o_data_row:contains('Changed'):contains('50.00')"),
        click(
            ".modal .o_field_widget[name=rest_method] .o_radio_item:contains('Refund') input"
        ),
        sees(".modal .o_settlement_differences .o_data_row:contains('Changed'):contains('60.00')"),
        sees(result("over", "46.00")),
        sees(result("over", "Refunded to the customer")),
        click(CONFIRM),
        sees(".o_reversal_settled:visible"),
    ],
});
