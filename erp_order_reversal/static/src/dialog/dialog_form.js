import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

/** A request is made by confirming it: a tab that is closed leaves no draft behind. */
export class ReversalDialogController extends formView.Controller {
    async beforeUnload() {}
}

registry.category("views").add("order_reversal_dialog", {
    ...formView,
    Controller: ReversalDialogController,
});
