import base64

from odoo import api, fields, models

# An export is fetched right after it was made.
KEPT_HOURS = 24


class OrderReversalExport(models.Model):
    """A file that somebody asked for, until it was fetched: his or hers alone.

    What hangs on a user, or has a token in its address, is open to every employee, or
    to whoever sees the address.
    """

    _name = "order.reversal.export"
    _description = "Export of Reversals"
    _order = "id desc"
    name = fields.Char("File", required=True, readonly=True)
    content = fields.Binary("Download", attachment=True, readonly=True)

    @api.model
    def _download(self, name, content):
        """Keep a file for a day, and open its download.

        :param str name: of the file
        :param bytes content: what is in it
        :return: an action
        """
        # sudo: an auditor may create nothing; the rule gives it to its maker alone.
        export = self.sudo().create(
            {"name": name, "content": base64.b64encode(content)}
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{export.id}/content"
            "?download=true&filename_field=name",
            "target": "download",
        }

    @api.autovacuum
    def _gc_exports(self):
        """Delete what was kept long enough, file and all."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=KEPT_HOURS)
        self.search([("create_date", "<", limit)]).unlink()
