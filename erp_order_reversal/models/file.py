import contextlib
import hashlib
import logging
import os
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..checks import check_one

_logger = logging.getLogger(__name__)


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
    moved = fields.Selection(
        [("archived", "In the archive"), ("redacted", "Removed: personal data")],
        readonly=True,
        index="btree_not_null",
        help="What became of a file that is not in the database any more.",
    )
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
        if self.moved == "archived":
            return self._read_archive()
        return self._get_attachments().raw or b""

    def _get_attachments(self):
        """What holds the contents of these files in the database.

        :return: `ir.attachment` as sudo: contents of files that the caller may read
        """
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", "content"),
                ]
            )
        )

    def _remove_contents(self):
        """Remove the contents for good, and what the files were called.

        :return: list of str, their hashes
        """
        hashes = sorted(self.mapped("sha256"))
        self._get_attachments().unlink()
        self._drop_archive()
        for file in self:
            file.write({"kept": False, "moved": "redacted", "name": file.sha256[:12]})
        self.invalidate_recordset(["content"])
        return hashes

    def action_download(self):
        """Download the file, wherever it is kept.

        :raise UserError: it was removed, never kept, or its archive can't be reached
        :return: an action
        """
        check_one(self)
        self.check_access("read")
        content = self._get_content()
        if not content:
            raise UserError(self._get_absence())
        return self.env["order.reversal.export"]._download(self.name, content)

    def _get_absence(self):
        """Why the content of a file can't be given, and what to do."""
        if self.moved == "redacted":
            return self.env._(
                "%s was removed along with personal data. The audit log of the "
                "reversal says by whom and why.",
                self.name,
            )
        if self.moved == "archived":
            return self.env._(
                "%(file)s is in the archive, which the server can't read at the "
                "moment. Ask its administrator for the file %(hash)s.",
                file=self.name,
                hash=self.sha256,
            )
        return self.env._(
            "%s was too large to be kept, or is gone. Its hash is in the backup, so a "
            "copy from elsewhere can be checked.",
            self.name,
        )

    # ------------------------------------------------------------------
    # The archive: a folder of files named by their hashes
    # ------------------------------------------------------------------

    def _get_archive_path(self):
        """Where the file is in the archive of its company; None without one."""
        self.ensure_one()
        # sudo: where it is, is the administrators' alone.
        folder = self.sudo().reversal_id.company_id.reversal_archive_folder
        if not folder or not self.sha256:
            return None
        return Path(folder) / self.sha256[:2] / f"{self.sha256}.pdf"

    def _archive_contents(self):
        """Move contents to the archive; what can't be written there stays.

        :return: the files that were moved
        """
        moved = self.browse()
        for attachment in self._get_attachments():
            file = self.browse(attachment.res_id)
            if file._write_archive(attachment.raw or b""):
                moved |= file
            attachment.invalidate_recordset(["raw"])
        moved._get_attachments().unlink()
        moved.write({"moved": "archived"})
        moved.invalidate_recordset(["content"])
        return moved

    def _write_archive(self, content):
        """:return: bool, whether the archive holds the content, read back"""
        path = self._get_archive_path()
        if not path or hashlib.sha256(content).hexdigest() != self.sha256:
            return False
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            new = path.with_suffix(f".{os.getpid()}.new")
            with open(new, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(path)
            return path.read_bytes() == content
        except OSError as error:
            _logger.warning("The archive %s can't be written: %s", path, error)
            return False

    def _read_archive(self):
        """:return: bytes, or b"" where the archive can't be read"""
        path = self._get_archive_path()
        if path:
            with contextlib.suppress(OSError):
                return path.read_bytes()
        return b""

    def _drop_archive(self):
        """Remove the files from the archive, after the commit.

        Unless another reversal keeps the same one.
        """
        archived = self.filtered(lambda file: file.moved == "archived")
        others = self.search(
            [
                ("sha256", "in", archived.mapped("sha256")),
                ("moved", "=", "archived"),
                ("id", "not in", self.ids),
            ]
        )
        kept = set(others.mapped("sha256"))
        for file in archived:
            path = file._get_archive_path()
            if path and file.sha256 not in kept:
                self.env.cr.postcommit.add(lambda path=path: _remove(path))

    def _check_engine(self):
        """:raise AccessError: from outside, whoever it is"""
        if not self.env["order.reversal"]._is_engine():
            raise AccessError(
                self.env._(
                    "The files that a reversal keeps are part of the records and can't "
                    "be changed or deleted. Attach other files in the chatter."
                )
            )


def _remove(path):
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _logger.error("%s has to be removed by hand: %s", path, error)
