import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { GuideDialog } from "./guide_dialog";

/** *Why?* beside a row: the paragraph of the guide on the `code` of its record. */
export class ReversalWhy extends Component {
    static template = "erp_order_reversal.ReversalWhy";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
    }

    explain() {
        this.dialog.add(GuideDialog, { code: this.props.record.data.code });
    }
}

registry.category("view_widgets").add("reversal_why", {
    component: ReversalWhy,
    fieldDependencies: [{ name: "code", type: "char" }],
});
