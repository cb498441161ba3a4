import { Component, markup, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Finding } from "../fields/reversal_findings";
import { ReversalPicture } from "../picture/reversal_picture";
import { Failure } from "./failure";
import { useRehearsal } from "./rehearsal";

/** What the rehearsal of the dialog found: books, and what would refuse. */
export class ReversalRehearsal extends Component {
    static template = "erp_order_reversal.ReversalRehearsal";
    static components = { Finding };
    static props = { ...standardWidgetProps };

    setup() {
        this.rehearsal = useRehearsal(this.props.record.model);
        this.state = useState({ open: false });
        useRecordObserver((record) => this.rehearsal.follow(record));
    }

    get result() {
        return this.rehearsal.result;
    }

    /** What the plan, which is shown above, doesn't say already. */
    get findings() {
        const known = new Set(
            this.props.record.data.finding_ids.records.map(({ data }) => data.code)
        );
        return this.rehearsal.findings
            .filter(({ code }) => !known.has(code))
            .map((finding, index) => ({
                ...finding,
                key: `${finding.code}-${index}`,
                model: finding.res_model,
                resId: finding.res_id,
                name: finding.res_name,
            }));
    }

    html(name) {
        return markup(this.result[name]);
    }
}

registry.category("view_widgets").add("reversal_rehearsal", {
    component: ReversalRehearsal,
    fieldDependencies: [
        { name: "seen_fingerprint", type: "char" },
        { name: "state", type: "selection" },
        { name: "approval_note", type: "text" },
    ],
});

/**
 * The picture on top: it comes with the rehearsal, and its place is kept until then. Where
 * there is none, because it failed, it says so.
 */
export class ReversalChain extends Component {
    static template = "erp_order_reversal.ReversalChain";
    static components = { Failure, ReversalPicture };
    static props = { ...standardWidgetProps };

    setup() {
        this.rehearsal = useRehearsal(this.props.record.model);
    }

    get effects() {
        return this.rehearsal.result?.effects || [];
    }
}

registry.category("view_widgets").add("reversal_chain", { component: ReversalChain });
