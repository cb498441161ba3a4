from odoo import api, fields, models

from odoo.addons.l10n_es_edi_tbai.models.account_move import TBAI_REFUND_REASONS


class OrderReversal(models.Model):
    """The reason of a credit note, as TicketBAI lists them."""

    _inherit = "order.reversal"

    l10n_es_tbai_refund_reason = fields.Selection(
        TBAI_REFUND_REASONS,
        "TicketBAI Reason",
        copy=False,
        request=True,
        credit_question=True,
    )

    @api.onchange("l10n_es_tbai_refund_reason")
    def _onchange_l10n_es_tbai_refund_reason(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
