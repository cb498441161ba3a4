import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_reversal_tour", {
    url: "/odoo/settled-orders",
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name=name]",
            content: _t("These orders are invoiced. Open the one to take back."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_open_reversal]",
            content: _t("Click here. Nothing changes yet: first you see what would happen."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] .o_radio_item input",
            content: _t("Why is it taken back? The reason is written on every document."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal .o_reversal_entries_toggle",
            content: _t(
                "Above you see what becomes of each document, and why. Here are the exact journal items."
            ),
            tooltipPosition: "top",
            run: "click",
        },
        {
            trigger: ".modal .o_reversal_entries table",
        },
        {
            trigger: ".modal footer button[name=action_submit]",
            content: _t("Confirm. Everything is done together, or nothing at all."),
            tooltipPosition: "top",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_reversal_next",
        },
    ],
});
