import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { evaluateBooleanExpr } from "@web/core/py_js/py";
import { registry } from "@web/core/registry";
import { formatMonetary, formatSelection } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { stepOf, useRehearsal } from "../dialog/rehearsal";
import { referenceId, useDocuments } from "./documents";

const ICONS = {
    order: "fa-shopping-cart",
    invoice: "fa-file-text-o",
    payment: "fa-money",
    picking: "fa-truck",
};

/**
 * The steps of a reversal: a table, or cards where the screen is narrow.
 *
 * The embedded list view says which fields there are. A selection field of it that is
 * neither readonly nor invisible for a step is the method that a person may choose for
 * the document; the field of the same name on the reversal is its default.
 */
export class ReversalStepsField extends Component {
    static template = "erp_order_reversal.ReversalStepsField";
    static props = { ...standardFieldProps, fieldNodes: Object };

    setup() {
        this.documents = useDocuments(this.env);
        this.rehearsal = useRehearsal(this.props.record.model);
    }

    get steps() {
        return this.props.record.data[this.props.name].records.map((record) => ({
            key: record.id,
            record,
            icon: ICONS[record.data.kind] || "fa-file-o",
            model: record.data.res_model,
            resId: record.data.can_open && referenceId(record, "res_id"),
            name: record.data.res_name,
            operation: formatSelection(record.data.operation, {
                selection: record.fields.operation.selection,
            }),
            outcome: record.data.outcome,
            why: record.data.why,
            amount: this.formatAmount(record),
            method: this.getMethod(record),
            isChanged: this.rehearsal.changed.has(stepOf(record)[0]),
            resultModel: record.data.result_model,
            resultId: record.data.can_open && referenceId(record, "result_id"),
            resultName: record.data.result_name,
        }));
    }

    get hasMethods() {
        return this.steps.some((step) => step.method);
    }

    get hasReasons() {
        return this.steps.some((step) => step.why);
    }

    get hasResults() {
        return this.steps.some((step) => step.resultName);
    }

    formatAmount(record) {
        if (!record.data.amount) {
            return "";
        }
        return formatMonetary(record.data.amount, {
            currencyId: record.data.currency_id && record.data.currency_id.id,
        });
    }

    /** The choice that the step offers, if it offers one. */
    getMethod(record) {
        if (this.props.readonly) {
            return null;
        }
        const node = Object.values(this.props.fieldNodes).find(
            ({ name, readonly, invisible }) =>
                record.fields[name].type === "selection" &&
                !evaluateBooleanExpr(readonly, record.evalContextWithVirtualIds) &&
                !evaluateBooleanExpr(invisible, record.evalContextWithVirtualIds)
        );
        if (!node) {
            return null;
        }
        const selection = record.fields[node.name].selection;
        const usual = this.props.record.data[node.name];
        const closed = record.data.closed_methods || {};
        return {
            name: node.name,
            label: _t("Method for %s", record.data.res_name),
            value: record.data[node.name] || "",
            options: [
                ["", formatSelection(usual, { selection })],
                ...selection.filter(([value]) => value && value !== usual),
            ].map(([value, label]) => ({
                value,
                label,
                why: value === record.data[node.name] ? "" : closed[value] || "",
            })),
        };
    }

    choose(record, name, value) {
        return record.update({ [name]: value || false });
    }
}

export const reversalStepsField = {
    component: ReversalStepsField,
    displayName: _t("Steps of a reversal"),
    supportedTypes: ["one2many"],
    useSubView: true,
    extractProps: ({ views }) => ({ fieldNodes: views.list.fieldNodes }),
};

registry.category("fields").add("reversal_steps", reversalStepsField);
