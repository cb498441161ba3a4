"""The table of `docs/roles.md`, cell by cell, by clients with a real login."""

from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.tests import Form, HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.erp_order_reversal.proof import signing

from .roles import RolesCase, table
from .test_bad_input import REFUSALS

POLICY = {"reversal_approval": "always"}
GUARD = "odoo.addons.erp_order_reversal.exceptions.ReversalGuardError"


class Refused(Exception):
    """What the server says to who may not."""


@tagged("post_install", "-at_install")
class TestRoles(RolesCase, HttpCase):
    def log_in(self, role):
        """As whom the calls are made, with an order and a reversal of one's own."""
        self.role, login = role, self.users[role].login
        self.order, self.taken_back = self.own_order(role), self.own_done(role)
        self.authenticate(login, login)

    def do(self, records, method, *arguments):
        """Call a method on stored records, or on a model, as whoever is logged in."""
        ids = [records.ids] if records else []
        params = {
            "model": records._name,
            "method": method,
            "args": [*ids, *arguments],
            "kwargs": {"context": {"allowed_company_ids": self.company.ids}},
        }
        self.env.flush_all()
        try:
            return self.make_jsonrpc_request("/web/dataset/call_kw", params)
        except JsonRpcException as error:
            if str(error) in REFUSALS | {GUARD}:
                raise Refused(str(error)) from error
            raise

    def get(self, url):
        response = self.url_open(url)
        if response.status_code != 200:
            raise Refused(url)
        return response

    def model(self, name):
        """:return: as sudo, to look at what came of a call"""
        return self.env[name].sudo()

    # Each returns what it is about, and raises `Refused` where it may not be.

    def open(self):
        """A draft of an order of one's own."""
        values = {"reason_id": self.reason.id, "order_id": self.order.id}
        [number] = self.do(self.model("order.reversal"), "create", [values])
        return self.model("order.reversal").browse(number)

    def read(self, reversal):
        [found] = self.do(reversal, "web_read", {"name": {}, "state": {}})
        self.assertEqual(found["name"], reversal.name)

    def submit_own(self):
        reversal = self.open()
        self.do(reversal, "action_submit")
        self.env.invalidate_all()
        if reversal.state != "done":
            raise Refused("It waits for somebody who may.")

    def ask_own(self):
        self.company.reversal_approval = "always"
        reversal = self.open()
        self.do(reversal, "action_submit")
        self.env.invalidate_all()
        self.assertEqual(reversal.state, "to_approve")
        return reversal

    def start_own(self):
        values = {
            "order_ids": self.order.ids,
            "reason_id": self.reason.id,
        }
        batches = self.model("order.reversal.batch")
        [number] = self.do(batches, "create", [values])
        self.do(batches.browse(number), "action_start")

    def open_documents(self):
        for record in self.documents:
            self.do(record, "web_read", {"name": {}, "state": {}})

    def print_voucher(self):
        url = f"/report/html/erp_order_reversal.report_voucher/{self.done.id}"
        self.assertIn(self.done.name, self.get(url).text)

    def read_image(self):
        text = self.do(self.done, "snapshot_json")
        self.assertEqual(
            self.get(f"/order_reversal/snapshot/{self.done.id}").text, text
        )

    def download(self, records, method):
        self.get(self.do(records, method, *([] if records else [[]]))["url"])

    def remove_personal_data(self):
        wizards = self.model("order.reversal.redaction")
        values = {"partner_id": self.partner.id, "reason": "Asked for by letter"}
        [number] = self.do(wizards, "create", [values])
        self.do(wizards.browse(number), "action_redact")
        self.env.invalidate_all()
        self.assertTrue(self.done._is_redacted())

    def make_key_anew(self):
        with TemporaryDirectory() as folder:
            place = {signing.VARIABLE: f"{folder}/key.pem"}
            with patch.dict("os.environ", place):
                self.do(self.model("order.reversal.head"), "action_create_key", [])

    def write_log(self):
        row = self.done.log_ids[0]
        refused = 0
        for method, *arguments in (("write", {"detail": {}}), ("unlink",)):
            try:
                self.do(row, method, *arguments)
            except Refused:
                refused += 1
        if refused == 2:
            raise Refused("Neither.")

    def set_limit(self):
        values = {"amount": 7.0, "approver_ids": self.approver.ids}
        self.do(self.model("order.reversal.limit"), "create", [values])

    def name_stand_in(self):
        other = "manager" if self.role == "approver" else "approver"
        values = {"stand_in_id": self.users[other].id, "date_to": "2099-12-31"}
        self.do(self.model("order.reversal.stand.in"), "create", [values])

    def cancel_settled(self):
        self.company.reversal_guard = True
        self.do(self.closed, "action_cancel")

    def ways(self):
        """{what the table calls it: what does it}"""

        def on(records, method, *arguments):
            return lambda: self.do(records, method, *arguments)

        log, head = self.model("order.reversal.log"), self.model("order.reversal.head")
        return {
            "Open a reversal of a document": self.open,
            "Read a reversal of another salesperson's order": lambda: self.read(
                self.done
            ),
            "Read a reversal of the own order": lambda: self.read(self.taken_back),
            "Change a draft of somebody else": on(
                self.draft, "web_save", {"scope": "draft"}, {}
            ),
            "Submit a draft of somebody else": on(self.draft, "action_submit"),
            "Delete a draft of somebody else": on(self.draft, "unlink"),
            "Submit an own draft, carried out at once": self.submit_own,
            "Submit an own draft, for approval": self.ask_own,
            "Approve what somebody else asked for": on(self.waiting, "action_approve"),
            "Approve what one asked for oneself": lambda: self.do(
                self.ask_own(), "action_approve"
            ),
            "Reject what somebody else asked for": on(
                self.waiting, "action_reject", "no"
            ),
            "Withdraw what somebody else asked for": on(self.waiting, "action_cancel"),
            "Restore a reversal": on(self.done, "action_undo"),
            "Start a bulk reversal of one's own": self.start_own,
            "Start a bulk reversal of somebody else": on(self.batch, "action_start"),
            "Change a bulk reversal of somebody else": on(
                self.batch, "web_save", {"scope": "draft"}, {}
            ),
            "Let a bulk reversal of somebody else go on": on(
                self.paused, "action_resume"
            ),
            "Open the order, invoice and payment": self.open_documents,
            "Print the voucher": self.print_voucher,
            "Read the image of the documents": self.read_image,
            "Download the evidence": lambda: self.download(
                self.done, "action_download_evidence"
            ),
            "Verify the books of a reversal": on(self.done, "action_verify"),
            "Verify the chain of the log": on(log, "verify_chain", self.company.id),
            "Remove personal data from the evidence": self.remove_personal_data,
            "Export the log": lambda: self.download(log, "action_export"),
            "Sign the log": on(head, "action_sign", []),
            "Make the signing key": self.make_key_anew,
            "Set the policy": on(self.company, "write", POLICY),
            "Set the reasons": on(self.free, "write", {"note_required": True}),
            "Set the approval limits": self.set_limit,
            "Name who stands in for oneself": self.name_stand_in,
            "Remove a cancelled draft": on(self.removable, "action_reversal_remove"),
            "Write or delete the log": self.write_log,
            "Cancel a settled order past the guard": self.cancel_settled,
        }

    def test_each_cell(self):
        expected, ways = table(), self.ways()
        self.assertEqual(list(ways), list(expected), "the rows of the document")
        for role in self.users:
            self.log_in(role)
            for what, way in ways.items():
                with self.subTest(what=what, role=role):
                    self.assertEqual(self.passes(way), expected[what][role])

    def test_a_bulk_reversal_without_invoicing(self):
        """Its form names no payment, which its owner could not read."""
        batches = self.env["order.reversal.batch"].with_user(self.requester)
        values = {"order_ids": self.of_other().ids, "reason_id": self.reason.id}
        batch = batches.create(values)
        self.env.invalidate_all()
        self.assertEqual(Form(batch).requester_id, self.requester)
        batch.action_start()
        self.env.invalidate_all()
        self.assertEqual(Form(batch).waiting_count, 1)

    def passes(self, way):
        """Whether a role may; either way it leaves nothing behind."""
        quiet = mute_logger("odoo.http", "odoo.sql_db")
        with self.cr.savepoint() as savepoint, quiet:
            try:
                way()
                return True
            except Refused:
                return False
            finally:
                savepoint.rollback()
                self.env.invalidate_all()
