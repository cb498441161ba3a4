"""Every public method of the addon × every role, by real JSON-RPC with a real login.

The table is complete by a test of its own: whoever adds a public method adds its line.
"""

from lxml import etree

from odoo import Command, models
from odoo.tests import HttpCase, tagged

from .common import ReversalCase
from .rpc import ROLES, RpcMixin

EVERYBODY = set(ROLES)
NOBODY = set()
INSIDERS = {"clerk", "approver", "manager"}
READERS = INSIDERS | {"auditor"}
USERS = INSIDERS | {"requester"}
DECIDERS = {"approver", "manager"}
R, B, LOG = "order.reversal", "order.reversal.batch", "order.reversal.log"
EXPORT, HEAD = "order.reversal.export", "order.reversal.head"
STEP, FINDING = "order.reversal.step", "order.reversal.finding"
REASON, FILE = "order.reversal.reason", "order.reversal.file"
LIMIT, STAND_IN = "order.reversal.limit", "order.reversal.stand.in"
REPORT, SIGNAL = "order.reversal.report", "order.reversal.signal"
CARD = "order.reversal.audit.card"
LINE = "order.reversal.line"
REDACTION = "order.reversal.redaction"
REJECT, EFFECT = "order.reversal.reject", "order.reversal.effect"
PRACTICE, LESSON = "order.reversal.practice", "order.reversal.lesson"
GUIDE, STEPS = "order.reversal.guide", "onboarding.onboarding.step"
S, CREDIT = "order.settlement", "order.settlement.credit"
DIFFERENCE, FOUND = "order.settlement.difference", "order.settlement.finding"

# (model, method): [(key of the record or None, arguments, who may)]
TABLE = {
    (R, "action_assess"): [("draft", (), INSIDERS), ("done", (), INSIDERS)],
    (R, "preview_entries"): [("draft", (), INSIDERS)],
    (R, "rehearse"): [("draft", (), INSIDERS), ("done", (), NOBODY)],
    (R, "review_request"): [
        ("draft", (), NOBODY),
        ("waiting", (), DECIDERS),
        ("restoring", (), {"approver"}),
    ],
    (R, "action_verify_books"): [("draft", (), READERS), ("done", (), READERS)],
    # Nothing is open that it could be matched with.
    (R, "action_match_credit"): [("draft", (), NOBODY), ("done", (), NOBODY)],
    (R, "action_submit"): [("draft", (), {"clerk"}), ("done", (), NOBODY)],
    (R, "action_approve"): [
        ("draft", (), NOBODY),
        ("waiting", (), DECIDERS),
        ("done", (), NOBODY),
        ("restoring", (), {"approver"}),
    ],
    (R, "action_reject"): [
        ("draft", ("no",), NOBODY),
        ("waiting", ("no",), DECIDERS),
        ("done", ("no",), NOBODY),
        ("restoring", ("no",), {"approver"}),
    ],
    (R, "action_rework"): [
        ("draft", ("no",), NOBODY),
        ("waiting", ("no",), DECIDERS),
        ("done", ("no",), NOBODY),
        ("restoring", ("no",), {"approver"}),
    ],
    (R, "action_cancel"): [
        ("draft", (), {"clerk", "manager"}),
        ("waiting", (), {"requester", "manager"}),
        ("done", (), NOBODY),
        ("restoring", (), {"manager"}),
    ],
    (R, "action_undo"): [
        ("draft", (), NOBODY),
        ("waiting", (), NOBODY),
        ("done", (), {"manager"}),
        ("restoring", (), NOBODY),
    ],
    (R, "action_open_restore"): [
        ("draft", (), NOBODY),
        ("waiting", (), NOBODY),
        ("done", (), {"manager"}),
        ("restoring", (), NOBODY),
    ],
    (R, "action_verify"): [("draft", (), READERS), ("done", (), READERS)],
    (R, "snapshot_json"): [("done", (), READERS)],
    (R, "action_retry_refunds"): [
        ("draft", (), NOBODY),
        ("done", (), INSIDERS),
    ],
    (R, "action_view_root"): [("done", (), READERS)],
    (R, "action_view_entries"): [("done", (), READERS)],
    (R, "action_new_quotation"): [("done", (), INSIDERS)],
    (R, "action_refund_credit"): [("draft", (), NOBODY), ("done", (), INSIDERS)],
    (R, "action_download_snapshot"): [("done", (), READERS)],
    (R, "action_print"): [("done", (), READERS)],
    (R, "action_download_evidence"): [("done", (), READERS)],
    (R, "unlink"): [
        ("draft", (), {"clerk"}),
        ("waiting", (), NOBODY),
        ("done", (), NOBODY),
    ],
    (R, "copy"): [("draft", (), NOBODY), ("done", (), NOBODY)],
    (B, "create"): [(None, ("batch_values",), USERS)],
    (B, "write"): [
        ("batch", ({"state": "done"},), NOBODY),
        ("batch", ({"requester_id": 1},), NOBODY),
        ("batch", ({"scope": "draft"},), {"clerk"}),
        ("running", ({"scope": "draft"},), NOBODY),
    ],
    (B, "unlink"): [("running", (), NOBODY), ("batch", (), {"clerk"})],
    (B, "copy"): [("batch", (), NOBODY)],
    (B, "assess_part"): [(None, ("batch_values",), USERS)],
    (B, "action_rehearse"): [("batch", (), {"clerk"}), ("running", (), NOBODY)],
    (B, "action_restore"): [("batch", (), NOBODY), ("running", (), NOBODY)],
    (B, "action_start"): [("batch", (), {"clerk"})],
    (B, "action_pause"): [
        ("batch", (), NOBODY),
        ("running", (), {"clerk", "manager"}),
    ],
    (B, "action_resume"): [("running", (), NOBODY)],
    (B, "action_retry"): [("running", (), {"clerk", "manager"})],
    (B, "action_cancel"): [("running", (), {"clerk", "manager"})],
    (B, "action_view_reversals"): [("running", (), READERS)],
    (R, "action_settle_again"): [("quotation", (), INSIDERS), ("draft", (), INSIDERS)],
    (S, "create"): [(None, ("settlement_values",), INSIDERS)],
    (S, "write"): [
        ("settlement", ({"rest_method": "refund"},), {"clerk"}),
        ("settlement", ({"state": "done"},), NOBODY),
        ("settled", ({"rest_method": "refund"},), NOBODY),
    ],
    (S, "unlink"): [("settlement", (), {"clerk"}), ("settled", (), NOBODY)],
    (S, "copy"): [("settlement", (), NOBODY)],
    (S, "action_assess"): [("settlement", (), {"clerk"}), ("settled", (), NOBODY)],
    (S, "action_settle"): [("settlement", (), {"clerk"}), ("settled", (), NOBODY)],
    (S, "preview_settlement"): [
        ("settlement", ({},), {"clerk"}),
        ("settled", ({},), NOBODY),
    ],
    (S, "settle_shown"): [
        ("settlement", ({}, "seen"), {"clerk"}),
        ("settled", ({}, "seen"), NOBODY),
    ],
    (S, "action_view_documents"): [("settled", (), READERS)],
    (CREDIT, "create"): [(None, ({"amount": 1.0},), NOBODY)],
    (CREDIT, "write"): [
        ("credit", ({"amount": 1.0},), {"clerk"}),
        ("credit", ({"amount_open": 1.0},), NOBODY),
    ],
    (CREDIT, "unlink"): [("credit", (), NOBODY)],
    (CREDIT, "action_open_document"): [("credit", (), READERS)],
    (DIFFERENCE, "create"): [(None, ({"name": "x"},), NOBODY)],
    (DIFFERENCE, "write"): [("difference", ({"name": "x"},), NOBODY)],
    (DIFFERENCE, "unlink"): [("difference", (), NOBODY)],
    (FOUND, "create"): [(None, ({"message": "x"},), NOBODY)],
    (FOUND, "action_open_document"): [("found", (), READERS)],
    (LINE, "create"): [(None, ({"quantity": 1.0},), NOBODY)],
    (LINE, "write"): [("line", ({"quantity": 1.0},), {"clerk"})],
    (LINE, "unlink"): [("line", (), {"clerk"})],
    (STEP, "create"): [(None, ({"operation": "cancel"},), NOBODY)],
    (STEP, "write"): [("step", ({"outcome": "x"},), NOBODY)],
    (STEP, "unlink"): [("step", (), NOBODY)],
    (FINDING, "create"): [(None, ({"message": "x"},), NOBODY)],
    (FINDING, "write"): [("finding", ({"message": "x"},), NOBODY)],
    (FINDING, "unlink"): [("finding", (), NOBODY)],
    (FINDING, "action_open_document"): [("finding", (), READERS)],
    (EFFECT, "create"): [(None, ({"after": "x"},), NOBODY)],
    (EFFECT, "write"): [("effect", ({"after": "x"},), NOBODY)],
    (EFFECT, "unlink"): [("effect", (), NOBODY)],
    (EFFECT, "action_open_document"): [("effect", (), READERS)],
    (LOG, "create"): [(None, ({"event": "done"},), NOBODY)],
    (LOG, "write"): [("log", ({"detail": {}},), NOBODY)],
    (LOG, "unlink"): [("log", (), NOBODY)],
    (LOG, "copy"): [("log", (), NOBODY)],
    (LOG, "verify_chain"): [(None, ("company",), USERS | {"auditor"})],
    (LOG, "action_verify_chain"): [("log", (), READERS)],
    (LOG, "action_export_proof"): [("log", (), {"auditor", "manager"})],
    (LOG, "action_export"): [("log", (), {"auditor", "manager"})],
    (FILE, "create"): [(None, ({"name": "x"},), NOBODY)],
    (FILE, "write"): [("file", ({"name": "x"},), NOBODY)],
    (FILE, "unlink"): [("file", (), NOBODY)],
    (FILE, "copy"): [("file", (), NOBODY)],
    (FILE, "action_download"): [("file", (), NOBODY), ("kept", (), READERS)],
    (REDACTION, "create"): [(None, ("redaction",), {"manager"})],
    (REDACTION, "write"): [("redaction", ({"reason": "y"},), {"manager"})],
    (REDACTION, "unlink"): [("redaction", (), {"manager"})],
    (REDACTION, "action_redact"): [("redaction", (), {"manager"})],
    (EXPORT, "create"): [(None, ({"name": "x"},), NOBODY)],
    (EXPORT, "write"): [("export", ({"name": "x"},), NOBODY)],
    (EXPORT, "unlink"): [("export", (), NOBODY)],
    (EXPORT, "read"): [("export", (["name"],), {"auditor"})],
    (HEAD, "create"): [(None, ({"body": "x"},), NOBODY)],
    (HEAD, "write"): [("head", ({"body": "x"},), NOBODY)],
    (HEAD, "unlink"): [("head", (), NOBODY)],
    (HEAD, "read"): [("head", (["rows"],), {"auditor", "manager"})],
    (HEAD, "action_download"): [("head", (), {"auditor", "manager"})],
    (HEAD, "action_sign"): [("head", (), {"auditor", "manager"})],
    # There is one already, see `test_heads`.
    (HEAD, "action_create_key"): [("head", (), NOBODY)],
    (REASON, "create"): [(None, ({"name": "Another"},), {"manager"})],
    (REASON, "write"): [("reason", ({"note_required": True},), {"manager"})],
    (REASON, "unlink"): [("unused_reason", (), {"manager"})],
    (REASON, "action_view_reversals"): [("reason", (), USERS | {"auditor"})],
    (REJECT, "create"): [(None, ({"reason": "x"},), DECIDERS)],
    (REJECT, "write"): [("reject", ({"reason": "y"},), DECIDERS)],
    (REJECT, "unlink"): [("reject", (), DECIDERS)],
    (REJECT, "action_confirm"): [("reject", (), NOBODY)],
    ("sale.order", "action_open_reversal"): [("order", (), USERS)],
    ("sale.order", "action_view_reversals"): [("order", (), USERS | {"auditor"})],
    ("sale.order", "action_reversal_remove"): [("order", (), NOBODY)],
    ("sale.order", "action_open_settlement"): [("order", (), USERS | {"auditor"})],
    ("sale.order", "get_settlement"): [("order", (), USERS | {"auditor"})],
    ("sale.order", "action_correct"): [("order", (), USERS)],
    ("sale.order", "action_settle_again"): [
        ("order", (), NOBODY),
        ("taken_back", (), INSIDERS),
    ],
    ("sale.order", "action_view_replaced"): [("order", (), EVERYBODY)],
    ("sale.order", "action_view_replacement"): [("order", (), EVERYBODY)],
    ("account.move", "action_open_reversal"): [("invoice", (), USERS)],
    ("account.move", "action_view_reversals"): [("invoice", (), USERS | {"auditor"})],
    ("account.move", "action_reversal_remove"): [("invoice", (), NOBODY)],
    ("account.payment", "action_open_reversal"): [("payment", (), INSIDERS)],
    ("account.payment", "action_view_reversals"): [
        ("payment", (), USERS | {"auditor"})
    ],
    ("account.payment", "action_reversal_remove"): [("payment", (), NOBODY)],
    (PRACTICE, "create"): [(None, ({"company_id": 1},), NOBODY)],
    (PRACTICE, "write"): [("practice", ({"company_id": 1},), NOBODY)],
    (PRACTICE, "unlink"): [("practice", (), NOBODY)],
    (PRACTICE, "action_learn"): [(None, (), USERS | {"auditor"})],
    (PRACTICE, "action_view_orders"): [("practice", (), USERS | {"auditor"})],
    (PRACTICE, "action_remove"): [("practice", (), USERS)],
    (LESSON, "create"): [(None, ({"name": "x"},), NOBODY)],
    (LESSON, "write"): [("lesson", ({"name": "x"},), NOBODY)],
    (LESSON, "unlink"): [("lesson", (), NOBODY)],
    (LESSON, "action_start"): [("lesson", (), USERS)],
    (GUIDE, "create"): [(None, ({"name": "x"},), NOBODY)],
    (GUIDE, "write"): [("guide", ({"name": "x"},), NOBODY)],
    (GUIDE, "unlink"): [("guide", (), NOBODY)],
    # The settlement check shows its differences to whoever sells or invoices.
    (GUIDE, "explain"): [(None, ("date_moved",), USERS | {"auditor", "outsider"})],
    ("web_tour.tour", "consume"): [(None, ("no_such_tour",), EVERYBODY)],
    (STEPS, "action_open_reversal_groups"): [(None, (), {"manager"})],
    (STEPS, "action_open_reversal_policy"): [(None, (), {"manager"})],
    (STEPS, "action_open_reversal_reasons"): [(None, (), {"manager"})],
    (STEPS, "action_open_reversal_guard"): [(None, (), {"manager"})],
    (STEPS, "action_open_reversal_practice"): [(None, (), {"manager"})],
    # Called by the dialog before anything is stored.
    (R, "preview_request"): [(None, ("request",), USERS)],
    (R, "preview_way_back"): [(None, ("request",), USERS)],
    (R, "submit_request"): [(None, ("request",), USERS)],
    # Without a text of the reason there is nothing to send, whoever it is.
    (R, "action_tell_customer"): [("done", (), NOBODY)],
    (LIMIT, "create"): [(None, ("limit_values",), {"manager"})],
    (LIMIT, "write"): [("limit", ({"amount": 3.0},), {"manager"})],
    (LIMIT, "unlink"): [("limit", (), {"manager"})],
    (STAND_IN, "create"): [(None, ("stand_in_values",), DECIDERS)],
    (STAND_IN, "write"): [("stand_in", ({"date_to": "2099-12-31"},), DECIDERS)],
    (STAND_IN, "unlink"): [("stand_in", (), DECIDERS)],
    (REPORT, "create"): [(None, ({"scope": "cancel"},), NOBODY)],
    (REPORT, "write"): [("report", ({"scope": "cancel"},), NOBODY)],
    (REPORT, "unlink"): [("report", (), NOBODY)],
    (REPORT, "action_open_reversal"): [("report", (), DECIDERS | {"auditor"})],
    (SIGNAL, "create"): [(None, ({"kind": "weekend"},), NOBODY)],
    (SIGNAL, "write"): [("signal", ({"kind": "weekend"},), NOBODY)],
    (SIGNAL, "unlink"): [("signal", (), NOBODY)],
    (SIGNAL, "action_open_reversal"): [("signal", (), {"manager", "auditor"})],
    (CARD, "create"): [(None, ({"name": "x"},), NOBODY)],
    (CARD, "write"): [("card", ({"name": "x"},), NOBODY)],
    (CARD, "unlink"): [("card", (), NOBODY)],
    (CARD, "action_open"): [("card", (), {"manager", "auditor"})],
}
# Shown by `test_access`: what may be written into a reversal, field by field.
ELSEWHERE = {(R, "create"), (R, "write")}
WRITERS = {"create", "write", "unlink"}
ADDONS = "erp_order_reversal"
# The host's own, which the addon only calls on: of the framework, and of `web`.
INHERITED = set(dir(models.BaseModel)) | {"init", "web_read"}


@tagged("post_install", "-at_install")
class TestAccessMethods(ReversalCase, RpcMixin, HttpCase):
    def setUp(self):
        super().setUp()
        self.make_key()
        order, invoice, payment = self.settle(user_id=self.clerk.id)
        other, _invoice, _payment = self.settle(user_id=self.clerk.id)
        asked, _invoice, _payment = self.settle(user_id=self.requester.id)
        back, _invoice, _payment = self.settle(user_id=self.clerk.id)
        many, _invoice, _payment = self.settle(user_id=self.clerk.id)
        done, restoring = self.reverse(other), self.reverse(back)
        batch = self.env[B].with_user(self.clerk)
        values = {"order_ids": many.ids, "reason_id": self.reason.id}
        running = batch.create(values)
        running._engine().write({"state": "running"})
        self.company.reversal_approval = "always"
        waiting = self.request(asked, user=self.requester)
        waiting.action_submit()
        # A Sunday: what auditors are shown.
        restoring._engine_env(restoring).requested_on = "2026-01-04 12:00:00"
        restoring.with_user(self.manager).action_undo()
        restoring = restoring.restore_ids
        self.company.reversal_approval = "never"
        draft = self.request(order)
        part = self.request(
            order,
            "invoice",
            line_ids=[
                Command.create(
                    {"order_line_id": order.order_line[0].id, "quantity": 1.0}
                )
            ],
        )
        engine = self.env[R]._engine_env(self.env[FINDING])
        finding = engine.create(
            {
                "reversal_id": done.id,
                "severity": "info",
                "code": "x",
                "message": "x",
                "res_model": "sale.order",
                "res_id": other.id,
            }
        )
        file = self.env[R]._engine_env(self.env[FILE])
        self.records = {
            "order": order,
            "invoice": invoice,
            "payment": payment,
            "draft": draft,
            "waiting": waiting,
            "done": done,
            **self._settlements(),
            **self._policy(),
            "restoring": restoring,
            "batch": batch.create(values),
            "running": running,
            "line": part.line_ids,
            "step": done.step_ids.filtered("result_id")[0],
            "finding": finding,
            "effect": done.effect_ids[0],
            "log": done.log_ids[0],
            "practice": self.env[PRACTICE].with_user(self.clerk)._get(),
            "lesson": self.env.ref("erp_order_reversal.lesson_take_back"),
            "guide": self.env.ref("erp_order_reversal.guide_restore"),
            "file": file.create({"reversal_id": done.id, "name": "x.pdf"}),
            "kept": file.create(
                {"reversal_id": done.id, "name": "y.pdf", "content": b"eA=="}
            ),
            "redaction": self.env[REDACTION]
            .with_user(self.manager)
            .create({"partner_id": self.partner.id, "reason": "x"}),
            "head": self.env[HEAD]._make(self.company),
            "export": self.env[EXPORT]
            .with_user(self.auditor)
            .sudo()
            .create({"name": "x"}),
            "reason": self.reason,
            "unused_reason": self.reason.sudo().create({"name": "Unused"}),
            "reject": self.env[REJECT]
            .with_user(self.manager)
            .create({"reversal_ids": done.ids, "reason": "x"}),
        }
        self.values = {
            "batch_values": values,
            "company": self.company.id,
            "settlement_values": {"reversal_id": done.id},
            "seen": self.records["settlement"].preview_settlement()["seen"],
            "request": {"order_id": order.id, "reason_id": self.reason.id},
            "limit_values": {"amount": 9.0, "approver_ids": self.approver.ids},
            "stand_in_values": {
                "user_id": self.approver.id,
                "stand_in_id": self.manager.id,
                "date_to": "2099-12-31",
            },
            "redaction": {"partner_id": self.partner.id, "reason": "x"},
        }
        self.env.flush_all()

    def _policy(self):
        """Who decides, and what reports show: of what was done so far."""
        self.env.flush_all()
        company = [("company_id", "=", self.company.id)]
        as_manager = {
            name: self.env[name].with_user(self.manager)
            for name in (LIMIT, STAND_IN, REPORT, SIGNAL, CARD)
        }
        return {
            "limit": as_manager[LIMIT].create(
                {"amount": 1e9, "approver_ids": self.approver.ids}
            ),
            "stand_in": as_manager[STAND_IN].create(
                {
                    "user_id": self.approver.id,
                    "stand_in_id": self.manager.id,
                    "date_from": "2098-12-31",
                    "date_to": "2099-12-31",
                }
            ),
            "report": as_manager[REPORT].search(company, limit=1),
            "signal": as_manager[SIGNAL].search(company, limit=1),
            "card": as_manager[CARD].search([], limit=1),
        }

    def _settlements(self):
        """A draft of the clerk's, and one that is settled."""
        found = {}
        for key in ("settlement", "settled"):
            order, _invoice, _payment = self.settle(user_id=self.clerk.id)
            reversal = self.reverse(order, "draft")
            settlement = self.env[S].with_user(self.clerk)
            found[key] = settlement.create({"reversal_id": reversal.id})
        found["settled"].action_settle()
        draft = found["settlement"]
        return {
            **found,
            "credit": draft.credit_ids,
            "found": self.env[R]
            ._engine_env(self.env[FOUND])
            .create(
                {
                    "settlement_id": draft.id,
                    "severity": "info",
                    "code": "x",
                    "message": "x",
                    "res_model": "sale.order",
                    "res_id": draft.order_ids.id,
                }
            ),
            "difference": draft.difference_ids[0],
            "quotation": draft.reversal_id,
            "taken_back": draft.order_ids,
        }

    def test_every_line(self):
        for (model, method), lines in TABLE.items():
            for key, arguments, who in lines:
                arguments = [
                    self.values[value]
                    if isinstance(value, str) and value in self.values
                    else value
                    for value in arguments
                ]
                if key:
                    arguments.insert(0, self.records[key].ids)
                with self.subTest(model=model, method=method, record=key):
                    self._matrix(who, model, method, *arguments)

    def test_the_table_is_complete(self):
        missing = {
            (model, name)
            for model in self.env.registry
            if not self.env[model]._abstract
            for name in self._public_methods(self.env.registry[model])
        }
        concrete = {
            model
            for model in self.env.registry
            if model.startswith("order.reversal") and not self.env[model]._abstract
        }
        missing |= {(model, name) for model in concrete for name in WRITERS}
        missing -= set(TABLE) | ELSEWHERE
        self.assertFalse(missing)

    def _public_methods(self, model):
        """Names that this addon adds to a model and that RPC can call."""
        for klass in model.mro():
            if not klass.__module__.startswith("odoo.addons.erp_order_reversal."):
                continue
            for name, member in vars(klass).items():
                method = getattr(member, "__func__", member)
                if (
                    callable(method)
                    and not name.startswith("_")
                    and name not in INHERITED
                    and not getattr(method, "_api_private", False)
                ):
                    yield name


@tagged("post_install", "-at_install")
class TestButtons(ReversalCase):
    def test_every_button_calls_a_method(self):
        """The web client sends ids along, which a method of the model can't take."""
        ids = self.env["ir.model.data"].sudo()
        domain = [("model", "=", "ir.ui.view"), ("module", "=like", f"{ADDONS}%")]
        views = self.env["ir.ui.view"].sudo()
        pressed = set()
        for view in views.browse(ids.search(domain).mapped("res_id")):
            for node in etree.fromstring(view.arch_db).iter("button"):
                if node.get("type") == "object":
                    owner = self._owner_of(node, view.model)
                    pressed.add((owner, node.get("name")))
        self.assertIn((HEAD, "action_sign"), pressed)
        for owner, name in sorted(pressed):
            method = getattr(self.env.registry[owner], name)
            with self.subTest(model=owner, method=name):
                self.assertFalse(getattr(method, "_api_model", False))

    def _owner_of(self, node, model):
        """Whose button it is: a list inside of a form has those of its own model."""
        inside = False
        for parent in node.iterancestors():
            inside = inside or parent.tag in ("list", "kanban")
            if inside and parent.tag == "field":
                return self.env[model]._fields[parent.get("name")].comodel_name
        return model
