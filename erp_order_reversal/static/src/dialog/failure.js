import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";

/** The text of a refusal, as the server gave it. */
export function textOf(error) {
    return (error.data && error.data.message) || error.message || String(error);
}

/**
 * What is said of a call that failed. A refusal is written for people; any other error is
 * for whoever looks after the server, and is folded away.
 *
 * @param {Error} error
 * @returns {{text: string, details: string}} one of them is empty
 */
export function failureOf(error) {
    const dialogs = registry.category("error_dialogs");
    // The host's own sign of it: such an error has a dialog that shows its text.
    const isRefusal = Boolean(error.exceptionName) && dialogs.contains(error.exceptionName);
    return isRefusal
        ? { text: textOf(error), details: "" }
        : { text: "", details: [error.exceptionName, textOf(error)].filter(Boolean).join(": ") };
}

/** Why a call failed, what to do next, and who may. */
export class Failure extends Component {
    static template = "erp_order_reversal.Failure";
    static props = { failure: Object };
}
