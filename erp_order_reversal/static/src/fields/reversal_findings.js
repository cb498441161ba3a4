import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatSelection } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { referenceId, useDocuments } from "./documents";

const LOOKS = {
    blocker: { alert: "alert-danger", icon: "fa-ban" },
    warning: { alert: "alert-warning", icon: "fa-exclamation-triangle" },
    info: { alert: "alert-info", icon: "fa-info-circle" },
};

/** A message without the remedy that it ends with, which is shown on its own. */
function headline({ message, remedy, who }) {
    let text = message;
    for (const part of [who, remedy]) {
        if (part && text.length > part.length && text.endsWith(part)) {
            text = text.slice(0, -part.length).trimEnd();
        }
    }
    return text;
}

/** What the assessment found, worst first: what, what to do, who may, and where. */
export class ReversalFindingsField extends Component {
    static template = "erp_order_reversal.ReversalFindingsField";
    static props = { ...standardFieldProps };

    setup() {
        this.documents = useDocuments(this.env);
    }

    get findings() {
        return this.props.record.data[this.props.name].records.map((record) => ({
            key: record.id,
            code: record.data.code,
            severity: formatSelection(record.data.severity, {
                selection: record.fields.severity.selection,
            }),
            ...LOOKS[record.data.severity],
            message: headline(record.data),
            remedy: record.data.remedy,
            who: record.data.who,
            model: record.data.res_model,
            resId: record.data.can_open && referenceId(record, "res_id"),
            name: record.data.res_name,
        }));
    }
}

export const reversalFindingsField = {
    component: ReversalFindingsField,
    displayName: _t("Findings of a reversal"),
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("reversal_findings", reversalFindingsField);
