import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { referenceId, useDocuments } from "../fields/documents";
import { ICONS, layout } from "./layout";

/**
 * The documents that a reversal changes, each before and after: a picture where there
 * is room, a list on a phone, and a table for a screen reader.
 */
export class ReversalPicture extends Component {
    static template = "erp_order_reversal.ReversalPicture";
    static props = {
        effects: Array,
        done: { type: Boolean, optional: true },
        caption: { type: String, optional: true },
        legend: { type: String, optional: true },
    };

    setup() {
        this.documents = useDocuments(this.env);
    }

    get picture() {
        return layout(this.props.effects);
    }

    get list() {
        return this.props.effects.map((effect) => ({
            ...effect,
            icon: ICONS[effect.kind] || ICONS.entry,
        }));
    }

    get hasBystanders() {
        return this.props.effects.some((effect) => !effect.acted);
    }

    get legend() {
        return (
            this.props.legend ||
            _t("Dashed: no step acts on it, it changes along with the others.")
        );
    }

    get caption() {
        if (this.props.caption) {
            return this.props.caption;
        }
        return this.props.done
            ? _t("Documents that changed")
            : _t("Documents that would change");
    }
}

/** The picture of the effects that are stored on a reversal. */
export class ReversalEffectsField extends Component {
    static template = "erp_order_reversal.ReversalEffectsField";
    static components = { ReversalPicture };
    static props = { ...standardFieldProps };

    get effects() {
        return this.props.record.data[this.props.name].records.map(({ data, ...record }) => ({
            key: data.key,
            kind: data.kind,
            res_model: data.res_model,
            res_id: data.can_open && referenceId({ data, ...record }, "res_id"),
            res_name: data.res_name,
            before: data.before || "",
            after: data.after || "",
            acted: data.acted,
            origins: data.origins || [],
        }));
    }
}

registry.category("fields").add("reversal_effects", {
    component: ReversalEffectsField,
    displayName: _t("Picture of a reversal"),
    supportedTypes: ["one2many"],
    useSubView: true,
});
