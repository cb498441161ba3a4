import hashlib
import io
import json
from datetime import datetime

import xlsxwriter

from odoo import api, fields, models
from odoo.fields import Domain

from ...checks import check_records

# Columns of the workbook, and how wide they are in characters.
COLUMNS = {
    "number": 8,
    "create_date": 20,
    "user_name": 20,
    "event": 18,
    "reversal_id": 16,
    "res_name": 24,
    "detail_text": 70,
    "res_model": 18,
    "res_id": 10,
    "id": 8,
    "detail": 40,
    "previous_hash": 20,
    "hash": 20,
}


class OrderReversalLog(models.Model):
    """The log as a workbook for auditors; each export is an event itself."""

    _inherit = "order.reversal.log"

    def action_export(self):
        """Export the selected rows, or all of the user's companies, as XLSX.

        :raise AccessError: neither auditor nor reversal manager
        :return: an action that downloads the workbook
        """
        check_records(self)
        self._check_may_export()
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
        return self.env["order.reversal.export"]._download(
            "order_reversal_log.xlsx", content
        )

    def _workbook(self, rows):
        """The rows as XLSX: dates and numbers as such, in the user's time zone.

        :return: bytes
        """
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(
            buffer, {"in_memory": True, "remove_timezone": True}
        ) as workbook:
            sheet = workbook.add_worksheet(self.env._("Audit Log"))
            bold = workbook.add_format({"bold": True})
            formats = {
                "create_date": workbook.add_format(
                    {"num_format": "yyyy-mm-dd hh:mm:ss"}
                ),
                "detail_text": workbook.add_format({"text_wrap": True}),
            }
            labels = self.fields_get(list(COLUMNS), ["string"])
            for column, (name, width) in enumerate(COLUMNS.items()):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, labels[name]["string"], bold)
            for line, row in enumerate(rows.sorted("id"), start=1):
                for column, name in enumerate(COLUMNS):
                    self._write_cell(
                        sheet, line, column, row._cell(name), formats.get(name)
                    )
            sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
            sheet.freeze_panes(1, 0)
        return buffer.getvalue()

    @api.model
    def _write_cell(self, sheet, line, column, value, cell_format):
        if isinstance(value, datetime):
            sheet.write_datetime(line, column, value, cell_format)
        elif isinstance(value, int):
            sheet.write_number(line, column, value, cell_format)
        else:
            # Never as a formula, whatever a document is called.
            sheet.write_string(line, column, value, cell_format)

    def _cell(self, name):
        """:return: str, int or datetime (in the user's time zone)"""
        value = self[name]
        if name == "detail":
            return json.dumps(value or {}, sort_keys=True, ensure_ascii=False)
        if name == "create_date":
            return fields.Datetime.context_timestamp(self, value)
        if name == "reversal_id":
            return value.name or ""
        if name == "event":
            return dict(self._fields[name]._description_selection(self.env))[value]
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return str(value or "")
