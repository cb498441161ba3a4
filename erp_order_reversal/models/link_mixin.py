from odoo import api, fields, models

from ..checks import check_one


class OrderReversalLinkMixin(models.AbstractModel):
    """A line of a reversal that names a document, and opens it for whoever may read."""

    _name = "order.reversal.link.mixin"
    _description = "Link to a document of a reversal"

    res_model = fields.Char("Document Model")
    res_id = fields.Many2oneReference("Document ID", model_field="res_model")
    res_name = fields.Char("Document")
    can_open = fields.Boolean(compute="_compute_can_open", compute_sudo=False)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_can_open(self):
        for model, lines in self.grouped("res_model").items():
            if not model:
                lines.can_open = False
                continue
            readable = self.env[model].browse(lines.mapped("res_id"))
            readable = set(readable.exists()._filtered_access("read").ids)
            for line in lines:
                line.can_open = line.res_id in readable

    def action_open_document(self):
        """Open the document that the line is about."""
        check_one(self)
        if not self.res_model:
            return False
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
