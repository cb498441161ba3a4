from odoo import api, fields, models

from ..checks import check_one
from ..const import SEVERITIES


class OrderReversalFinding(models.Model):
    """One thing that the assessment of a reversal found."""

    _name = "order.reversal.finding"
    _description = "Reversal Finding"
    _order = "reversal_id, sequence, id"

    reversal_id = fields.Many2one(
        "order.reversal", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    severity = fields.Selection(SEVERITIES, required=True)
    code = fields.Char(required=True, help="Stable identifier of the rule.")
    message = fields.Char(required=True, translate=True)
    remedy = fields.Char(translate=True, help="What to do next.")
    who = fields.Char(translate=True, help="Who may do it.")
    res_model = fields.Char("Document Model")
    res_id = fields.Many2oneReference("Document ID", model_field="res_model")
    res_name = fields.Char("Document")
    can_open = fields.Boolean(compute="_compute_can_open", compute_sudo=False)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_can_open(self):
        for model, found in self.grouped("res_model").items():
            if not model:
                found.can_open = False
                continue
            readable = self.env[model].browse(found.mapped("res_id"))
            readable = set(readable.exists()._filtered_access("read").ids)
            for finding in found:
                finding.can_open = finding.res_id in readable

    def action_open_document(self):
        """Open the document that the finding is about."""
        check_one(self)
        if not self.res_model:
            return False
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
