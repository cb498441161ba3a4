import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { GuideDialog } from "../learn/guide_dialog";
import { referenceId, useDocuments } from "./documents";

const LOOKS = {
    blocker: { alert: "alert-danger", icon: "fa-ban", label: _t("Blocker") },
    warning: { alert: "alert-warning", icon: "fa-exclamation-triangle", label: _t("Warning") },
    info: { alert: "alert-info", icon: "fa-info-circle", label: _t("Information") },
};

/** One thing that was found: what, what to do, who may, and where. */
export class Finding extends Component {
    static template = "erp_order_reversal.ReversalFinding";
    static props = { finding: Object };

    setup() {
        this.documents = useDocuments(this.env);
        this.dialog = useService("dialog");
    }

    /** Why it is so: the paragraph of the guide, above whatever is open. */
    explain() {
        this.dialog.add(GuideDialog, { code: this.props.finding.code });
    }

    get looks() {
        return LOOKS[this.props.finding.severity];
    }
}

/** What the assessment found, worst first. */
export class ReversalFindingsField extends Component {
    static template = "erp_order_reversal.ReversalFindingsField";
    static components = { Finding };
    static props = { ...standardFieldProps };

    get findings() {
        return this.props.record.data[this.props.name].records.map((record) => ({
            key: record.id,
            code: record.data.code,
            severity: record.data.severity,
            message: record.data.message,
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
