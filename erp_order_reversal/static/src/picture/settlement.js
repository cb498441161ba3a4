import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { ReversalPicture } from "./reversal_picture";

/** How an order is settled: the same picture, of what stands now. */
export class OrderSettlementPicture extends Component {
    static template = "erp_order_reversal.OrderSettlementPicture";
    static components = { ReversalPicture };
    static props = { ...standardActionServiceProps };

    setup() {
        const orm = useService("orm");
        this.caption = _t("What the order is settled by");
        this.legend = _t("Dashed: settled by the same payment, or on the same invoice.");
        onWillStart(async () => {
            const { order_id } = this.props.action.params;
            this.nodes = await orm.call("sale.order", "get_settlement", [[order_id]]);
        });
    }
}

registry.category("actions").add("order_reversal_settlement", OrderSettlementPicture);
