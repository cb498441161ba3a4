from odoo import api, fields, models


class OrderReversal(models.Model):
    """The reason code of a credit note, as Facturae lists them."""

    _inherit = "order.reversal"

    l10n_es_edi_facturae_reason_code = fields.Selection(
        lambda self: self.env["account.move"]
        ._fields["l10n_es_edi_facturae_reason_code"]
        ._description_selection(self.env),
        "Facturae Reason Code",
        copy=False,
        request=True,
        credit_question=True,
    )

    @api.onchange("l10n_es_edi_facturae_reason_code")
    def _onchange_l10n_es_edi_facturae_reason_code(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
