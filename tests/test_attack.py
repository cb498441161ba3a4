"""All of the host's ways to write and to read, on everything the addon stores."""

import json

from odoo import Command
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import GROUP, ReversalCase
from .rpc import RpcMixin

PREFIXES = ("order.reversal", "order.settlement")
#: What each user may change of somebody else's, by the roles table.
MINE = {"order.reversal.reason", "order.reversal.redaction", "order.reversal.reject"}
# What is the same for everybody, and says nothing of a company.
COMMON = {"order.reversal.audit.card", "order.reversal.guide", "order.reversal.lesson"}
VALUES = {
    "char": "forged",
    "text": "forged",
    "html": "<p>forged</p>",
    "integer": 77,
    "float": 77.0,
    "monetary": 77.0,
    "boolean": True,
    "date": "2001-01-01",
    "datetime": "2001-01-01 00:00:00",
    "json": {"forged": True},
    "many2one": 1,
    "many2one_reference": 77,
    "one2many": [],
    "many2many": [],
    "binary": "Zm9yZ2Vk",
    "reference": False,
}


@tagged("post_install", "-at_install")
class TestAttack(ReversalCase, RpcMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sales = "sales_team.group_sale_salesman"
        cls.other = cls._user("other_t", sales, GROUP + "user")
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = cls._user("stranger_t", sales, GROUP + "manager")
        cls.stranger.write(
            {"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id}
        )

    def setUp(self):
        super().setUp()
        self.make_key()
        settled = [self.settle(user_id=self.clerk.id) for _number in range(3)]
        self.order, self.invoice, self.payment = settled[0]
        self.draft = self.request(
            self.order,
            "invoice",
            line_ids=[
                Command.create(
                    {"order_line_id": self.order.order_line[0].id, "quantity": 1.0}
                )
            ],
        )
        self.draft.action_assess()
        self.done = self.reverse(settled[1][0], "draft")
        self.batch = (
            self.env["order.reversal.batch"]
            .with_user(self.clerk)
            .create({"order_ids": settled[2][0].ids, "reason_id": self.reason.id})
        )
        self.settlement = (
            self.env["order.settlement"]
            .with_user(self.clerk)
            .create({"reversal_id": self.done.id})
        )
        self.env["order.reversal.head"]._make(self.company)
        self.env["order.reversal.log"].with_user(self.auditor).action_export()
        self.env.flush_all()

    def models(self):
        """Models of the addon that store something, each with a record of it."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if name.startswith(PREFIXES) and model._auto and not model._abstract:
                if record := model.sudo().search([], order="id desc", limit=1):
                    yield name, record

    def stored(self):
        """Everything that the addon stores, and the documents: as text."""
        self.env.flush_all()
        tables = {
            self.env[name]._table
            for name in self.env.registry
            if name.startswith(PREFIXES)
            and self.env[name]._auto
            and not self.env[name]._abstract
        } | {"sale_order", "account_move", "account_payment"}
        # A refused attempt may be logged, what is printed is.
        found = {}
        for table in sorted(tables - {"order_reversal_log"}):
            self.cr.execute(
                f"SELECT jsonb_agg(to_jsonb(t) - 'write_date' - 'write_uid' ORDER BY "
                f"to_jsonb(t)::text) FROM {table} t"
            )
            found[table] = self.cr.fetchone()[0]
        return found

    def value(self, field):
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        return VALUES.get(field.type, "forged")

    def ways(self, name, record):
        """(method, arguments) of all ways of the host's to write."""
        fields = {
            key: field
            for key, field in record._fields.items()
            if field.store and key not in ("id", "create_uid", "create_date")
        }
        for key, field in sorted(fields.items()):
            value = self.value(field)
            yield "write", ([record.id], {key: value})
            yield "web_save", ([record.id], {key: value}, {"id": {}})
            # A file that is imported names its records by their number.
            yield "load", ([".id", key], [[str(record.id), str(value)]])
            if field.type in ("one2many", "many2many") and record[key]:
                other = record[key][:1]
                for command in (
                    Command.delete(other.id),
                    Command.unlink(other.id),
                    Command.clear(),
                    Command.set([]),
                    Command.update(other.id, {"sequence": 99}),
                ):
                    yield "write", ([record.id], {key: [list(command)]})
                    yield "web_save", ([record.id], {key: [list(command)]}, {})
        yield "copy", ([record.id],)
        yield "unlink", ([record.id],)
        yield "name_create", ("forged",)
        yield "action_archive", ([record.id],)
        yield "web_resequence", ([record.id], {})
        yield "web_save", ([], {}, {"id": {}})

    def test_nobody_writes_what_is_somebody_elses(self):
        """By each way of the host's, with each field, as each role."""
        before = self.stored()
        for name, record in self.models():
            if name in MINE:
                continue
            for role in ("other", "approver", "manager", "auditor", "stranger"):
                for method, arguments in self.ways(name, record):
                    self.try_it(role, name, method, arguments)
                with self.subTest(model=name, role=role):
                    self.assertEqual(self.stored(), before)

    def try_it(self, role, name, method, arguments):
        user = getattr(self, role)
        context = {"allowed_company_ids": user.company_ids.ids}
        env = self.env(user=user, su=False, context=context)
        try:
            with self.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models"):
                call_kw(env[name], method, list(arguments), {})
                env.flush_all()
        except Exception:  # noqa: BLE001  whatever stood against it: what counts is below
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def readings(self, name, record, field):
        """(method, arguments) of all ways to read a field."""
        ids, spec = [record.id], {field: {}}
        yield "read", (ids, [field])
        yield "web_read", (ids, spec)
        yield "search_read", ([("id", "in", ids)], [field])
        yield "web_search_read", ([("id", "in", ids)], spec)
        yield "export_data", (ids, [field])
        yield "onchange", (ids, {}, [], spec)
        yield "formatted_read_group", ([("id", "in", ids)], [field], ["__count"])
        yield "search_count", ([(field, "!=", False), ("id", "in", ids)],)

    def test_the_image_is_read_by_nobody_so(self):
        word = self.done._get_image_text()[:200]
        record = self.done
        for method, arguments in self.readings(record._name, record, "snapshot"):
            for role in ("clerk", "other", "approver", "manager", "auditor"):
                found = self.read_as(role, record._name, method, arguments)
                self.assertNotIn(json.dumps(word)[1:-1], found, (role, method))
                if method == "search_count":
                    self.assertEqual(found, "", (role, method))

    def test_others_read_nothing_of_another_company(self):
        for name, record in self.models():
            if name in MINE | COMMON or name == "order.reversal.export":
                continue
            for method, arguments in self.readings(name, record, "display_name"):
                if method in ("formatted_read_group", "search_count"):
                    continue
                found = self.read_as("stranger", name, method, arguments)
                text = record.sudo().display_name
                if len(text or "") > 4:
                    self.assertNotIn(text, found, (name, method))

    def read_as(self, role, name, method, arguments):
        """What a role gets, as text; empty where it is refused."""
        user = getattr(self, role)
        context = {"allowed_company_ids": user.company_ids.ids}
        env = self.env(user=user, su=False, context=context)
        env.invalidate_all()
        try:
            with self.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models"):
                result = call_kw(env[name], method, list(arguments), {})
                return json.dumps(result, default=str, ensure_ascii=False)
        except Exception:  # noqa: BLE001  refused, whatever refused it
            return ""

    # ------------------------------------------------------------------
    # Attachments
    # ------------------------------------------------------------------

    def test_attachments(self):
        """Of what the addon keeps and exports: read, changed, moved, added."""
        files = self.env["order.reversal"]._engine_env(self.env["order.reversal.file"])
        file = files.create(
            {"reversal_id": self.done.id, "name": "x.pdf", "content": b"c2VjcmV0"}
        )
        attachments = self.env["ir.attachment"].sudo()
        export = self.env["order.reversal.export"].sudo().search([], limit=1)
        found = attachments.search(
            [
                ("res_model", "in", (file._name, export._name)),
                ("res_id", "in", (file.id, export.id)),
                ("res_field", "=", "content"),
            ]
        )
        self.assertEqual(len(found), 2)
        before = [(one.raw, one.res_model, one.res_id, one.public) for one in found]
        roles = ("other", "requester", "stranger", "outsider", "manager", "clerk")
        for attachment in found:
            for role in roles:
                if role in ("requester", "other", "stranger", "outsider"):
                    for method, arguments in self.readings(
                        attachment._name, attachment, "datas"
                    ):
                        if method in ("formatted_read_group", "search_count"):
                            continue
                        text = self.read_as(role, attachment._name, method, arguments)
                        self.assertNotIn("c2VjcmV0", text, (role, method))
                for values in (
                    {"raw": "forged"},
                    {"datas": "Zm9yZ2Vk"},
                    {"public": True},
                    {"res_model": False, "res_id": False},
                    {"res_model": "res.users", "res_id": 1, "res_field": False},
                    {"access_token": "x"},
                ):
                    self.try_it(
                        role, attachment._name, "write", ([attachment.id], values)
                    )
                self.try_it(role, attachment._name, "unlink", ([attachment.id],))
                self.try_it(
                    role, attachment._name, "generate_access_token", ([attachment.id],)
                )
        found.invalidate_recordset()
        self.assertEqual(
            [(one.raw, one.res_model, one.res_id, one.public) for one in found], before
        )
        self.assertFalse(any(found.mapped("access_token")))

    # ------------------------------------------------------------------
    # The guard
    # ------------------------------------------------------------------

    def test_the_guard_by_import_and_dialogs(self):
        """What the web client has beside `write`: save, import, commands on lines."""
        self.company.reversal_guard = True
        order, invoice = self.order, self.invoice
        before = self.image(order, order.order_line, invoice, invoice.line_ids)
        line, item = order.order_line[:1], invoice.invoice_line_ids[:1]
        clear = [list(Command.clear())]
        for name, method, arguments in (
            ("sale.order", "web_save", (order.ids, {"state": False}, {})),
            ("sale.order", "web_save", (order.ids, {"state": "cancel"}, {})),
            ("sale.order", "load", ([".id", "state"], [[str(order.id), "Cancelled"]])),
            ("sale.order", "load", ([".id", "state"], [[str(order.id), "cancel"]])),
            (
                "sale.order",
                "web_save",
                (
                    order.ids,
                    {"order_line": [[1, line.id, {"invoice_lines": clear}]]},
                    {},
                ),
            ),
            ("sale.order.line", "web_save", (line.ids, {"invoice_lines": clear}, {})),
            (
                "sale.order.line",
                "load",
                ([".id", "invoice_lines/.id"], [[str(line.id), ""]]),
            ),
            ("account.move", "web_save", (invoice.ids, {"state": "cancel"}, {})),
            ("account.move", "load", ([".id", "state"], [[str(invoice.id), "draft"]])),
            ("account.move.line", "web_save", (item.ids, {"sale_line_ids": clear}, {})),
            (
                "account.move",
                "web_save",
                (
                    invoice.ids,
                    {"invoice_line_ids": [[1, item.id, {"sale_line_ids": clear}]]},
                    {},
                ),
            ),
            (
                "account.payment",
                "web_save",
                (self.payment.ids, {"state": "canceled"}, {}),
            ),
            ("account.payment", "action_cancel", (self.payment.ids,)),
            ("account.payment", "action_draft", (self.payment.ids,)),
        ):
            with self.subTest(model=name, method=method, arguments=arguments):
                self.try_it("outsider", name, method, arguments)
                self.assertEqual(
                    self.image(order, order.order_line, invoice, invoice.line_ids),
                    before,
                )
