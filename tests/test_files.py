"""The PDFs of the invoices stay with the reversal, whatever the host does to them."""

import hashlib
import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from odoo.addons.erp_order_reversal.models.order_reversal import kept_files

from .common import ReversalCase

PDF = b"%PDF-1.4 the invoice as the customer got it"


class TestFiles(ReversalCase, HttpCase):
    def print_pdf(self, invoice, content=PDF):
        """As the host does when it sends an invoice."""
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{invoice.name}.pdf".replace("/", "_"),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": invoice._name,
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        invoice.message_main_attachment_id = attachment
        invoice.invalidate_recordset(
            ["invoice_pdf_report_id", "invoice_pdf_report_file"]
        )
        return attachment

    def settle_printed(self, content=PDF, **values):
        order, invoice, payment = self.settle(**values)
        return order, invoice, payment, self.print_pdf(invoice, content)

    def content(self, file):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", file._name),
                    ("res_field", "=", "content"),
                    ("res_id", "=", file.id),
                ]
            )
        )

    def test_kept_and_recorded(self):
        order, invoice, _payment, printed = self.settle_printed()
        reversal = self.reverse(order)
        file = reversal.file_ids
        digest = hashlib.sha256(PDF).hexdigest()
        self.assertEqual(file.name, printed.name)
        self.assertEqual(file.res_name, invoice.display_name)
        self.assertEqual((file.size, file.sha256), (len(PDF), digest))
        self.assertEqual(
            json.loads(reversal.snapshot_json())["files"],
            [
                {
                    "document": invoice.name,
                    "name": printed.name,
                    "size": len(PDF),
                    "sha256": digest,
                    "kept": True,
                }
            ],
        )
        # The file store holds it once.
        self.assertEqual(self.content(file).store_fname, printed.store_fname)

    def test_outlives_the_original(self):
        order, invoice, _payment, printed = self.settle_printed(sent=False)
        reversal = self.reverse(order, payment_method="void", invoice_method="void")
        self.assertEqual(invoice.state, "cancel")
        invoice.button_draft()
        self.assertFalse(invoice.invoice_pdf_report_file)
        printed.unlink()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertEqual(self.content(reversal.file_ids).raw, PDF)
        self.assertFalse(reversal._check_files())

    def test_an_auditor_downloads_it(self):
        order, _invoice, _payment, _printed = self.settle_printed()
        file = self.reverse(order).file_ids
        url = f"/web/content/{file._name}/{file.id}/content?filename_field=name"
        for user in (self.auditor, self.clerk, self.approver):
            self.authenticate(user.login, user.login)
            response = self.url_open(f"{url}&download=true")
            self.assertEqual(response.content, PDF)
            self.assertIn(file.name, response.headers["Content-Disposition"])
        self.authenticate("outsider_t", "outsider_t")
        with mute_logger("odoo.http"):
            self.assertNotEqual(self.url_open(url).status_code, 200)

    def test_nobody_changes_it(self):
        order, _invoice, _payment, _printed = self.settle_printed()
        file = self.reverse(order).file_ids
        content = self.content(file)
        admin = self._user("admin_t", "base.group_system", "base.group_erp_manager")
        users = (self.clerk, self.approver, self.manager, self.auditor, admin)
        for user in users:
            mine, blob = file.with_user(user), content.with_user(user)
            for call in (
                lambda mine=mine: mine.write({"name": "x"}),
                lambda mine=mine: mine.write({"content": b""}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.create(
                    {"reversal_id": file.reversal_id.id, "name": "x"}
                ),
                lambda blob=blob: blob.write({"raw": b"forged"}),
                lambda blob=blob: blob.write({"res_id": False}),
                lambda blob=blob: blob.unlink(),
                lambda blob=blob: blob.generate_access_token(),
                lambda blob=blob: blob.create(
                    {
                        "name": "x",
                        "raw": b"x",
                        "res_model": file._name,
                        "res_id": file.id,
                        "res_field": "content",
                    }
                ),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    call()
        with self.assertRaises(AccessError):
            file.sudo().write({"sha256": "x"})
        with self.assertRaises(AccessError):
            file.sudo().unlink()
        self.assertEqual(self.content(file).raw, PDF)

    def test_who_sees_it(self):
        order, _invoice, _payment, _printed = self.settle_printed(user_id=self.clerk.id)
        file = self.reverse(order).file_ids
        for user in (self.clerk, self.approver, self.manager, self.auditor):
            self.assertEqual(file.with_user(user).search([]), file)
        self.assertFalse(file.with_user(self.requester).search([]))
        with self.assertRaises(AccessError):
            file.with_user(self.outsider).search([])

    def test_a_changed_file_is_found_out(self):
        order, _invoice, _payment, _printed = self.settle_printed()
        reversal = self.reverse(order)
        self.assertTrue(reversal.action_verify())
        self.content(reversal.file_ids).raw = b"%PDF-1.4 forged"
        self.assertFalse(reversal.action_verify())
        self.assertIn(reversal.file_ids.name, reversal.verify_detail)
        self.content(reversal.file_ids).unlink()
        self.assertFalse(reversal.action_verify())

    def test_the_pdf_of_a_vendor_bill(self):
        bill = self.init_invoice("in_invoice", amounts=[100.0], post=True)
        scan = self.env["ir.attachment"].create(
            {
                "name": "bill.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": bill._name,
                "res_id": bill.id,
            }
        )
        other = scan.copy({"name": "delivery note.pdf"})
        bill.message_main_attachment_id = scan
        reversal = self.reverse(bill)
        self.assertEqual(reversal.file_ids.mapped("name"), ["bill.pdf"])
        self.assertTrue(other.exists())

    def test_bounded(self):
        order, _invoice, _payment, _printed = self.settle_printed()
        with patch.object(kept_files, "FILE_LIMIT", len(PDF) - 1):
            reversal = self.reverse(order)
        file = reversal.file_ids
        self.assertFalse(file.kept)
        self.assertFalse(self.content(file))
        self.assertEqual(file.sha256, hashlib.sha256(PDF).hexdigest())
        self.assertTrue(reversal.action_verify())

    def test_bounded_in_sum(self):
        order = self.make_order(quantity=2.0)
        first = self.invoice(order)
        order.order_line[0].product_uom_qty = 3.0
        second = self.invoice(order)
        for invoice in (first, second):
            self.print_pdf(invoice, PDF + invoice.name.encode())
        with patch.object(kept_files, "TOTAL_LIMIT", 2 * len(PDF)):
            reversal = self.reverse(order)
        self.assertEqual(reversal.file_ids.mapped("kept"), [True, False])

    def test_payments_alone_keep_nothing(self):
        order, _invoice, _payment, _printed = self.settle_printed()
        reversal = self.reverse(order, "payment")
        self.assertFalse(reversal.file_ids)

    def test_one_query_where_there_is_none(self):
        reversals = self.env["order.reversal"]
        for _number in range(3):
            order, _invoice, _payment = self.settle()
            reversals |= self.request(order)
        reversals = reversals.with_user(self.clerk)
        reversals.action_assess()
        self.env.flush_all()
        reversals._keep_files()  # reads what is read once
        before = self.cr.sql_log_count
        self.assertFalse(reversals._keep_files())
        self.assertEqual(self.cr.sql_log_count - before, 1)

    def test_many_at_once(self):
        orders = self.env["sale.order"]
        for number in range(12):
            orders |= self.settle_printed(PDF + str(number).encode())[0]
        batch = (
            self.env["order.reversal.batch"]
            .with_user(self.clerk)
            .create({"order_ids": orders.ids, "reason_id": self.reason.id})
        )
        batch.action_start()
        self.assertEqual(batch.done_count, 12, batch.reversal_ids.mapped("error"))
        for number, order in enumerate(orders):
            reversal = batch.reversal_ids.filtered(
                lambda reversal, order=order: reversal.order_id == order
            )
            content = self.content(reversal.file_ids).raw
            self.assertEqual(content, PDF + str(number).encode())
