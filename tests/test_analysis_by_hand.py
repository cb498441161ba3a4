"""The analysis as it opens: the last twelve months, and all years by one click."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .by_hand import ByHand
from .test_analysis import AnalysisCase

PATHS = ("analysis", "reasons", "approvals", "share")


@tagged("post_install", "-at_install")
class TestAnalysisByHand(AnalysisCase, ByHand, HttpCase):
    browser_size = "1366x768"

    def _open_all(self, period):
        """Every analysis shows the period that it is of."""
        for path in PATHS:
            url = f"{self.base_url()}/odoo/reversal-{path}"
            self.browser.navigate_to(url)
            self.sees(".o_searchview_facet", period)

    def test_last_twelve_months_and_all(self):
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        long_ago = reversal.done_on - timedelta(days=600)
        [copy] = self.copies(reversal, [{"done_on": long_ago}])
        old = reversal.browse(copy)
        ours = [("reversal_id", "in", (reversal | old).ids)]
        rows = self.report.with_user(self.reporter).search(ours)
        self.assertEqual(rows.reversal_id, reversal | old)
        recent = rows.filtered(lambda row: row.reversal_id == reversal)
        with self.browsing(self.reporter, "/odoo/reversal-analysis?view_type=list"):
            self.sees(".o_searchview_facet", "Last 12 Months")
            self._counts(len(recent))
            self.click(".o_searchview_facet + .o_searchview_facet .o_facet_remove")
            self._counts(len(rows))
            self._open_all("Last 12 Months")

    def _counts(self, number):
        self.wait_for(
            f"""document.querySelectorAll(".o_list_table .o_data_row").length
                === {number}""",
            f"{number} rows",
        )

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.reporter.lang = "zh_CN"
        with self.browsing(self.reporter, "/odoo"):
            self._open_all("过去12个月")
