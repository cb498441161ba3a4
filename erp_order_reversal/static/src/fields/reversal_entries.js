import { Component, markup, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The journal items that the reversal in the dialog would make, on demand. */
export class ReversalEntries extends Component {
    static template = "erp_order_reversal.ReversalEntries";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ open: false, busy: false, html: "" });
        this.plan = this.props.record.data.seen_fingerprint;
        onWillUpdateProps(({ record }) => {
            const plan = record.data.seen_fingerprint;
            if (this.plan !== plan) {
                this.plan = plan;
                this.state.open = false;
            }
        });
    }

    async toggle() {
        this.state.open = !this.state.open;
        if (!this.state.open) {
            return;
        }
        this.state.busy = true;
        try {
            const values = await this.props.record.getChanges();
            const html = await this.orm.call(
                this.props.record.resModel,
                "preview_request",
                [values],
                { context: this.props.record.context }
            );
            this.state.html = markup(html);
        } catch (error) {
            this.state.open = false;
            throw error;
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("reversal_entries", {
    component: ReversalEntries,
    fieldDependencies: [{ name: "seen_fingerprint", type: "char" }],
});
