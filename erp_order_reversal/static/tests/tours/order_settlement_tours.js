import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
/** What a busy server may take its time for. */
const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout: 60000 });

/** Steps in which a person acts, counted; the last one says if it was too much. */
function counted(steps, limit) {
    let actions = 0;
    const counting = steps.map((step) => {
        if (!step.run || step.edits) {
            const { edits: _edits, ...plain } = step;
            return plain;
        }
        return {
            content: `acts on ${step.trigger}`,
            trigger: step.trigger,
            run: async (helpers) => {
                actions++;
                await helpers[step.run]();
            },
        };
    });
    counting.push({
        content: `needed at most ${limit} actions`,
        trigger: ".o_form_view",
        run: () => {
            if (actions > limit) {
                throw new Error(`${actions} actions, more than ${limit}`);
            }
        },
    });
    return counting;
}

const click = (trigger) => ({ trigger, run: "click" });
const edits = (trigger, run) => ({ trigger, run, edits: true });

const CONFIRM_REVERSAL = ".modal footer button[name=action_submit]:visible";
const CONFIRM = ".modal footer button[name=action_settle]:enabled:visible";
const reason = (text) =>
    `.modal .o_field_widget[name=reason_id] .o_radio_item:contains('${text}') input`;
const price = ".o_field_widget[name=order_line] .o_data_row:first .o_data_cell[name=price_unit]";

/** Correct an order: five actions and the edit. */
const correct = (words) => [
    click(`.o_form_view button[name=action_correct]:contains('${words.correct}')`),
    click(reason(words.reason)),
    click(CONFIRM_REVERSAL),
    sees(`.o_reversal_open:visible:contains('${words.banner}')`),
    edits(price, "click"),
    edits(`${price} input`, "edit 50 && press Tab"),
    sees(`.o_reversal_open button[name=action_settle_again]:contains('${words.again}')`),
    click(".o_reversal_open button[name=action_settle_again]"),
    sees(`.modal .o_settlement_differences .o_data_row:contains('${words.changed}')`),
    sees(".modal .o_settlement_credits .o_data_row:contains('690.00')"),
    sees(".modal .o_settlement_result [data-name=over]:contains('57.50')"),
    click(CONFIRM),
    sees(".o_reversal_settled:visible"),
    sees("body:not(:has(.o_reversal_open:visible))"),
];

tours.add("order_settlement_correct", {
    steps: () =>
        counted(
            correct({
                correct: "Correct",
                reason: "Order wrong",
                banner: "Being corrected",
                again: "Settle Again",
                changed: "Changed",
            }),
            5
        ),
});

tours.add("order_settlement_correct_chinese", {
    steps: () =>
        counted(
            correct({
                correct: "更正",
                reason: "操作失误",
                banner: "正在更正",
                again: "重新结算",
                changed: "有变更",
            }),
            5
        ),
});

tours.add("order_settlement_from_list", {
    steps: () =>
        counted(
            [
                sees(".o_list_view .o_data_row"),
                click(".o_data_row button[name=action_settle_again]"),
                sees(".modal .o_settlement_differences .o_data_row:contains('Unchanged')"),
                click(CONFIRM),
                sees(".o_reversal_settled:visible"),
            ],
            2
        ),
});

tours.add("order_settlement_replacement", {
    steps: () => [
        click(".o_reversal_next button[name=action_new_quotation]:visible"),
        sees(".o_reversal_open:visible"),
        sees("button[name=action_view_replaced]"),
        click(".o_reversal_open button[name=action_settle_again]"),
        click(CONFIRM),
        sees(".o_reversal_settled:visible"),
    ],
});
