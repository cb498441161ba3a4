from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml


class ReportOrderReversalVoucher(models.AbstractModel):
    """Values of the printable voucher. Each rendering is an event of the log."""

    _name = "report.erp_order_reversal.report_voucher"
    _description = "Reversal Voucher"

    @api.model
    def _get_report_values(self, docids, data=None):
        reversals = self.env["order.reversal"].browse(docids)
        if not reversals:
            raise UserError(
                self.env._("Choose the reversals whose vouchers are to be printed.")
            )
        reversals.check_access("read")
        values = {
            "doc_ids": reversals.ids,
            "doc_model": reversals._name,
            "docs": reversals,
            # A program without the patches of its makers prints no headers.
            "letterhead": not _wkhtml().is_patched_qt,
            "vouchers": {
                reversal: reversal._get_voucher_values() for reversal in reversals
            },
        }
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "printed",
                    "reversal": reversal,
                    "record": reversal,
                    "detail": {"report_type": (data or {}).get("report_type", "")},
                }
                for reversal in reversals
            ]
        )
        return values
