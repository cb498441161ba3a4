import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const sees = (trigger) => ({ content: `sees ${trigger}`, trigger });
const WHAT = ".modal .o_field_widget[name=assessment]";
const PROGRESS = ".o_form_view .o_field_widget[name=progress] .o_progress";

/** Notes each progress that is shown, until nothing is left to do. */
class Watch {
    values = [];

    start() {
        // A page that is loaded again would not know this any more.
        window.orderReversalWatch = this;
        this.look();
        this.observer = new MutationObserver(() => this.look());
        this.observer.observe(document.body, {
            attributes: true,
            childList: true,
            subtree: true,
        });
    }

    look() {
        const bar = document.querySelector(PROGRESS);
        const value = bar && Number(bar.getAttribute("aria-valuenow"));
        if (bar && value !== this.values.at(-1)) {
            this.values.push(value);
        }
    }

    /**
     * Steps that wait without touching the page; one may take 10 s at most. There are
     * enough of them for the slowest machine: those after the text is there take no time.
     */
    wait(text, times = 80) {
        const state = ".o_form_view .o_arrow_button_current";
        const reached = () => document.querySelector(state)?.textContent.includes(text);
        const run = async () => {
            const end = Date.now() + 7000;
            while (!reached() && Date.now() < end) {
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        };
        return Array(times).fill({
            content: `waits for “${text}”`,
            trigger: ".o_form_view",
            run,
        });
    }

    /** What was seen between the first and the last, in order. */
    check() {
        this.observer.disconnect();
        const between = this.values.filter((value) => value > 0 && value < 100);
        const rising = between.every((value, i) => i === 0 || value > between[i - 1]);
        if (window.orderReversalWatch !== this || between.length < 3 || !rising) {
            throw new Error(`progress was seen at ${this.values.join(", ")}`);
        }
    }
}

const select = [
    { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
    { trigger: ".o_control_panel button[name=action_open_reversal]", run: "click" },
];

tours.add("order_reversal_bulk", {
    steps: () => {
        const watch = new Watch();
        return [
            ...select,
            sees(`${WHAT} tr:contains('Can be taken back at once'):contains('8')`),
            sees(`${WHAT} tr:contains('Need approval'):contains('2')`),
            sees(`${WHAT} div:contains('1 ×'):contains('authorised')`),
            {
                trigger:
                    ".modal [name=reason_id] .o_radio_item:contains('Operation mistake') input",
                run: "click",
            },
            { trigger: ".modal footer button[name=action_start]", run: "click" },
            {
                content: "starts to watch the progress",
                trigger: ".o_form_view:has(.o_arrow_button_current:contains('Running'))",
                run: () => watch.start(),
            },
            ...watch.wait("Finished"),
            {
                content: "saw it move, without reloading anything",
                trigger: ".o_form_view:has(.o_arrow_button_current:contains('Finished'))",
                run: () => watch.check(),
            },
            sees(".o_form_view [name=done_count]:contains('8')"),
            sees(".o_form_view .o_field_widget[name=failed_ids] .o_data_row:contains('authorised')"),
            {
                trigger:
                    ".o_form_view .o_field_widget[name=failed_ids] button[name=action_view_root]",
                run: "click",
            },
            sees(".o_form_view .o_reversal_settled:visible"),
        ];
    },
});
