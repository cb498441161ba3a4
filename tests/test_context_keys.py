"""No key of the context that a client can send changes what comes out."""

import json
import re
from pathlib import Path

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

import odoo.addons.erp_order_reversal as addon

from .common import ReversalCase
from .rpc import RpcMixin

READ = re.compile(r"""context\s*(?:\.get\(|\[)\s*["'](\w+)["']""")
# What JSON can carry: flags, texts, numbers, lists, and pairs that make a dictionary.
VALUES = (True, "cancel", 1, [[1, 2]], {"1": {"2": 3}}, [["sale.order,1", {"x": "y"}]])
TABLES = (
    "order_reversal",
    "order_reversal_batch",
    "order_reversal_log",
    "order_reversal_step",
    "account_move",
    "account_move_line",
    "account_payment",
    "account_partial_reconcile",
    "payment_transaction",
)


def keys():
    """The keys that the code of the addons reads."""
    folder = Path(addon.__path__[0]).parent
    found = set()
    for path in folder.glob("erp_order_reversal*/**/*.py"):
        found |= set(READ.findall(path.read_text()))
    # The host's own, of its menus.
    return found - {"lang", "tz", "allowed_company_ids", "active_id", "active_ids"}


@tagged("post_install", "-at_install")
class TestContextKeys(ReversalCase, RpcMixin, HttpCase):
    def outcome(self, model, method, *arguments, **context):
        """What a call answers and leaves behind, without numbers of records."""
        with self.cr.savepoint() as savepoint, mute_logger("odoo.http", "odoo.sql_db"):
            context = {"allowed_company_ids": self.company.ids, **context}
            try:
                answer = self._rpc(
                    "manager", model, method, *arguments, context=context
                )
            except JsonRpcException as error:
                answer = str(error)
            self.env.invalidate_all()
            left = {}
            for table in TABLES:
                self.cr.execute(f"SELECT count(*) FROM {table}")
                left[table] = self.cr.fetchone()[0]
            for table in ("sale_order", "account_move", "order_reversal"):
                self.cr.execute(f"SELECT state, count(*) FROM {table} GROUP BY state")
                left[table, "state"] = sorted(self.cr.fetchall(), key=str)
            savepoint.rollback()
        self.env.invalidate_all()
        if isinstance(answer, dict):
            answer = {key: answer[key] for key in answer if key != "context"}
        return re.sub(
            r"\d+", "#", json.dumps(answer, sort_keys=True, default=str)
        ), left

    def test_keys_are_found(self):
        self.assertIn("order_reversal_engine", keys())

    def test_none_changes_anything(self):
        order, invoice, payment = self.settle(user_id=self.manager.id)
        order.action_lock()
        draft = self.request(order, user=self.manager)
        other, _invoice, _payment = self.settle(user_id=self.manager.id)
        done = self.reverse(other)
        third, _invoice, _payment = self.settle(user_id=self.manager.id)
        batch = (
            self.env["order.reversal.batch"]
            .with_user(self.manager)
            .create({"order_ids": third.ids, "reason_id": self.reason.id})
        )
        request = {"order_id": order.id, "reason_id": self.reason.id}
        self.company.reversal_guard = True
        self.env.flush_all()
        calls = (
            ("order.reversal", "create", [request]),
            ("order.reversal", "create", [request | {"state": "done"}]),
            ("order.reversal", "write", draft.ids, {"scope": "draft"}),
            ("order.reversal", "write", draft.ids, {"state": "done"}),
            ("order.reversal", "action_assess", draft.ids),
            ("order.reversal", "preview_entries", draft.ids),
            ("order.reversal", "preview_request", request),
            ("order.reversal", "preview_way_back", request),
            ("order.reversal", "action_submit", draft.ids),
            ("order.reversal", "action_approve", draft.ids),
            ("order.reversal", "action_cancel", draft.ids),
            ("order.reversal", "action_verify", done.ids),
            ("order.reversal", "action_undo", done.ids),
            ("order.reversal", "snapshot_json", done.ids),
            ("order.reversal", "unlink", done.ids),
            ("order.reversal.batch", "action_start", batch.ids),
            ("order.reversal.batch", "action_view_reversals", batch.ids),
            ("order.reversal.log", "create", [{"event": "done"}]),
            ("order.reversal.step", "write", done.step_ids.ids, {"outcome": "x"}),
            ("sale.order", "action_cancel", order.ids),
            ("sale.order", "action_unlock", order.ids),
            ("sale.order", "write", order.ids, {"state": "cancel"}),
            ("account.move", "button_draft", invoice.ids),
            ("account.payment", "action_cancel", payment.ids),
        )
        found = sorted(keys())
        for model, method, *arguments in calls:
            plain = self.outcome(model, method, *arguments)
            for value in VALUES:
                sent = dict.fromkeys(found, value)
                with self.subTest(model=model, method=method, value=value):
                    self.assertEqual(
                        self.outcome(model, method, *arguments, **sent), plain
                    )
