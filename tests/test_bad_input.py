"""What is no record, and what has another type: a clear error, and nothing written."""

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import ReversalCase
from .rpc import RpcMixin
from .test_access_methods import INHERITED

NO_RECORDS = ([0], [False], [None], ["x"], [1.5], [True], [2**31 - 2], [2**40], [[]])
REFUSALS = {
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
}
TABLES = (
    "order_reversal",
    "order_reversal_batch",
    "order_reversal_log",
    "order_reversal_step",
    "order_reversal_finding",
    "order_reversal_export",
    "mail_message",
    "mail_activity",
)


@tagged("post_install", "-at_install")
class TestBadInput(ReversalCase, RpcMixin, HttpCase):
    def setUp(self):
        super().setUp()
        self.order, _invoice, _payment = self.settle(user_id=self.manager.id)
        self.draft = self.request(self.order, user=self.manager)
        self.env.flush_all()

    def counts(self):
        self.env.flush_all()
        counts = {}
        for table in TABLES:
            self.cr.execute(f"SELECT count(*) FROM {table}")
            counts[table] = self.cr.fetchone()[0]
        return counts

    def methods(self):
        """(model, name, whether it works on records) of all public methods."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract:
                continue
            for klass in type(model).mro():
                if not klass.__module__.startswith("odoo.addons.erp_order_reversal"):
                    continue
                for method, member in vars(klass).items():
                    if (
                        not method.startswith("_")
                        and callable(member)
                        and (method not in INHERITED)
                        and not getattr(member, "_api_private", False)
                    ):
                        yield name, method, not getattr(member, "_api_model", False)

    def refused(self, model, method, *arguments):
        """The name of the error; None if the call passes."""
        before = self.counts()
        found = None
        with self.cr.savepoint() as savepoint, mute_logger("odoo.http", "odoo.sql_db"):
            try:
                self._rpc("manager", model, method, *arguments)
            except JsonRpcException as error:
                found = str(error)
            self.assertEqual(self.counts(), before, f"{model}.{method}{arguments}")
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    def test_no_records(self):
        """Every public method of the addon that works on records."""
        seen = 0
        for model, method, on_records in self.methods():
            if not on_records:
                continue
            for ids in NO_RECORDS:
                with self.subTest(model=model, method=method, ids=ids):
                    self.assertIn(self.refused(model, method, ids), REFUSALS)
                    seen += 1
        self.assertGreater(seen, 200)

    def request_values(self):
        return {"order_id": self.order.id, "reason_id": self.reason.id}

    def test_wrong_types(self):
        for model, method, *arguments in (
            ("order.reversal", "action_reject", self.draft.ids, 5),
            ("order.reversal", "action_reject", self.draft.ids, {"a": 1}),
            ("order.reversal", "preview_request", "x"),
            ("order.reversal", "preview_way_back", "x"),
            ("order.reversal", "preview_request", None),
            ("order.reversal", "preview_request", {"order_id": "x"}),
            ("order.reversal", "preview_request", {"order_id": [1]}),
            ("order.reversal", "preview_request", {"order_id": 0}),
            ("order.reversal", "create", [{"order_id": "x"}]),
            ("order.reversal", "create", [{"order_id": 2**40}]),
            ("order.reversal", "create", ["x"]),
            ("order.reversal", "create", [{"order_id": self.order.id, "date": {}}]),
            ("order.reversal", "write", [0], {"scope": "draft"}),
            ("order.reversal", "write", self.draft.ids, {"scope": 7}),
            ("order.reversal", "write", self.draft.ids, {"note": {"a": 1}}),
            ("order.reversal", "write", self.draft.ids, {"step_ids": "x"}),
            ("order.reversal.batch", "write", [0], {"scope": "draft"}),
            ("order.reversal.batch", "create", [{"order_ids": "x"}]),
            ("order.reversal.batch", "create", [{"order_ids": ["x"]}]),
            ("order.reversal.batch", "create", ["x"]),
            ("order.reversal", "create", None),
            ("order.reversal", "create", [{**self.request_values(), "x": 1}]),
            ("order.reversal", "preview_request", {**self.request_values(), "x": 1}),
            ("order.reversal", "write", self.draft.ids, None),
            ("order.reversal", "write", self.draft.ids, {"x": 1}),
            ("order.reversal.batch", "create", 0),
            ("order.reversal.batch", "assess_part", {"x": 1}),
            ("order.reversal.batch", "write", [0], None),
            ("order.reversal.line", "create", [None]),
            ("order.reversal.line", "write", ["x"], {"quantity": 1}),
            ("order.settlement", "create", [0]),
            ("order.reversal.log", "verify_chain", "x"),
            ("order.reversal.log", "verify_chain", 0),
            ("order.reversal.log", "verify_chain", False),
            ("order.reversal.log", "verify_chain", [1]),
            ("order.reversal.log", "verify_chain", 2**31 - 2),
        ):
            with self.subTest(model=model, method=method, arguments=arguments):
                self.assertIn(self.refused(model, method, *arguments), REFUSALS)

    def test_the_voucher_of_nothing(self):
        before = self.counts()
        self.authenticate("manager_t", "manager_t")
        for ids in ("0", "2147483646", "x", "0,0"):
            url = f"/report/html/erp_order_reversal.report_voucher/{ids}"
            with mute_logger("odoo.http", "odoo.addons.web.controllers.report"):
                response = self.url_open(url)
            self.assertNotEqual(response.status_code, 200, ids)
        self.assertEqual(self.counts(), before)
