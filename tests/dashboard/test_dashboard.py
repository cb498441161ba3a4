"""The dashboard: its figures are the report's, and it is for who may see that."""

import json

from odoo.exceptions import AccessError

from ..common import GROUP, ReversalCase

XMLID = "erp_order_reversal_dashboard.spreadsheet_dashboard_reversals"


class TestDashboard(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = cls._user("reporter_t", GROUP + "report")
        cls.dashboard = cls.env.ref(XMLID)

    def _pivots(self):
        data = json.loads(self.dashboard.sudo().spreadsheet_data)
        return data["pivots"].values()

    def test_every_pivot_reads(self):
        order, _move, _payment = self.settle()
        self.reverse(order)
        report = self.env["order.reversal.report"].with_user(self.reporter)
        for pivot in self._pivots():
            measures = [
                f"{measure['fieldName']}:{measure['aggregator']}"
                for measure in pivot["measures"]
            ]
            groups = report._read_group(
                pivot["domain"], [row["fieldName"] for row in pivot["rows"]], measures
            )
            unapproved = pivot["name"] == "Approver"
            self.assertTrue(groups or unapproved, pivot["name"])
            for chain in pivot["fieldMatching"].values():
                self.assertIn(chain["chain"], report._fields)

    def test_what_it_says_is_what_stands(self):
        order, _move, _payment = self.settle()
        [figures] = [pivot for pivot in self._pivots() if pivot["name"] == "Figures"]
        report = self.env["order.reversal.report"].with_user(self.reporter)

        def read():
            rows = report._read_group(
                figures["domain"], ["outcome"], ["reversal_count:sum"]
            )
            return dict(rows).get("stands", 0)

        before = read()
        self.reverse(order)
        self.assertEqual(read(), before + 1)

    def test_who_may_see_it(self):
        for user in (self.reporter, self.approver, self.manager, self.auditor):
            shown = self.dashboard.with_user(user)
            self.assertEqual(shown.search([("id", "=", shown.id)]), shown)
        for user in (self.clerk, self.outsider):
            hidden = self.dashboard.with_user(user)
            self.assertFalse(hidden.search([("id", "=", hidden.id)]))
            with self.assertRaises(AccessError):
                hidden.read(["name"])

    def test_sample_while_empty(self):
        sample = self.dashboard.sudo()._get_sample_dashboard()
        self.assertEqual(
            [sheet["name"] for sheet in sample["sheets"]], ["Dashboard", "Data"]
        )
        self.assertFalse(sample["pivots"])
