from odoo import api, fields, models


class OrderReversal(models.Model):
    """The number of the document that takes an invoice back."""

    _inherit = "order.reversal"

    l10n_latam_document_number = fields.Char(
        "Document Number",
        copy=False,
        help="Of the credit note, where the vendor gives it, or the printed form.",
    )
    l10n_latam_asks_number = fields.Boolean(compute="_compute_l10n_latam_asks_number")

    @property
    def _request_fields(self):
        return super()._request_fields | {"l10n_latam_document_number"}

    @api.depends("step_ids.res_id", "step_ids.operation")
    def _compute_l10n_latam_asks_number(self):
        for reversal in self:
            credited = reversal.step_ids.filtered(lambda s: s.operation == "credit")
            # sudo: how they are numbered, of documents that the plan read as sudo too.
            moves = credited._get_document().sudo() if credited else credited
            reversal.l10n_latam_asks_number = any(
                move._reversal_asks_number() for move in moves
            )

    @api.onchange("l10n_latam_document_number")
    def _onchange_l10n_latam_document_number(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()

    def _get_credit_wizard_vals(self, move):
        """Override to hand the number to the host's wizard."""
        values = super()._get_credit_wizard_vals(move)
        if move._reversal_asks_number():
            values["l10n_latam_document_number"] = self.l10n_latam_document_number
        return values
