"""Removal of cancelled documents, and the export of the log."""

import base64
import io
import json

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import ReversalCase


class TestRemoval(ReversalCase):
    def _cancelled_draft(self):
        order = self.make_order()
        draft = self.invoice(order, post=False)
        self.reverse(order)
        self.assertEqual(draft.state, "cancel")
        return draft

    def test_cancelled_draft_is_removed_after_a_backup(self):
        draft = self._cancelled_draft()
        draft_id, total = draft.id, draft.amount_total
        draft.with_user(self.manager).action_reversal_remove()
        self.assertFalse(draft.exists())
        log = self.env["order.reversal.log"].with_user(self.auditor)
        row = log.search([("event", "=", "removed")])
        self.assertEqual(row.res_id, draft_id)
        image = row.detail["backup"]
        self.assertEqual(image["account_move"][0]["amount_total"], total)
        self.assertTrue(image["account_move_line"])
        self.assertTrue(log.verify_chain(self.company)["intact"])

    def test_a_number_in_the_middle_stays(self):
        order, invoice, payment = self.settle(sent=False)
        self.settle()
        self.reverse(order, payment_method="void", invoice_method="void")
        for record in (invoice, payment):
            with self.assertRaisesRegex(UserError, "gap"):
                record.with_user(self.manager).action_reversal_remove()
            self.assertTrue(record.exists())

    def test_the_audit_trail_keeps_it(self):
        self.company.sudo().restrictive_audit_trail = True
        order, invoice, _payment = self.settle(sent=False)
        self.reverse(order, invoice_method="void")
        with self.assertRaisesRegex(UserError, "audit trail"):
            invoice.with_user(self.manager).action_reversal_remove()

    def test_only_cancelled_ones_and_only_managers(self):
        order, invoice, _payment = self.settle()
        with self.assertRaisesRegex(UserError, "not cancelled"):
            invoice.with_user(self.manager).action_reversal_remove()
        with self.assertRaises(UserError):
            order.with_user(self.manager).action_reversal_remove()
        draft = self._cancelled_draft()
        for user in (self.clerk, self.approver, self.auditor):
            with self.assertRaises(AccessError):
                draft.with_user(user).action_reversal_remove()

    def test_export(self):
        order, _invoice, _payment = self.settle()
        self.reverse(order)
        log = self.env["order.reversal.log"].with_user(self.auditor)
        rows = log.search([("company_id", "=", self.company.id)])
        action = log.action_export()
        self.assertIn("/web/content/", action["url"])
        number = int(action["url"].split("/")[4])
        export = self.env["order.reversal.export"].sudo().browse(number)
        sheet = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(export.content))
        ).active
        head, *table = sheet.values
        labels = log.fields_get()
        columns = {
            name: head.index(labels[name]["string"])
            for name in ("number", "create_date", "event", "detail_text", "detail")
        }
        columns["hash"] = len(head) - 1
        self.assertEqual(len(table), len(rows))
        for cells, row in zip(table, rows, strict=True):
            self.assertEqual(cells[columns["hash"]], row.hash)
            self.assertEqual(cells[columns["number"]], row.number)
            made = fields.Datetime.context_timestamp(row, row.create_date)
            self.assertEqual(cells[columns["create_date"]], made.replace(tzinfo=None))
            self.assertEqual(cells[columns["detail_text"]], row.detail_text)
            self.assertEqual(json.loads(cells[columns["detail"]]), row.detail)
        date = sheet.cell(2, columns["create_date"] + 1)
        self.assertTrue(date.is_date)
        self.assertIn("ss", date.number_format)
        self.assertTrue(sheet.auto_filter.ref)
        widths = {name: size.width for name, size in sheet.column_dimensions.items()}
        self.assertGreater(max(widths.values()), 50)
        exported = log.search([("event", "=", "exported")])
        self.assertEqual(exported.detail["rows"], len(rows))
        self.assertEqual(exported.user_id, self.auditor)
        for user in (self.clerk, self.approver):
            with self.assertRaises(AccessError):
                log.with_user(user).action_export()
