import { registry } from "@web/core/registry";

const timeout = 60000;
const sees = (trigger) => ({ content: `sees ${trigger}`, trigger, timeout });
const does = (trigger) => ({ content: `acts on ${trigger}`, trigger, run: "click", timeout });
const FAILURE = ".modal .o_reversal_failure";

registry.category("web_tour.tours").add("order_reversal_server_error", {
    steps: () => [
        does(".o_form_view button[name=action_open_reversal]"),
        sees(`${FAILURE}:contains('Nothing was changed'):contains('ask an administrator')`),
        sees(".modal footer:not(:has(button[name=action_submit]))"),
        sees(`${FAILURE} details:not([open])`),
        does(`${FAILURE} summary`),
        sees(`${FAILURE} details[open]:contains('a_word_of_the_server')`),
        does(`${FAILURE} button:contains('Try Again')`),
        sees(".modal .o_reversal_rehearsal[data-busy='0'] .o_reversal_impact"),
        sees(`.modal:not(:has(.o_reversal_failure)) footer button[name=action_submit]`),
        does(".modal footer button:contains('Discard')"),
        sees("body:not(:has(.modal))"),
    ],
});
