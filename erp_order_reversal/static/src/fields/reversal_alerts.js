import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How a reversal stands: one area, the most pressing first. */
export class ReversalAlertsField extends Component {
    static template = "erp_order_reversal.ReversalAlertsField";
    static props = { ...standardFieldProps };

    get alerts() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("reversal_alerts", {
    component: ReversalAlertsField,
    displayName: _t("How a reversal stands"),
    supportedTypes: ["json"],
});
