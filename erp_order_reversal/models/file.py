from odoo import api, fields, models
from odoo.exceptions import AccessError


class OrderReversalFile(models.Model):
    """A file of a document as it was before the reversal, kept with the backup.

    The host takes the PDF off an invoice that is reset to draft, and prints it anew.
    A copy shares its content with the original: the file store holds it once.
    """

    _name = "order.reversal.file"
    _description = "File Kept by a Reversal"
    _order = "reversal_id, id"
    reversal_id = fields.Many2one(
        "order.reversal", required=True, readonly=True, index=True, ondelete="cascade"
    )
    name = fields.Char("File", required=True, readonly=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", readonly=True
    )
    res_name = fields.Char("Document", readonly=True)
    size = fields.Integer("Size in Bytes", readonly=True, aggregator=False)
    sha256 = fields.Char("SHA-256", readonly=True)
    kept = fields.Boolean(readonly=True, help="Files of many megabytes are not kept.")
    content = fields.Binary("Download", attachment=True, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_engine()
        return super().create(vals_list)

    def write(self, vals):
        self._check_engine()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._check_engine()

    def copy_data(self, default=None):
        self._check_engine()
        return super().copy_data(default)

    def _get_content(self):
        """:return: bytes, or b"" where the file is gone"""
        self.ensure_one()
        # sudo: the content of a file that the caller may read.
        content = self.env["ir.attachment"].sudo()
        content = content.search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
            + [("res_field", "=", "content")],
            limit=1,
        )
        return content.raw or b""

    def _check_engine(self):
        """:raise AccessError: from outside, whoever it is"""
        if not self.env["order.reversal"]._is_engine():
            raise AccessError(
                self.env._(
                    "The files that a reversal keeps are part of the records and can't "
                    "be changed or deleted. Attach other files in the chatter."
                )
            )
