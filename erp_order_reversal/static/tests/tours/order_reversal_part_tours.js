import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const timeout = 60000;

const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout });
const does = (trigger, run = "click") => ({ content: `acts on ${trigger}`, trigger, run, timeout });

const PART = ".modal .o_reversal_part";
const ROW = `${PART} .o_data_row`;
const CONFIRM = ".modal footer button[name=action_submit]:visible";
const CREDIT = ".o_reversal_step[data-operation=credit]";
const reason = (text) =>
    `.modal .o_field_widget[name=reason_id] .o_radio_item:contains('${text}') input`;

/** Give a quantity; leaving the list lets the dialog follow. */
const quantity = (number) => [
    does(`${ROW} .o_field_widget[name=quantity] input`, `edit ${number}`),
    does(`${PART} p`),
];

/** Three of ten; eleven are refused with what is possible. */
const takePart = (words) => [
    does(".o_form_view button[name=action_open_reversal]"),
    does(".modal [name=scope] input[data-value=invoice]"),
    does(reason(words.reason)),
    sees(`.modal ${CREDIT}:contains('6,900.00')`),
    does(`${PART} summary`),
    does(`${PART} .o_field_x2many_list_row_add a`),
    does(`${ROW} .o_field_widget[name=${words.field}] input`, "edit Service 1"),
    does(".o-autocomplete--dropdown-item:contains('Service 1') a"),
    ...quantity(11),
    sees(`.modal .o_reversal_finding[data-code=part_exceeds]:contains('${words.possible}')`),
    sees(".modal footer:not(:has(button[name=action_submit]))"),
    does(`${ROW} .o_data_cell[name=quantity]`),
    ...quantity(3),
    sees(".modal:not(:has(.o_reversal_finding[data-code=part_exceeds]))"),
    sees(`.modal ${CREDIT}:contains('345.00'):not(:contains('6,900.00'))`),
    sees(".modal .o_reversal_rehearsal[data-busy='0'] .o_reversal_impact"),
    does(".modal .o_reversal_entries_toggle"),
    sees(".modal .o_reversal_entries tfoot:contains('345.00')"),
    does(CONFIRM),
    sees(".o_form_view .o_reversal_next:visible"),
    sees(".o_form_view .o_reversal_picture [data-kind=credit]:contains('RINV/')"),
    sees(".o_form_view .o_field_widget[name=line_ids] .o_data_row:contains('3.00')"),
    does(".o_form_view .o_notebook .nav-link[name=steps]"),
    sees(`.o_form_view ${CREDIT}:contains('345.00') a:contains('RINV/')`),
];

tours.add("order_reversal_part", {
    steps: () =>
        takePart({
            reason: "Customer withdrew",
            field: "order_line_id",
            possible: "10.00 Units is possible",
        }),
});

tours.add("order_reversal_part_chinese", {
    steps: () =>
        takePart({ reason: "客户", field: "move_line_id", possible: "最多可撤销 10.00" }),
});

tours.add("order_reversal_no_buttons", {
    steps: () => [
        sees(".o_form_view .o_reversal_settled:visible"),
        {
            content: "finds nothing to take back by",
            trigger: ".o_form_view .o_statusbar_buttons:has(button)",
            run: () => {
                for (const name of ["action_open_reversal", "action_correct"]) {
                    if (document.querySelector(`button[name=${name}]`)) {
                        throw new Error(`an outsider is offered ${name}`);
                    }
                }
            },
        },
    ],
});
