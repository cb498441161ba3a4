from odoo import api, fields, models


class OrderReversal(models.Model):
    """The reason of a credit note, as Veri*Factu lists them."""

    _inherit = "order.reversal"

    l10n_es_edi_verifactu_refund_reason = fields.Selection(
        lambda self: self.env["account.move.reversal"]
        ._fields["l10n_es_edi_verifactu_refund_reason"]
        ._description_selection(self.env),
        "Veri*Factu Reason",
        copy=False,
        request=True,
        credit_question=True,
    )

    @api.onchange("l10n_es_edi_verifactu_refund_reason")
    def _onchange_l10n_es_edi_verifactu_refund_reason(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
