import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { anyRow } from "@erp_order_reversal/tours/steps";

registry.category("web_tour.tours").add("order_reversal_learn_check", {
    url: "/odoo/practice-check",
    steps: () => [
        anyRow(_t("The draft invoices of these practice orders differ. Open any of them.")),
        {
            trigger:
                "body:not(.modal-open) .o_form_view .o_field_widget[name=settlement_check_alerts]",
            content: _t(
                "Here is what differs, before the invoice is posted. Click on it to put it right, or accept it with a reason."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});
