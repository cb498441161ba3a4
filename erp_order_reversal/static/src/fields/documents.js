import { useService } from "@web/core/utils/hooks";

/**
 * Links to documents of any model. Out of a dialog they open in a tab of their own, so
 * that what was entered is still there afterwards.
 *
 * @param {Object} env of the component
 */
export function useDocuments(env) {
    const action = useService("action");
    return {
        target: env.inDialog ? "_blank" : "_self",
        href: (model, id) => `/odoo/m-${model}/${id}`,
        open(ev, model, id) {
            if (env.inDialog || ev.ctrlKey || ev.metaKey || ev.shiftKey) {
                return;
            }
            ev.preventDefault();
            return action.doAction({
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
            });
        },
    };
}

/**
 * @param {Object} record of a list
 * @param {string} name of a `many2one_reference` field
 * @returns {number|false}
 */
export function referenceId(record, name) {
    const value = record.data[name];
    return (value && typeof value === "object" ? value.resId : value) || false;
}
