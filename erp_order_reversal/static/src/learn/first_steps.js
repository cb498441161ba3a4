import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The steps of the host's onboarding panel; those that are done are ticked. */
export class FirstStepsField extends Component {
    static template = "erp_order_reversal.FirstSteps";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(step) {
        const action = await this.orm.call("onboarding.onboarding.step", step.action, []);
        return this.action.doAction(action);
    }
}

registry.category("fields").add("reversal_first_steps", {
    component: FirstStepsField,
    displayName: _t("First steps of a manager"),
    supportedTypes: ["json"],
});
