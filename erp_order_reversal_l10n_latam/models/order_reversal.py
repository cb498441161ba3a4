from odoo import api, fields, models


class OrderReversal(models.Model):
    """Number and type of the document that takes an invoice back."""

    _inherit = "order.reversal"

    l10n_latam_document_number = fields.Char(
        "Document Number",
        copy=False,
        help="Of the credit note, where the vendor gives it, or the printed form.",
        request=True,
        credit_question=True,
    )
    l10n_latam_document_type_id = fields.Many2one(
        "l10n_latam.document.type",
        "Document Type",
        domain="[('id', 'in', l10n_latam_document_type_ids)]",
        copy=False,
        help="Of the credit note; left open, it is the one that the host proposes.",
        request=True,
        credit_question=True,
    )
    l10n_latam_document_type_ids = fields.Many2many(
        "l10n_latam.document.type", compute="_compute_l10n_latam_document_type_ids"
    )

    @api.depends("step_ids.res_id", "step_ids.operation")
    def _compute_l10n_latam_document_type_ids(self):
        for reversal in self:
            credited = reversal.step_ids.filtered(lambda s: s.operation == "credit")
            types = self.env["l10n_latam.document.type"]
            # sudo: their types, of documents that the plan read as sudo too.
            for move in credited._get_document().sudo() if credited else ():
                types |= move._reversal_document_types()
            reversal.l10n_latam_document_type_ids = types

    @api.onchange("l10n_latam_document_number", "l10n_latam_document_type_id")
    def _onchange_l10n_latam(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
