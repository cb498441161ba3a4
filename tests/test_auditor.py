"""The auditor reads everything of a reversal and its documents, and changes nothing."""

from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import ReversalCase
from .rpc import RpcMixin


@tagged("post_install", "-at_install")
class TestAuditor(ReversalCase, RpcMixin, HttpCase):
    def setUp(self):
        super().setUp()
        self.order, self.posted, self.paid = self.settle(user_id=self.clerk.id)
        self.reversal = self.reverse(self.order)
        self.env.flush_all()

    def test_opens_the_documents(self):
        """As the web client does: the form, and every field on it."""
        credit = self.posted.reversal_move_ids
        for record in (
            self.reversal,
            self.order,
            self.posted,
            credit,
            self.paid,
            self.paid.move_id,
        ):
            with self.subTest(record=record):
                form = Form(record.with_user(self.auditor))
                self.assertEqual(form._record, record)
        step = self.reversal.step_ids[0].with_user(self.auditor)
        self.assertTrue(step.can_open)
        self.assertTrue(self.reversal.with_user(self.auditor).action_view_entries())

    def test_changes_nothing(self):
        values = {"sale.order": {"client_order_ref": "x"}, "account.move": {"ref": "x"}}
        values["account.payment"] = {"memo": "x"}
        with mute_logger("odoo.http", "odoo.sql_db"):
            for record in (self.order, self.posted, self.paid):
                for method, *arguments in (
                    ("write", values[record._name]),
                    ("unlink",),
                    ("copy",),
                ):
                    self.assertFalse(
                        self._may(
                            "auditor", record._name, method, record.ids, *arguments
                        ),
                        f"{method} {record}",
                    )
            for model, method, ids in (
                ("sale.order", "action_lock", self.order.ids),
                ("account.move", "button_draft", self.posted.ids),
                ("account.payment", "action_cancel", self.paid.ids),
            ):
                self.assertFalse(self._may("auditor", model, method, ids), method)

    def test_voucher_image_and_verification(self):
        self.authenticate("auditor_t", "auditor_t")
        url = f"/report/html/erp_order_reversal.report_voucher/{self.reversal.id}"
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn(self.reversal.name, response.text)
        image = self.url_open(f"/order_reversal/snapshot/{self.reversal.id}")
        self.assertEqual(image.text, self.reversal.snapshot_json())
        self.assertTrue(
            self._rpc("auditor", "order.reversal", "action_verify", self.reversal.ids)
        )
        chain = self._rpc(
            "auditor", "order.reversal.log", "verify_chain", self.company.id
        )
        self.assertTrue(chain["intact"])

    def test_also_as_a_salesman_who_sees_his_own_orders(self):
        user = self._user(
            "auditing_salesman_t",
            "sales_team.group_sale_salesman",
            "erp_order_reversal.group_reversal_auditor",
        )
        order = self.order.with_user(user)
        self.assertTrue(order.read(["name"]))
        self.assertFalse(order.has_access("write"), "read alone")
