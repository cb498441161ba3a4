/**
 * Steps of the guided tours, written so that a person may do what he or she likes.
 *
 * A tour listens on what holds all rows, never on the first one. What lies behind a
 * dialog is never pointed at: a dialog draws itself anew when something is chosen in it,
 * and the tour would take the step before for the one to do. So it has one step, too.
 */

const PAGE = "body:not(.modal-open)";

/** Any row of a list, or any card on a phone. */
export const anyRow = (content) => ({
    trigger:
        `${PAGE} .o_list_renderer tbody:has(.o_data_row), ` +
        `${PAGE} .o_kanban_renderer:has(.o_kanban_record)`,
    content,
    tooltipPosition: "top",
    run: "click",
});

/** Any checkbox of a list, or that of all rows. */
export const anySelector = (content) => ({
    trigger: `${PAGE} .o_list_renderer table:has(.o_data_row)`,
    content,
    tooltipPosition: "top",
    run: "click",
});

/** A button of a form or a list; on a phone it may stand in a menu. */
export const button = (name, content) => [
    {
        isActive: ["mobile"],
        trigger: `${PAGE} .o_form_view .o_statusbar_buttons .o-dropdown`,
        content,
        tooltipPosition: "bottom",
        run: "click",
    },
    {
        trigger: `${PAGE} button[name=${name}]`,
        content,
        tooltipPosition: "bottom",
        run: "click",
    },
];

/** A button of a banner or of a list, which stands by itself on a phone, too. */
export const plainButton = (name, content) => ({
    trigger: `${PAGE} .o_action_manager button[name=${name}]`,
    content,
    tooltipPosition: "bottom",
    run: "click",
});

/** The one step of a dialog: its last button; what is to be chosen before is said. */
export const confirm = (name, content) => ({
    trigger: `.modal footer button[name=${name}]`,
    content,
    tooltipPosition: "top",
    run: "click",
});

/** A tab of the form that is open at the end. */
export const tab = (name, content) => ({
    trigger: `${PAGE} .o_form_view .o_notebook .nav-link[name=${name}]`,
    content,
    tooltipPosition: "top",
    run: "click",
});
