"""The table of `docs/roles.md`, cell by cell."""

from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ReversalCase
from .rpc import RpcMixin

DOCUMENT = Path(__file__).parent.parent / "docs" / "roles.md"
ROLES = {
    "User": "clerk",
    "User without Invoicing": "requester",
    "Approver": "approver",
    "Manager": "manager",
    "Auditor": "auditor",
    "Employee": "outsider",
}
POLICY = {"reversal_approval": "always"}


def table():
    """{what: {role: whether}} as the document says."""
    lines = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("|")
    ]
    head = lines[0][1:]
    return {
        what: {ROLES[role]: cell == "✓" for role, cell in zip(head, cells, strict=True)}
        for what, *cells in lines[2:]
    }


@tagged("post_install", "-at_install")
class TestRoles(ReversalCase, RpcMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Somebody else, of whose orders and requests the table speaks.
        cls.other = cls._user(
            "other_t",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        cls.users = {name: getattr(cls, name) for name in ROLES.values()}

    def setUp(self):
        super().setUp()
        self.make_key()
        settled = {}
        for name in ("draft", "done", "waiting", "batch", "paused", "closed"):
            settled[name], posted, paid = self.settle(user_id=self.other.id)
        self.documents = (settled["draft"], posted, paid)
        self.draft = self.request(settled["draft"], user=self.other)
        self.done = self.request(settled["done"], user=self.other)
        self.done.action_submit()
        batches = self.env["order.reversal.batch"].with_user(self.other)
        self.batch, self.paused = batches.create(
            [
                {"order_ids": settled[name].ids, "reason_id": self.reason.id}
                for name in ("batch", "paused")
            ]
        )
        self.paused._engine().write({"state": "paused", "runner_id": self.other.id})
        self.company.reversal_approval = "always"
        self.waiting = self.request(settled["waiting"], user=self.other)
        self.waiting.action_submit()
        self.company.reversal_approval = "never"
        self.env["order.reversal.head"]._make(self.company)
        self.free = self.env["order.reversal.reason"].sudo().create({"name": "Free"})
        order = self.make_order()
        self.removable = self.invoice_draft(order)
        self.closed = settled["closed"]
        self.env.flush_all()

    def invoice_draft(self, order):
        draft = self.invoice(order, post=False)
        self.reverse(order)
        return draft

    def values(self, order):
        return {"order_id": order.id, "reason_id": self.reason.id}

    def own(self, user):
        """An order of one's own, settled, with a draft request."""
        order, _invoice, _payment = self.settle(user_id=user.id)
        reversals = self.env["order.reversal"].with_user(user)
        return reversals.create(self.values(order))

    # Each returns what it is about, and raises where it may not be.

    def open(self, user):
        return self.own(user)

    def read_other(self, user):
        return self.done.with_user(user).read(["name", "state"])

    def read_own(self, user):
        order, _invoice, _payment = self.settle(user_id=user.id)
        done = self.request(order, user=self.other)
        done.action_submit()
        return done.with_user(user).read(["name"])

    def submit_own(self, user):
        reversal = self.own(user)
        reversal.action_submit()
        if reversal.sudo().state != "done":
            raise AccessError("It waits for somebody who may.")

    def ask_own(self, user):
        self.company.sudo().reversal_approval = "always"
        reversal = self.own(user)
        reversal.action_submit()
        self.assertEqual(reversal.sudo().state, "to_approve")

    def approve_own(self, user):
        self.company.sudo().reversal_approval = "always"
        reversal = self.own(user)
        reversal.action_submit()
        reversal.action_approve()

    def start_own(self, user):
        order, _invoice, _payment = self.settle(user_id=user.id)
        batches = self.env["order.reversal.batch"].with_user(user)
        batches.create(
            {"order_ids": order.ids, "reason_id": self.reason.id}
        ).action_start()

    def open_documents(self, user):
        for record in self.documents:
            record.with_user(user).read(["name", "state"])

    def print_voucher(self, user):
        return (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html("erp_order_reversal.report_voucher", self.done.ids)
        )

    def remove_personal_data(self, user):
        wizards = self.env["order.reversal.redaction"].with_user(user)
        values = {"partner_id": self.partner.id, "reason": "Asked for by letter"}
        wizards.create(values).action_redact()
        self.assertTrue(self.done.sudo()._is_redacted())

    def write_log(self, user):
        row = self.done.sudo().log_ids[0].with_user(user)
        for call in (lambda: row.write({"detail": {}}), row.unlink):
            try:
                call()
            except UserError:
                continue
            return
        raise AccessError("Neither.")

    def cancel_settled(self, user):
        self.company.sudo().reversal_guard = True
        self.closed.with_user(user)._action_cancel()

    def ways(self):
        """{what the table calls it: a function of the user}"""

        def on(records, method, *arguments):
            return lambda user: getattr(records.with_user(user), method)(*arguments)

        log = self.env["order.reversal.log"]
        head = self.env["order.reversal.head"]
        return {
            "Open a reversal of a document": self.open,
            "Read a reversal of another salesperson's order": self.read_other,
            "Read a reversal of the own order": self.read_own,
            "Change a draft of somebody else": on(
                self.draft, "write", {"scope": "draft"}
            ),
            "Submit a draft of somebody else": on(self.draft, "action_submit"),
            "Delete a draft of somebody else": on(self.draft, "unlink"),
            "Submit an own draft, carried out at once": self.submit_own,
            "Submit an own draft, for approval": self.ask_own,
            "Approve what somebody else asked for": on(self.waiting, "action_approve"),
            "Approve what one asked for oneself": self.approve_own,
            "Reject what somebody else asked for": on(
                self.waiting, "action_reject", "no"
            ),
            "Withdraw what somebody else asked for": on(self.waiting, "action_cancel"),
            "Restore a reversal": on(self.done, "action_undo"),
            "Start a bulk reversal of one's own": self.start_own,
            "Start a bulk reversal of somebody else": on(self.batch, "action_start"),
            "Change a bulk reversal of somebody else": on(
                self.batch, "write", {"scope": "draft"}
            ),
            "Let a bulk reversal of somebody else go on": on(
                self.paused, "action_resume"
            ),
            "Open the order, invoice and payment": self.open_documents,
            "Print the voucher": self.print_voucher,
            "Read the image of the documents": on(self.done, "snapshot_json"),
            "Download the evidence": on(self.done, "action_download_evidence"),
            "Verify the books of a reversal": on(self.done, "action_verify"),
            "Verify the chain of the log": on(log, "verify_chain", self.company.id),
            "Remove personal data from the evidence": self.remove_personal_data,
            "Export the log": on(log, "action_export"),
            "Sign the log": on(head, "action_sign"),
            "Make the signing key": lambda user: (
                self.use_key(),
                head.with_user(user).action_create_key(),
            ),
            "Set the policy": on(self.company, "write", POLICY),
            "Set the reasons": on(self.free, "write", {"note_required": True}),
            "Remove a cancelled draft": on(self.removable, "action_reversal_remove"),
            "Write or delete the log": self.write_log,
            "Cancel a settled order past the guard": self.cancel_settled,
        }

    def test_each_cell(self):
        expected, ways = table(), self.ways()
        self.assertEqual(list(ways), list(expected), "the rows of the document")
        for what, way in ways.items():
            for role, may in expected[what].items():
                with self.subTest(what=what, role=role):
                    found = True
                    with self.cr.savepoint() as savepoint:
                        try:
                            way(self.users[role])
                            self.env.flush_all()
                        except UserError:
                            found = False
                        savepoint.rollback()
                    self.env.invalidate_all()
                    self.assertEqual(found, may)

    def test_a_sample_over_http(self):
        """The same cells by a client with a real login."""
        expected = table()
        calls = {
            "Change a draft of somebody else": (
                "order.reversal",
                "write",
                self.draft.ids,
                {"scope": "draft"},
            ),
            "Approve what somebody else asked for": (
                "order.reversal",
                "action_approve",
                self.waiting.ids,
            ),
            "Restore a reversal": ("order.reversal", "action_undo", self.done.ids),
            "Start a bulk reversal of somebody else": (
                "order.reversal.batch",
                "action_start",
                self.batch.ids,
            ),
            "Read the image of the documents": (
                "order.reversal",
                "snapshot_json",
                self.done.ids,
            ),
            "Export the log": ("order.reversal.log", "action_export", []),
            "Set the policy": ("res.company", "write", self.company.ids, POLICY),
        }
        for what, call in calls.items():
            with self.subTest(what=what):
                self._matrix({r for r, may in expected[what].items() if may}, *call)
