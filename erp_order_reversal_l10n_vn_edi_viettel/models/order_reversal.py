from odoo import api, fields, models


class OrderReversal(models.Model):
    """What an adjustment says of itself."""

    _inherit = "order.reversal"

    l10n_vn_edi_adjustment_type = fields.Selection(
        lambda self: self.env["account.move.reversal"]
        ._fields["l10n_vn_edi_adjustment_type"]
        ._description_selection(self.env),
        "Adjustment Type",
        copy=False,
        default="1",
        request=True,
        credit_question=True,
    )
    l10n_vn_edi_agreement_document_name = fields.Char(
        "Agreement Name", copy=False, request=True, credit_question=True
    )
    l10n_vn_edi_agreement_document_date = fields.Datetime(
        "Agreement Date", copy=False, request=True, credit_question=True
    )

    @api.onchange(
        "l10n_vn_edi_adjustment_type",
        "l10n_vn_edi_agreement_document_name",
        "l10n_vn_edi_agreement_document_date",
    )
    def _onchange_l10n_vn_edi_adjustment(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
