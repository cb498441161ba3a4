from odoo import api, fields, models


class OrderReversal(models.Model):
    """How the customer agrees to an allowance, and is told of it."""

    _inherit = "order.reversal"

    l10n_tw_edi_refund_agreement_type = fields.Selection(
        [("offline", "Offline"), ("online", "Online")],
        "Agreement Type",
        copy=False,
        request=True,
        credit_question=True,
    )
    l10n_tw_edi_allowance_notify_way = fields.Selection(
        [("email", "Email"), ("phone", "Phone")],
        "Allowance Notify Way",
        copy=False,
        request=True,
        credit_question=True,
    )

    @api.onchange(
        "l10n_tw_edi_refund_agreement_type", "l10n_tw_edi_allowance_notify_way"
    )
    def _onchange_l10n_tw_edi_allowance(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
