import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formView } from "@web/views/form/form_view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { ReversalChain, ReversalRehearsal } from "./reversal_rehearsal";
import { settled, useRehearsal } from "./rehearsal";

/** What approving would do now, and what differs from what was asked for. */
export class ReversalReview extends Component {
    static template = "erp_order_reversal.ReversalReview";
    static components = { ReversalChain, ReversalRehearsal };
    static props = { ...standardWidgetProps };

    setup() {
        this.rehearsal = useRehearsal(this.props.record.model);
        useRecordObserver((record) => this.rehearsal.review(record));
    }

    get differences() {
        return this.rehearsal.result?.differences || [];
    }

    /** Asked for with a rehearsal, and nothing of it comes otherwise. */
    get isSame() {
        const { result } = this.rehearsal;
        return result && result.compared && !result.differences.length && result.effects.length;
    }
}

registry.category("view_widgets").add("reversal_review", {
    component: ReversalReview,
    fieldDependencies: [{ name: "can_approve", type: "boolean" }],
});

/** A rehearsal holds the documents while it runs: what is pressed waits for its end. */
export class ReversalFormController extends formView.Controller {
    async beforeExecuteActionButton() {
        await settled(this.model);
        return super.beforeExecuteActionButton(...arguments);
    }
}

registry.category("views").add("order_reversal_form", {
    ...formView,
    Controller: ReversalFormController,
});
