import hashlib
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

# A file beyond this size, and those beyond this sum for one reversal, are recorded by
# name, size and hash alone.
FILE_LIMIT = 20 * 1024 * 1024
TOTAL_LIMIT = 50 * 1024 * 1024
# So many are held in memory at once.
CHUNK = 10


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

    # ------------------------------------------------------------------
    # Written once, by the addon alone
    # ------------------------------------------------------------------

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

    def _check_engine(self):
        """:raise AccessError: from outside, whoever it is"""
        if not self.env["order.reversal"]._is_engine():
            raise AccessError(
                self.env._(
                    "The files that a reversal keeps are part of the records and can't "
                    "be changed or deleted. Attach other files in the chatter."
                )
            )


class OrderReversal(models.Model):
    """The PDFs of the invoices that are taken back stay available."""

    _inherit = "order.reversal"

    file_ids = fields.One2many(
        "order.reversal.file", "reversal_id", "Kept Files", readonly=True, copy=False
    )

    def _find_files(self):
        """The PDFs of the invoices that these reversals take back, in one query.

        Those that the host printed, and those that came with a vendor's bill.

        :return: {reversal: attachments}
        """
        takers = defaultdict(self.browse)
        for step in self.step_ids:
            if step.operation in ("credit", "void"):
                takers[step.res_id] |= step.reversal_id
        if not takers:
            return {}
        # sudo: the files of invoices that the plan read as sudo, too.
        attachments = self.env["ir.attachment"].sudo()
        attachments.flush_model(["res_model", "res_id", "res_field", "mimetype"])
        rows = self.env.execute_query(
            SQL(
                """SELECT file.res_id, file.id
                     FROM ir_attachment file
                     JOIN account_move move ON move.id = file.res_id
                    WHERE file.res_model = 'account.move' AND file.res_id = ANY(%s)
                      AND file.mimetype = 'application/pdf'
                      AND (file.res_field = 'invoice_pdf_report_file'
                           OR file.id = move.message_main_attachment_id)
                 ORDER BY file.id""",
                list(takers),
            )
        )
        found = defaultdict(attachments.browse)
        for move_id, file_id in rows:
            for reversal in takers[move_id]:
                found[reversal] |= attachments.browse(file_id)
        return found

    def _keep_files(self):
        """Copy the PDFs of the invoices to their reversals.

        :return: {reversal: [{document, name, size, sha256, kept}]} for the backup
        """
        kept = {}
        rows = []
        for reversal, files in self._find_files().items():
            total = 0
            kept[reversal] = []
            for file in files:
                content = file.raw or b""
                total += len(content)
                values = {
                    "name": file.name,
                    "size": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "kept": 0 < len(content) <= FILE_LIMIT and total <= TOTAL_LIMIT,
                }
                # One at a time in memory.
                file.invalidate_recordset(["raw"])
                move = self.env["account.move"].sudo().browse(file.res_id)
                kept[reversal].append({"document": move.name or "", **values})
                rows.append((reversal, file, move, values))
        self._store_files(rows)
        return kept

    def _store_files(self, rows):
        """Create the kept files and, part by part, their contents."""
        if not rows:
            return
        files = self._engine_env(self.env["order.reversal.file"]).create(
            [
                {
                    "reversal_id": reversal.id,
                    "res_model": move._name,
                    "res_id": move.id,
                    "res_name": move.display_name,
                    **values,
                }
                for reversal, _file, move, values in rows
            ]
        )
        pairs = zip(files, (row[1] for row in rows), strict=True)
        for part in split_every(CHUNK, ((f, o) for f, o in pairs if f.kept), list):
            files.env["ir.attachment"].create(
                [
                    {
                        "name": original.name,
                        "mimetype": "application/pdf",
                        "raw": original.raw,
                        "res_model": file._name,
                        "res_field": "content",
                        "res_id": file.id,
                    }
                    for file, original in part
                ]
            )
            for _file, original in part:
                original.invalidate_recordset(["raw"])
        files.invalidate_recordset(["content"])

    def _check_files(self):
        """Every kept file is still there, with its content.

        :return: list of str
        """
        self.ensure_one()
        kept = self.file_ids.filtered("kept")
        if not kept:
            return []
        # sudo: the contents of files that the user may read.
        contents = self.env["ir.attachment"].sudo()
        contents = contents.search(
            [("res_model", "=", kept._name), ("res_id", "in", kept.ids)]
            + [("res_field", "=", "content")]
        )
        found = {}
        for content in contents:
            found[content.res_id] = hashlib.sha256(content.raw or b"").hexdigest()
            content.invalidate_recordset(["raw"])
        return [
            self.env._(
                "The kept file %(file)s of %(document)s is gone or was changed.",
                file=file.name,
                document=file.res_name,
            )
            for file in kept
            if found.get(file.id) != file.sha256
        ]
