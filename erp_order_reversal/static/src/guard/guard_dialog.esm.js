import {RedirectWarningDialog} from "@web/core/errors/error_dialogs";
import {registry} from "@web/core/registry";

// A refusal that opens a reversal looks like any other redirect warning.
registry
    .category("error_dialogs")
    .add(
        "odoo.addons.erp_order_reversal.exceptions.ReversalGuardError",
        RedirectWarningDialog
    );
