"""The printable voucher: what stands on it, in both languages, and its log event."""

import base64
import io
import shutil
import unittest
from unittest.mock import Mock, patch

from lxml import etree
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.tests import HttpCase

from .common import ReversalCase

REPORT = "erp_order_reversal.report_voucher"


class TestReport(ReversalCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.move, cls.payment = cls.settle()

    def setUp(self):
        super().setUp()
        self.reversal = self.reverse(self.order, note="Typed twice")

    def _html(self, user=None, lang="en_US"):
        report = self.env["ir.actions.report"].with_user(user or self.clerk)
        html, kind = report.with_context(lang=lang)._render_qweb_html(
            REPORT, self.reversal.ids
        )
        self.assertEqual(kind, "html")
        return html.decode()

    def test_what_stands_on_it(self):
        html = self._html()
        credit = self.move.reversal_move_ids
        for text in (
            self.reversal.name,
            self.order.name,
            self.reason.name,
            "Typed twice",
            self.payment.name,
            credit.name,
            self.reversal.snapshot_hash,
            self.reversal.log_ids.filtered(lambda row: row.event == "done").hash,
            "data:image/png;base64,",
            self.clerk.name,
            '<span class="oe_currency_value">690.00</span>',
            self.company_data["default_account_revenue"].code,
        ):
            self.assertIn(text, html)

    def test_cancelled_entries_are_on_it(self):
        order, move, _payment = self.settle(sent=False)
        self.reversal = self.reverse(order, payment_method="void")
        html = self._html()
        self.assertIn(move.name, html)
        self.assertIn("(cancelled)", html)

    def test_chinese(self):
        html = self._html(lang="zh_CN")
        for text in ("撤销凭证", "操作失误", "备份"):
            self.assertIn(text, html)

    def test_printing_is_logged_once(self):
        self._html()
        rows = self.reversal.log_ids.filtered(lambda row: row.event == "printed")
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows.user_id, self.clerk)
        chain = self.env["order.reversal.log"].with_user(self.auditor)
        self.assertTrue(chain.verify_chain(self.company)["intact"])

    def test_who_may_print(self):
        self.assertTrue(self._html(self.auditor))
        with self.assertRaises(AccessError):
            self._html(self.outsider)

    def test_the_button_over_http(self):
        action = self.reversal.with_user(self.clerk).action_print()
        self.assertEqual(action["report_name"], REPORT)
        self.authenticate("clerk_t", "clerk_t")
        page = self.url_open(f"/report/html/{REPORT}/{self.reversal.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.reversal.name, page.text)

    # Reason: the host prints PDFs by this program, which an Odoo that somebody already
    # has may lack. `make test` installs it, so that the test runs there.
    @unittest.skipUnless(shutil.which("wkhtmltopdf"), "wkhtmltopdf is not installed")
    def test_pdf(self):
        # Without a logo the code is the only image.
        self.company.sudo().logo = False
        report = self.env["ir.actions.report"].with_user(self.clerk)
        content, kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(REPORT, self.reversal.ids)
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        self.assertEqual([round(side) for side in pages[0].mediabox[2:]], [595, 842])
        # Its text is drawn as outlines that no tool reads back; the code is an image.
        [printed] = [image.image for page in pages for image in page.images]
        self.assertGreater(self._likeness(printed, self.reversal), 0.95)
        other = self.reverse(self.settle()[0])
        self.assertLess(self._likeness(printed, other), 0.8)

    def _likeness(self, printed, reversal):
        """How much of the printed code is that of the reversal, from 0 to 1."""
        uri = reversal.with_user(self.clerk)._get_voucher_values()["qr"]
        code = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        code = code.convert("L").resize((200, 200))
        difference = ImageChops.difference(code, printed.convert("L").resize(code.size))
        return 1 - ImageStat.Stat(difference).mean[0] / 255

    def test_signatures_never_alone(self):
        """The last journal items stand in the block that no page break goes through."""
        lines = etree.HTML(self._html()).xpath(
            "//h4[normalize-space()='Signatures']/ancestor::div"
            "[contains(@style, 'page-break-inside: avoid')][1]"
            "//table[caption[normalize-space()='Journal items']]/tbody/tr"
        )
        self.assertTrue(lines)
        # And none of them is left out, or twice on it.
        everywhere = etree.HTML(self._html()).xpath(
            "//table[caption[normalize-space()='Journal items']]/tbody/tr"
        )
        credit = self.move.reversal_move_ids
        self.assertEqual(len(everywhere), len(credit.line_ids))

    def test_tables_say_what_they_are(self):
        page = etree.HTML(self._html())
        for table in page.xpath("//div[contains(@class, 'o_reversal_voucher')]//table"):
            self.assertTrue(table.xpath("caption"), etree.tostring(table)[:200])
            self.assertFalse(table.xpath(".//th[not(@scope)]"))

    def test_letter_head_where_the_program_prints_no_header(self):
        report = self.env["report.erp_order_reversal.report_voucher"]
        path = "odoo.addons.erp_order_reversal.report.order_reversal_voucher._wkhtml"
        for patched in (True, False):
            with patch(path, lambda patched=patched: Mock(is_patched_qt=patched)):
                values = report.with_user(self.clerk)._get_report_values(
                    self.reversal.ids
                )
                html = etree.HTML(self._html())
            self.assertIs(values["letterhead"], not patched)
            # Nor is there room for a header that is not printed.
            margin = html.get("data-report-margin-top")
            self.assertEqual(margin, None if patched else "12")
