"""Each role and each field, by real JSON-RPC with a real login."""

import inspect

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ReversalCase
from .rpc import RpcMixin

MODEL = "order.reversal"


@tagged("post_install", "-at_install")
class TestAccess(ReversalCase, RpcMixin, HttpCase):
    # ------------------------------------------------------------------
    # Methods
    # ------------------------------------------------------------------

    def test_the_requester_never_approves(self):
        self.company.reversal_approval = "always"
        order, _invoice, _payment = self.settle()
        reversal = self.request(order, user=self.manager)
        reversal.action_submit()
        self._matrix({"approver"}, MODEL, "action_approve", reversal.ids)

    def test_no_private_way_in(self):
        """What is not meant for buttons can't be called from outside.

        What may be called, and by whom, is the table of `test_access_methods`.
        """
        order, _invoice, _payment = self.settle()
        reversal = self.request(order)
        for record, sample in (
            (order, "_reversal_related"),
            (reversal, "_set_state"),
        ):
            private = set(self._private_methods(type(record)))
            self.assertIn(sample, private)
            for name in private:
                with self.assertRaises(AccessError, msg=name):
                    get_public_method(record, name)
            self._matrix(set(), record._name, sample, record.ids)

    def _private_methods(self, model):
        """Names of methods that our addons give the model, and mean for themselves."""
        for klass in model.mro():
            if klass.__module__.startswith("odoo.addons.erp_order_reversal"):
                for name, member in vars(klass).items():
                    method = getattr(member, "__func__", member)
                    if inspect.isfunction(method) and (
                        name.startswith("_") or getattr(method, "_api_private", False)
                    ):
                        yield name

    # ------------------------------------------------------------------
    # Fields and records
    # ------------------------------------------------------------------

    def test_create(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        values = {"order_id": order.id, "reason_id": self.reason.id}
        insiders = {"clerk", "requester", "approver", "manager"}
        self._matrix(insiders, MODEL, "create", [values])
        for forged in (
            {"state": "done"},
            {"approver_id": self.approver.id},
            {"requester_id": self.outsider.id},
            {"fingerprint": "x"},
            {"log_hash": "x"},
        ):
            self._matrix(set(), MODEL, "create", [values | forged])

    def test_every_field_of_a_reversal(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        draft = self.request(order)
        other, _invoice, _payment = self.settle(user_id=self.clerk.id)
        done = self.reverse(other)
        request = draft._request_fields
        values = {"char": "x", "text": "x", "integer": 1, "float": 1.0, "html": "x"}
        values |= {"boolean": True, "json": {}, "monetary": 1.0, "selection": "done"}
        values |= {"date": "2020-01-01", "datetime": "2020-01-01 00:00:00"}
        values |= {"many2one": 1, "one2many": [], "many2many": []}
        for name in sorted(draft._guarded_fields()):
            field = draft._fields[name]
            if name in ("id", "create_uid", "create_date", "write_uid", "write_date"):
                continue
            value = values[field.type]
            for role in ("clerk", "manager", "auditor", "requester"):
                for record in (draft, done):
                    if record == draft and name in request:
                        continue
                    call = (role, MODEL, "write", record.ids, {name: value})
                    with mute_logger("odoo.sql_db"):
                        may = self._passes(self._call, *call)
                    self.assertFalse(may, f"{role} wrote {name} of {record.state}")
        with mute_logger("odoo.http", "odoo.sql_db"):
            call = (MODEL, "write", done.ids, {"state": "draft"})
            self.assertFalse(self._may("manager", *call))
            call = (MODEL, "write", draft.ids, {"note": "x"})
            self.assertTrue(self._may("clerk", *call))

    def test_steps_findings_log_and_reasons(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        done = self.reverse(order)
        for records, values in (
            (done.step_ids[0], {"outcome": "x"}),
            (done.step_ids[0], {"payment_method": "void"}),
            (done.log_ids[0], {"detail": {}}),
        ):
            self._matrix(set(), records._name, "write", records.ids, values)
            self._matrix(set(), records._name, "unlink", records.ids)
            self._matrix(set(), records._name, "create", [values])
        self._matrix(
            {"manager"},
            "order.reversal.reason",
            "write",
            self.reason.ids,
            {"note_required": True},
        )
        self._matrix(
            {"manager"}, "order.reversal.reason", "create", [{"name": "New one"}]
        )
        self._matrix(
            {"clerk", "requester", "approver", "manager", "auditor"},
            "order.reversal.reason",
            "search_read",
            [],
        )

    def test_who_sees_what(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        done = self.reverse(order)
        self._matrix(
            {"clerk", "approver", "manager", "auditor"},
            MODEL,
            "read",
            done.ids,
            ["name"],
        )
        self.authenticate("auditor_t", "auditor_t")
        response = self.url_open(f"/order_reversal/snapshot/{done.id}")
        self.assertEqual(response.text, done.snapshot_json())
        with mute_logger("odoo.http"):
            self.authenticate("outsider_t", "outsider_t")
            response = self.url_open(f"/order_reversal/snapshot/{done.id}")
        self.assertNotEqual(response.status_code, 200)

    def test_another_company(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        done = self.reverse(order)
        other = self.setup_other_company()["company"]
        stranger = self._user("stranger_t", "erp_order_reversal.group_reversal_manager")
        stranger.sudo().write(
            {"company_ids": [(6, 0, other.ids)], "company_id": other.id}
        )
        with mute_logger("odoo.http", "odoo.sql_db"):
            for model, records in (
                (MODEL, done),
                ("order.reversal.log", done.log_ids),
                ("order.reversal.step", done.step_ids),
            ):
                self.assertFalse(
                    self._may(
                        stranger,
                        model,
                        "read",
                        records.ids,
                        ["id"],
                        context={"allowed_company_ids": other.ids},
                    )
                )
            self.assertFalse(
                self._may(
                    stranger,
                    "order.reversal.log",
                    "verify_chain",
                    self.company.id,
                    context={"allowed_company_ids": other.ids},
                )
            )

    def test_others_read_the_hosts_documents_whole(self):
        """Found by the host's own tests: a field that only insiders may read."""
        order, invoice, payment = self.settle(user_id=self.outsider.id)
        done = self.reverse(order)
        self.assertEqual(done.order_id, order)
        for records in (order, order.order_line, invoice, invoice.line_ids, payment):
            self.assertTrue(self._may("outsider", records._name, "read", records.ids))
        for record in (self.company, self.bank):
            self.assertTrue(self._may("outsider", record._name, "read", record.ids))

    def test_nothing_is_given_by_the_context(self):
        """Neither `default_*` in the context nor a person's own defaults."""
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        values = {"order_id": order.id, "reason_id": self.reason.id}
        forged = {
            "default_state": "done",
            "default_requester_id": self.outsider.id,
            "default_approver_id": self.approver.id,
            "default_verify_state": "intact",
            "default_fingerprint": "x",
            "default_company_id": 1,
        }
        defaults = self.env["ir.default"].with_user(self.clerk).sudo()
        defaults.set("order.reversal", "state", "done", user_id=self.clerk.id)
        (record,) = self._rpc("clerk", MODEL, "create", [values], context=forged)
        reversal = self.env[MODEL].sudo().browse(record)
        self.assertEqual(reversal.state, "draft")
        self.assertEqual(reversal.requester_id, self.clerk)
        self.assertFalse(reversal.approver_id)
        self.assertFalse(reversal.verify_state)
        self.assertFalse(reversal.fingerprint)
        self.assertEqual(reversal.company_id, self.company)
        batch = {"order_ids": order.ids, "reason_id": self.reason.id}
        (record,) = self._rpc(
            "clerk", "order.reversal.batch", "create", [batch], context=forged
        )
        batch = self.env["order.reversal.batch"].sudo().browse(record)
        self.assertEqual(batch.state, "draft")
        self.assertEqual(batch.requester_id, self.clerk)
