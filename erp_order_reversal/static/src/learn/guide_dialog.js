import { Component, markup, onWillStart } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";

/** The paragraph of the guide that explains a finding, above whatever is open. */
export class GuideDialog extends Component {
    static template = "erp_order_reversal.GuideDialog";
    static components = { Dialog };
    static props = { code: String, close: Function };

    setup() {
        const orm = useService("orm");
        onWillStart(async () => {
            this.paragraph = await orm.call("order.reversal.guide", "explain", [
                this.props.code,
            ]);
        });
    }

    get body() {
        // Sanitised by the server, like all HTML fields.
        return markup(this.paragraph.body);
    }
}
