"""Each report has its own right, per company: all of the host's ways to read it.

Whoever holds the right to a report reads its rows, and nothing by way of them that the
documents keep to themselves.
"""

import json
from datetime import datetime, timedelta

from odoo import Command
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import GROUP, ReversalCase

REPORTS = ("order.reversal.report", "order.reversal.signal")
#: What is kept of a reversal, and the reports that lead to it.
RECORDS = (
    "order.reversal",
    "order.reversal.line",
    "order.reversal.step",
    "order.reversal.finding",
    "order.reversal.effect",
    "order.reversal.file",
    "order.reversal.log",
    "order.reversal.head",
    "order.reversal.batch",
    "order.settlement",
    *REPORTS,
)
NOTE = "Qwxzy"  # in no other text
REFERENCE = "Jkvqp"
#: Ways from a row of a report to what only the documents say.
PATHS = (
    ("reversal_id.note", NOTE),
    ("reversal_id.snapshot", "{"),
    ("reversal_id.log_ids.detail", NOTE),
    ("reversal_id.log_ids.res_name", "S0"),
    ("reversal_id.file_ids.name", "pdf"),
    ("reversal_id.step_ids.outcome", "Kept"),
    ("reversal_id.order_id.client_order_ref", REFERENCE),
    ("reversal_id.batch_id.note", NOTE),
    ("order_id.client_order_ref", REFERENCE),
    ("order_id.invoice_ids.ref", REFERENCE),
    ("batch_id.note", NOTE),
)


@tagged("post_install", "-at_install")
class TestReportRights(ReversalCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sales = "sales_team.group_sale_salesman"
        cls.reporter = cls._user("reporter_t", GROUP + "report")
        cls.signaller = cls._user("signaller_t", GROUP + "signal")
        cls.accountant = cls._user("accountant_t", "account.group_account_manager")
        cls.other = cls._user("other_t", sales, GROUP + "user")
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = cls._user(
            "stranger_t", sales, GROUP + "manager", GROUP + "auditor"
        )
        cls.stranger.write(
            {"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id}
        )
        # By one person alone, at night and on the last day of a month.
        order, invoice, _payment = cls.settle(
            user_id=cls.clerk.id, client_order_ref=REFERENCE
        )
        invoice.ref = REFERENCE
        case = cls("setUp")
        cls.reversal = case.request(order, "draft", note=NOTE)
        cls.reversal.action_submit()
        engine = cls.reversal._engine_env(cls.reversal)
        engine.write({"requested_on": datetime(2031, 1, 31, 3)})
        files = engine.env["order.reversal.file"]
        files.create(
            {"reversal_id": cls.reversal.id, "name": f"{NOTE}.pdf", "content": b"eA=="}
        )
        cls.batch = (
            cls.env["order.reversal.batch"]
            .with_user(cls.clerk)
            .create(
                {
                    "order_ids": cls.settle(user_id=cls.clerk.id)[0].ids,
                    "reason_id": cls.reason.id,
                    "note": NOTE,
                }
            )
        )
        cls.settlement = (
            cls.env["order.settlement"]
            .with_user(cls.clerk)
            .create({"reversal_id": cls.reversal.id})
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.make_key()
        self.env["order.reversal.head"]._make(self.company)

    def read(self, role, model, method, *args, context=None, **kwargs):
        """What the server answers, as text; None where it refuses."""
        user = getattr(self, role)
        self.env.invalidate_all()
        env = self.env(
            user=user,
            su=False,
            context={"allowed_company_ids": user.company_ids.ids, **(context or {})},
        )
        try:
            with self.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models"):
                result = call_kw(env[model], method, list(args), kwargs)
                return json.dumps(result, default=str, ensure_ascii=False)
        except Exception:  # noqa: BLE001  refused, whatever refused it
            return None

    def reports(self, role):
        """The reports that a role may read any row of."""
        return [
            model
            for model in REPORTS
            if self.read(role, model, "search_count", []) is not None
        ]

    def ways(self, domain, name, groupby=None):
        """(method, arguments) of all ways to read a field of records."""
        groupby = groupby or name
        yield "search_read", (domain, [name])
        spec = {"fields": {"display_name": {}}} if name.endswith("_id") else {}
        yield "web_search_read", (domain, {name: spec})
        yield "formatted_read_group", (domain, [groupby], ["__count"])
        yield "read_group", (domain, ["__count"], [groupby])
        yield "web_read_group", (domain, [groupby], ["__count"])
        yield "name_search", ("", domain)

    # ------------------------------------------------------------------
    # Who sees a report at all
    # ------------------------------------------------------------------

    def test_a_right_for_each(self):
        expected = {
            "reporter": ["order.reversal.report"],
            "signaller": ["order.reversal.signal"],
            "approver": ["order.reversal.report"],
            "manager": list(REPORTS),
            "auditor": list(REPORTS),
            "accountant": [],
            "clerk": [],
            "other": [],
            "outsider": [],
        }
        for role, models in expected.items():
            with self.subTest(role):
                self.assertEqual(self.reports(role), models)
        for role, models in expected.items():
            for model in REPORTS:
                domain = [("reversal_id", "=", self.reversal.id)]
                for method, arguments in self.ways(domain, "reversal_id"):
                    found = self.read(role, model, method, *arguments)
                    with self.subTest(role=role, model=model, method=method):
                        if model in models and method != "name_search":
                            self.assertIn(self.reversal.name, found)
                        elif model not in models:
                            self.assertIsNone(found)

    def test_the_cards_of_the_auditor(self):
        for role, sees in (
            ("signaller", True),
            ("auditor", True),
            ("reporter", False),
            ("approver", False),
            ("clerk", False),
            ("accountant", False),
        ):
            model = "order.reversal.audit.card"
            found = self.read(role, model, "search_read", [], ["name", "record_count"])
            self.assertEqual(found is not None, sees, role)
        # Counted is what may be read: no log without the right to it.
        cards = {
            card["name"]: card["record_count"] for card in json.loads(self._cards())
        }
        self.assertEqual((cards["Audit Log"], cards["Vouchers and Evidence"]), (0, 0))
        self.assertGreaterEqual(cards["At Night"], 1)

    def _cards(self):
        return self.read(
            "signaller",
            "order.reversal.audit.card",
            "search_read",
            [],
            ["name", "record_count"],
        )

    # ------------------------------------------------------------------
    # What lies behind a row
    # ------------------------------------------------------------------

    def test_nothing_is_read_by_way_of_a_report(self):
        """By nested reads, exports, groups and questions in a domain."""
        for role, model in (
            ("reporter", "order.reversal.report"),
            ("signaller", "order.reversal.signal"),
        ):
            env = self.env(user=getattr(self, role), su=False)
            row = env[model].search([("reversal_id", "=", self.reversal.id)], limit=1)
            self.assertTrue(row)
            for path, word in PATHS:
                if path.split(".")[0] not in row._fields:
                    continue
                if not path.endswith("snapshot"):
                    # There is something to be found, for whoever may.
                    found = row.sudo().search_count([(path, "!=", False)])
                    self.assertTrue(found or "batch_id" in path, path)
                with self.subTest(role=role, path=path):
                    self.assertNothing(role, row, path, word)

    def assertNothing(self, role, row, path, word):
        spec = {}
        for name in reversed(path.split(".")):
            spec = {name: {"fields": spec} if spec else {}}
        mine = [("id", "=", row.id)]
        for method, arguments in (
            ("web_read", (row.ids, spec)),
            ("web_search_read", (mine, spec)),
            ("export_data", (row.ids, [path.replace(".", "/")])),
            ("search_read", (mine, [path])),
            ("read", (row.ids, [path])),
            ("onchange", (row.ids, {}, [], spec)),
            ("mapped", (row.ids, path)),
            ("formatted_read_group", (mine, [path], ["__count"])),
            ("formatted_read_group", (mine, [], [f"{path}:array_agg"])),
            ("read_group", (mine, [path], [path])),
            ("web_read_group", (mine, [path], ["__count"])),
        ):
            found = self.read(role, row._name, method, *arguments) or ""
            self.assertNotIn(NOTE, found, method)
            self.assertNotIn(REFERENCE, found, method)
            if word not in (NOTE, REFERENCE):
                self.assertNotIn(f'"{word}', found, method)
        # A question that is answered, be it by nothing found, says something.
        for operator, value in (("ilike", word), ("!=", False), ("=", False)):
            domain = [*mine, (path, operator, value)]
            for method in ("search_count", "search_read"):
                found = self.read(role, row._name, method, domain)
                self.assertIsNone(found, (method, operator))

    def test_a_user_reads_nothing_of_others_documents(self):
        """Who may ask sees what he or she asked for, and nothing of the rest."""
        for name in RECORDS:
            for method, arguments in self.ways([], "display_name", "create_uid"):
                found = self.read("other", name, method, *arguments) or ""
                self.assertNotIn(self.reversal.name, found, (name, method))
            for path in ("note", "reversal_id.note", "batch_id.note"):
                domain = [(path, "ilike", NOTE)]
                found = self.read("other", name, "search_count", domain)
                self.assertIn(found, (None, "0"), (name, path))

    def test_an_auditor_asks_for_no_image(self):
        """The image is downloaded, which is logged; no field gives it away."""
        for role in ("auditor", "manager", "approver", "clerk"):
            for path, model in (
                ("snapshot", "order.reversal"),
                ("reversal_id.snapshot", "order.reversal.report"),
                ("reversal_id.snapshot", "order.reversal.log"),
            ):
                for method, arguments in (
                    ("search_count", ([(path, "!=", False)],)),
                    ("search_count", ([(path, "ilike", "{")],)),
                    ("formatted_read_group", ([], [path], ["__count"])),
                    ("export_data", (self.reversal.ids, [path.replace(".", "/")])),
                ):
                    found = self.read(role, model, method, *arguments)
                    with self.subTest(role=role, model=model, method=method):
                        self.assertNotIn(REFERENCE, found or "")
                        if method == "search_count":
                            self.assertIsNone(found)

    # ------------------------------------------------------------------
    # Another company
    # ------------------------------------------------------------------

    def test_a_user_of_another_company(self):
        """Manager and auditor there, and nothing here, whatever the context says."""
        here = self.company.ids
        for name in RECORDS:
            model = self.env[name].sudo()
            field = "company_id" if "company_id" in model._fields else "reversal_id"
            path = field if field == "company_id" else "reversal_id.company_id"
            of_here = model.search([(path, "in", here)]).ids
            for context in (
                {},
                {"allowed_company_ids": here},
                {"allowed_company_ids": here + self.stranger.company_ids.ids},
                {"allowed_company_ids": []},
                {"force_company": here[0], "company_id": here[0], "active_test": False},
            ):
                found = self.read("stranger", name, "search", [], context=context)
                with self.subTest(model=name, context=context):
                    self.assertFalse(set(json.loads(found or "[]")) & set(of_here))
                for method, arguments in self.ways([], "display_name", "create_uid"):
                    text = self.read("stranger", name, method, *arguments) or ""
                    self.assertNotIn(self.reversal.name, text, (name, method))
                for method, arguments in (
                    ("read", (of_here, ["display_name"])),
                    ("web_read", (of_here, {"display_name": {}})),
                    ("export_data", (of_here, ["display_name"])),
                ):
                    if of_here:
                        text = self.read(
                            "stranger", name, method, *arguments, context=context
                        )
                        self.assertNotIn(self.reversal.name, text or "", method)

    def test_files_and_bundles(self):
        """The image, the voucher, a kept file and the bundle, by their addresses."""
        file = self.reversal.sudo().file_ids
        addresses = (
            f"/order_reversal/snapshot/{self.reversal.id}",
            f"/report/html/erp_order_reversal.report_voucher/{self.reversal.id}",
            f"/web/content/{file._name}/{file.id}/content",
        )
        for role in ("reporter", "signaller", "accountant", "other", "stranger"):
            user = getattr(self, role)
            self.authenticate(user.login, user.login)
            for address in addresses:
                with mute_logger("odoo.http", "odoo.addons.base.models.ir_qweb"):
                    response = self.url_open(address)
                with self.subTest(role=role, address=address):
                    self.assertNotEqual(response.status_code, 200)
                    self.assertNotIn(NOTE, response.text)
            for method in ("action_download_evidence", "snapshot_json"):
                found = self.read(role, "order.reversal", method, self.reversal.ids)
                self.assertIsNone(found, (role, method))
        # The log of the own company, if there is the right to it: nothing of this one.
        for role in ("reporter", "signaller", "accountant", "other"):
            found = self.read(role, "order.reversal.log", "action_export")
            self.assertIsNone(found, role)
        self.authenticate("auditor_t", "auditor_t")
        for address in addresses:
            self.assertEqual(self.url_open(address).status_code, 200, address)

    def test_over_http(self):
        """By the JSON API with a key, as a program of another company does."""
        found = {}
        tomorrow = datetime.now() + timedelta(days=1)
        for role in ("reporter", "stranger", "clerk"):
            user = getattr(self, role)
            env = self.env(user=user)
            key = env["res.users.apikeys"]._generate("rpc", role, tomorrow)
            with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
                response = self.url_open(
                    "/json/2/order.reversal.report/search_read",
                    json={
                        "domain": [["reversal_id", "=", self.reversal.id]],
                        "fields": ["reversal_id", "amount"],
                        "context": {"allowed_company_ids": self.company.ids},
                    },
                    headers={"Authorization": f"Bearer {key}"},
                )
            found[role] = response
        self.assertEqual(found["reporter"].status_code, 200)
        self.assertEqual(
            round(sum(row["amount"] for row in found["reporter"].json()), 2), 690.0
        )
        for role in ("stranger", "clerk"):
            self.assertEqual(found[role].status_code, 403, found[role].text)
            self.assertNotIn(self.reversal.name, found[role].text)
