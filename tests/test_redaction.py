"""Personal data is taken out of the evidence, and what is left stays proven."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.erp_order_reversal.proof import image as stored
from odoo.addons.erp_order_reversal.proof import verify_log

from .common import GROUP
from .rpc import RpcMixin
from .test_files import PDF
from .test_proof import ProofCase

NAME = "Amelia Thornbury-Voss"
NOTE = "leave it with the neighbour, Mrs Quill"


@tagged("post_install", "-at_install")
class TestRedaction(ProofCase, RpcMixin, HttpCase):
    def setUp(self):
        super().setUp()
        self.person = self.env["res.partner"].create(
            {"name": NAME, "email": "amelia@example.com"}
        )

    def take_back(self, **values):
        order = self.settle_printed(
            partner=self.person, note=NOTE, client_order_ref="for Amelia", **values
        )
        return self.reverse(order)

    def redact(self, reversal=None, reason="Asked for by letter", user=None):
        wizard = self.env["order.reversal.redaction"].with_user(user or self.manager)
        wizard = wizard.create({"partner_id": self.person.id, "reason": reason})
        result = wizard.action_redact()
        self.env.invalidate_all()
        return result

    def all_text(self, reversal):
        """Everything that the addon stores of a reversal, as text."""
        self.env.flush_all()
        found = [reversal._get_image_text()]
        for table, column in (
            ("order_reversal", "id"),
            ("order_reversal_step", "reversal_id"),
            ("order_reversal_finding", "reversal_id"),
            ("order_reversal_effect", "reversal_id"),
            ("order_reversal_file", "reversal_id"),
            ("order_reversal_log", "reversal_id"),
        ):
            self.cr.execute(
                f"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = %s",
                [reversal.id],
            )
            found += [row[0] for row in self.cr.fetchall()]
        return "\n".join(found)

    # ------------------------------------------------------------------
    # It is gone, and the rest is proven
    # ------------------------------------------------------------------

    def test_gone_and_proven(self):
        reversal = self.take_back()
        before = reversal._snapshot()
        self.assertIn(NAME, self.all_text(reversal))
        self.person.name = "Anonymous 17"
        self.redact()
        text = self.all_text(reversal)
        for word in (NAME, NOTE, "for Amelia", "amelia@example.com"):
            self.assertNotIn(word, text)
        # Amounts, dates and accounts are as they were.
        after = reversal._snapshot()
        for table, rows in before["tables"].items():
            for old, new in zip(rows, after["tables"][table], strict=True):
                for column, value in old.items():
                    if not isinstance(value, (str, dict)):
                        self.assertEqual(new[column], value, (table, column))
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        row = reversal.log_ids.filtered(lambda row: row.event == "redacted")
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.detail["reason"], "Asked for by letter")
        self.assertTrue(row.detail["places"])
        self.assertIn("Asked for by letter", row.detail_text)
        members = self.evidence(reversal)
        self.assertEqual(self.check(members, self.heads_of(members)), [])
        for name, data in members.items():
            for word in (NAME, NOTE):
                self.assertNotIn(word.encode(), data, name)
        self.assertTrue(self.log.verify_chain(self.company, True)["intact"])

    def test_others_keep_theirs(self):
        mine = self.take_back()
        others = self.reverse(self.settle_printed())
        text = others._get_image_text()
        self.redact()
        self.assertTrue(mine._is_redacted())
        self.assertEqual(others._get_image_text(), text)
        self.assertFalse(others.log_ids.filtered(lambda row: row.event == "redacted"))

    def test_the_files(self):
        reversal = self.take_back()
        file = reversal.file_ids
        self.redact()
        self.assertEqual((file.kept, file.moved), (False, "redacted"))
        self.assertFalse(self.files_of(file))
        with self.assertRaisesRegex(UserError, "by whom and why"):
            file.with_user(self.auditor).action_download()
        row = reversal.log_ids.filtered(lambda row: row.event == "redacted")
        self.assertEqual(row.detail["files"], [file.sha256])
        members = self.evidence(reversal)
        self.assertFalse([name for name in members if name.startswith("files/")])
        # Gone without a record is another thing.
        del row
        members = self.evidence(self.take_back())
        [name] = [name for name in members if name.startswith("files/")]
        self.assertEqual(members[name], PDF)
        del members[name]
        self.assertTrue(
            [text for text in self.check(members) if "moved or removed" in text]
        )

    def files_of(self, file):
        return file.sudo()._get_attachments()

    def test_twice_and_with_contacts(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Ottoline Brandywine",
                "parent_id": self.person.id,
                "type": "other",
            }
        )
        order = self.settle_printed(partner=contact)
        reversal = self.reverse(order)
        self.redact()
        self.assertNotIn("Ottoline", self.all_text(reversal))
        rows = len(reversal.log_ids)
        self.redact()
        self.assertEqual(len(reversal.log_ids), rows, "nothing was left to remove")
        self.assertTrue(reversal.action_verify())

    def test_one_of_two_customers(self):
        """On the same payment as somebody else: the other one's names stay."""
        order, invoice, _payment = self.settle(partner=self.person)
        other = self.env["res.partner"].create({"name": "Barnaby Featherstone"})
        second, _invoice, _payment = self.settle(partner=other)
        first, second = self.reverse(order), self.reverse(second)
        self.redact()
        self.assertIn("Barnaby Featherstone", self.all_text(second))
        self.assertNotIn(NAME, self.all_text(first))

    def test_what_the_approver_was_shown(self):
        self.company.reversal_approval = "always"
        order = self.settle_printed(partner=self.person)
        reversal = self.request(order)
        reversal.action_submit()
        self.assertTrue(reversal.shown["effects"])
        shown = json.dumps(reversal.shown)
        self.assertIn(NAME, shown)
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(reversal._snapshot()["shown"], reversal.shown)
        members = self.evidence(reversal)
        approved = json.loads(members["approved.json"])
        self.assertEqual(approved["shown_for_approval"], reversal.shown)
        self.redact()
        self.assertNotIn(NAME, self.all_text(reversal))
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_restored_all_the_same(self):
        order = self.settle_printed(partner=self.person)
        before = self.trial_balance()
        reversal = self.reverse(order)
        self.redact()
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(reversal.state, "undone")
        self.assertEqual(order.settlement_state, "settled")
        self.assertBooks(before)

    def test_an_image_of_the_first_version(self):
        """Without salt and seals: it is sealed when something is first removed."""
        reversal = self.take_back()
        image = reversal._snapshot()
        del image["salt"]
        text = reversal._canonical(image)
        done = reversal.log_ids.filtered(lambda row: row.event == "done")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = %s, snapshot_hash = %s WHERE id = %s",
            [text, verify_log.digest(text), reversal.id],
        )
        self.cr.execute("ALTER TABLE order_reversal_log DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE order_reversal_log SET detail = %s WHERE id = %s",
            [json.dumps({"snapshot_sha256": verify_log.digest(text)}), done.id],
        )
        self.cr.execute("ALTER TABLE order_reversal_log ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.assertEqual(reversal._check_snapshot(), [])
        self.redact()
        self.assertNotIn(NAME, reversal._get_image_text())
        self.assertEqual(reversal._check_snapshot(), [])

    # ------------------------------------------------------------------
    # What was removed can't be found by trying, nor anything else be changed
    # ------------------------------------------------------------------

    def test_nobody_finds_it_by_trying(self):
        """Who knows all but a name can't tell whether a guess is right."""
        reversal = self.take_back()
        whole = reversal._snapshot()
        self.redact()
        sealed, left = stored.from_text(reversal._get_image_text())
        self.assertIn(
            stored.get_commitment(sealed["salt"]), verify_log.commitments(sealed)
        )
        self.assertNotIn(stored.get_commitment(sealed["salt"]), left)
        self.assertNotIn(whole["salt"], json.dumps(left))

    def test_each_change_is_found(self):
        reversal = self.take_back()
        self.redact()
        recorded = reversal.log_ids.filtered(lambda row: row.event == "done").detail
        redactions = [row.detail for row in reversal.log_ids if row.event == "redacted"]
        text = reversal._get_image_text()
        image, left = stored.from_text(text)

        def faults(image, left, redactions=redactions):
            text = stored.to_text(image, left)
            return verify_log.image_faults(text.encode(), recorded, redactions)

        self.assertEqual(faults(image, left), [])
        self.assertTrue(faults(image, left, []), "not without the row")
        for key in left:
            less = {name: value for name, value in left.items() if name != key}
            self.assertTrue(faults(image, less), "removed without a record")
            forged = {**left, key: [left[key][0], "forged"]}
            self.assertTrue(faults(image, forged))
        self.assertTrue(faults(image, {**left, "0" * 64: ["x", "y"]}))
        rows = image["tables"]["sale_order"]
        for column, value in rows[0].items():
            changed = {**rows[0], column: "forged" if value != "forged" else 0}
            tables = {**image["tables"], "sale_order": [changed]}
            self.assertTrue(faults({**image, "tables": tables}, left), column)
        whole = self.take_back()._get_image_text().encode()
        self.assertTrue(verify_log.image_faults(whole, recorded, redactions))

    def test_a_forged_image_is_found_by_the_check(self):
        reversal = self.take_back()
        self.redact()
        image, left = stored.from_text(reversal._get_image_text())
        image["tables"]["sale_order"][0]["amount_total"] = 1.0
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = %s WHERE id = %s",
            [stored.to_text(image, left), reversal.id],
        )
        self.env.invalidate_all()
        self.assertFalse(reversal.action_verify())

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_a_reason_is_needed(self):
        self.take_back()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.redact(reason=" ")

    def test_the_manager_alone(self):
        reversal = self.take_back()
        for user in (self.clerk, self.requester, self.approver, self.auditor):
            with self.assertRaises(AccessError):
                self.redact(user=user)
            with self.assertRaises(AccessError):
                reversal.with_user(user)._redact(self.person, "x")
        values = {"partner_id": self.person.id, "reason": "A letter"}
        with mute_logger("odoo.http", "odoo.sql_db"):
            self._matrix({"manager"}, "order.reversal.redaction", "create", values)
        wizard = self._rpc("manager", "order.reversal.redaction", "create", values)
        self._rpc("manager", "order.reversal.redaction", "action_redact", [wizard])
        self.env.invalidate_all()
        self.assertTrue(reversal._is_redacted())

    def test_other_companies_are_told(self):
        """What the manager may not change is not changed, and is said."""
        reversal = self.take_back()
        stranger = self._user("stranger_t", GROUP + "manager")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        result = self.redact(user=stranger.with_company(other))
        self.assertIn("other companies", result["params"]["message"])
        self.assertFalse(reversal._is_redacted())
