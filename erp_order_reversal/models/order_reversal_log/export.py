import base64
import hashlib
import io
import json

import xlsxwriter

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain

COLUMNS = (
    "id",
    "create_date",
    "user_name",
    "event",
    "reversal_id",
    "res_model",
    "res_id",
    "res_name",
    "detail",
    "previous_hash",
    "hash",
)


class OrderReversalLog(models.Model):
    """The log as a workbook for auditors; each export is an event itself."""

    _inherit = "order.reversal.log"

    def action_export(self):
        """Export the selected rows, or all of the user's companies, as XLSX.

        :raise AccessError: neither auditor nor reversal manager
        :return: an action that downloads the workbook
        """
        if not (
            self.env.user.has_group("erp_order_reversal.group_reversal_auditor")
            or self.env.user.has_group("erp_order_reversal.group_reversal_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only auditors and reversal managers may export the audit log. Ask "
                    "one of them."
                )
            )
        rows = self or self.search(Domain("company_id", "in", self.env.companies.ids))
        content = self._workbook(rows)
        digest = hashlib.sha256(content).hexdigest()
        self._record(
            [
                {
                    "event": "exported",
                    "company": company,
                    "detail": {"rows": len(of_company), "sha256": digest},
                }
                for company, of_company in rows.grouped("company_id").items()
            ]
        )
        # sudo: an auditor may create nothing; the file is the user's own.
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "order_reversal_log.xlsx",
                    "datas": base64.b64encode(content),
                    "mimetype": "application/vnd.openxmlformats-officedocument."
                    "spreadsheetml.sheet",
                    "res_model": "res.users",
                    "res_id": self.env.uid,
                }
            )
        )
        attachment.generate_access_token()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true"
            f"&access_token={attachment.access_token}",
            "target": "download",
        }

    def _workbook(self, rows):
        """The rows as XLSX.

        :return: bytes
        """
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(
            buffer, {"in_memory": True, "constant_memory": False}
        ) as workbook:
            sheet = workbook.add_worksheet(self.env._("Audit Log"))
            bold = workbook.add_format({"bold": True})
            labels = self.fields_get(COLUMNS, ["string"])
            for column, name in enumerate(COLUMNS):
                sheet.write_string(0, column, labels[name]["string"], bold)
            for line, row in enumerate(rows.sorted("id"), start=1):
                for column, name in enumerate(COLUMNS):
                    sheet.write_string(line, column, self._cell(row, name))
            sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
            sheet.freeze_panes(1, 0)
        return buffer.getvalue()

    def _cell(self, row, name):
        value = row[name]
        if name == "detail":
            return json.dumps(value or {}, sort_keys=True, ensure_ascii=False)
        if name == "reversal_id":
            return value.name or ""
        return str(value or "")
