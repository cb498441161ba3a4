from odoo import api, fields, models

from odoo.addons.l10n_sa.models.account_move import ADJUSTMENT_REASONS


class OrderReversal(models.Model):
    """The reason of a credit note, as ZATCA lists them."""

    _inherit = "order.reversal"

    l10n_sa_reason = fields.Selection(
        ADJUSTMENT_REASONS,
        "ZATCA Reason",
        copy=False,
        request=True,
        credit_question=True,
    )

    @api.onchange("l10n_sa_reason")
    def _onchange_l10n_sa_reason(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
