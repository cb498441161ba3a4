import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/**
 * How far back: a choice that makes no sense for the document is greyed with the
 * reason, or not shown where there is nothing to say.
 */
export class ReversalScopeField extends RadioField {
    static template = "erp_order_reversal.ReversalScopeField";

    get choices() {
        const obstacles = this.props.record.data.scope_obstacles || {};
        return this.items
            .filter(([value]) => obstacles[value] !== "" || value === this.value)
            .map(([value, label]) => ({
                item: [value, label],
                why: (value !== this.value && obstacles[value]) || "",
            }));
    }
}

registry.category("fields").add("reversal_scope", {
    ...radioField,
    component: ReversalScopeField,
    displayName: _t("How far back"),
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "scope_obstacles", type: "json" }],
});
