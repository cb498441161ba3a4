import hashlib
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, split_every

# A file beyond this size, and those beyond this sum for one reversal, are recorded by
# name, size and hash alone.
FILE_LIMIT = 20 * 1024 * 1024
TOTAL_LIMIT = 50 * 1024 * 1024
# So many are held in memory at once.
CHUNK = 10


class OrderReversal(models.Model):
    """The PDFs of the invoices that are taken back stay available."""

    _inherit = "order.reversal"

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
                # sudo: the name alone, of a document that is taken back.
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
        found = {}
        for content in kept._get_attachments():
            found[content.res_id] = hashlib.sha256(content.raw or b"").hexdigest()
            content.invalidate_recordset(["raw"])
        for file in kept.filtered(lambda file: file.moved == "archived"):
            found[file.id] = hashlib.sha256(file._get_content()).hexdigest()
        return [
            self.env._(
                "The kept file %(file)s of %(document)s is gone or was changed.",
                file=file.name,
                document=file.res_name,
            )
            for file in kept
            if found.get(file.id) != file.sha256
        ]

    # ------------------------------------------------------------------
    # Old ones go to the archive, where the company has one
    # ------------------------------------------------------------------

    @api.model
    def _cron_archive(self):
        """Move the files of old reversals to the archives of their companies."""
        # sudo: the folder is the administrators' alone; the scheduler may read it.
        companies = self.env["res.company"].sudo().search([])
        files = self.env["order.reversal.file"]
        for company in companies:
            if not company.reversal_archive_folder or not company.reversal_archive_age:
                continue
            limit = fields.Datetime.subtract(
                fields.Datetime.now(), days=company.reversal_archive_age
            )
            domain = [
                ("kept", "=", True),
                ("moved", "=", False),
                ("reversal_id.company_id", "=", company.id),
                ("reversal_id.done_on", "<", limit),
            ]
            while found := files.search(domain, order="id", limit=CHUNK * 10):
                moved = self._archive_files(found)
                left = files.search_count(domain) if moved else 0
                if not self.env["ir.cron"]._commit_progress(len(moved), remaining=left):
                    return
                if not moved:
                    break  # it can't be written to, which is in the server's log

    @api.model
    def _archive_files(self, files):
        """:return: those of `files` that are in the archive now, on record"""
        moved = self._engine_env(files)._archive_contents().with_env(self.env)
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "archived",
                    "reversal": reversal,
                    "record": reversal,
                    "detail": {"files": sorted(of_reversal.mapped("sha256"))},
                }
                for reversal, of_reversal in moved.grouped("reversal_id").items()
            ]
        )
        return moved
