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
const anySelector = (content) => ({
    trigger: `${PAGE} .o_list_renderer table:has(.o_data_row)`,
    content,
    tooltipPosition: "top",
    run: "click",
});

/**
 * Orders chosen in a list, and the button over it. On a phone the host has no checkboxes:
 * a finger that rests on a row marks it, and the button stands in a menu that is there as
 * soon as a row is marked. What is pointed at before is the foot of the list, which nobody presses.
 */
export const chooseThen = (name, choose, onPhone, content) => [
    {
        isActive: ["mobile"],
        trigger:
            `${PAGE} .o_control_panel:has(.o_selection_container) .o_cp_action_menus button, ` +
            `${PAGE} .o_list_renderer tfoot`,
        content: onPhone,
        tooltipPosition: "bottom",
        run: "click",
    },
    {
        isActive: ["mobile"],
        trigger: `.o-dropdown--menu button[name=${name}]`,
        content,
        tooltipPosition: "top",
        run: "click",
    },
    { ...anySelector(choose), isActive: ["desktop"] },
    { ...plainButton(name, content), isActive: ["desktop"] },
];

/** What stands on a phone in a menu, and in it the button; elsewhere it stands alone. */
const inMenu = (menu, name, content) => [
    {
        isActive: ["mobile"],
        trigger: `${PAGE} ${menu}`,
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

/** A button of the header of a form that is not its first one. */
export const button = (name, content) =>
    inMenu(".o_form_view .o_statusbar_buttons .o-dropdown", name, content);

/** A button above the sheet of a form, with a number. */
export const statButton = (name, content) =>
    inMenu(".o_control_panel .o-form-buttonbox .o_button_more", name, content);

/** A button of a banner, or the first one of a header: it stands alone on a phone, too. */
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
