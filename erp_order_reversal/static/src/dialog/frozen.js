/**
 * Let nobody touch a form while what was pressed is on its way, whatever moves below the
 * pointer: what goes out is what was seen. Neither by mouse nor by keyboard, nor can it
 * be discarded when it is too late for that.
 *
 * @param {Object} ui the service
 * @param {HTMLElement} el within the form, or in the footer of its dialog
 * @returns {Function} gives it free; to be called when the component goes, too, whose
 *     calls are never answered then
 */
export function freeze(ui, el) {
    const form = el.closest(".modal-content") || el.closest(".o_form_view");
    const focused = form.contains(document.activeElement) && document.activeElement;
    // at once: what blocks the page is drawn a moment later, and leaves keys through
    form.inert = true;
    ui.block({ delay: 1500 });
    let isFree = false;
    return () => {
        if (isFree) {
            return;
        }
        isFree = true;
        ui.unblock();
        form.inert = false;
        // An inert element loses the focus: whoever works by keyboard goes on there.
        if (focused && document.activeElement === document.body) {
            focused.focus();
        }
    };
}
