"""The end of the log, signed and noted outside of the database."""

import json
import shutil
import stat
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.erp_order_reversal.proof import signing, verify_log

from .common import ReversalCase


class TestHeads(ReversalCase):
    def setUp(self):
        super().setUp()
        self.log = self.env["order.reversal.log"].with_user(self.auditor)
        self.heads = self.env["order.reversal.head"].with_user(self.auditor)
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.folder = Path(folder)
        anchors = patch.object(
            type(self.log), "_get_anchor_folder", lambda log: str(self.folder)
        )
        anchors.start()
        self.addCleanup(anchors.stop)

    def take_back(self):
        order, _invoice, _payment = self.settle()
        return self.reverse(order)

    def host_event(self):
        """A row that belongs to no reversal."""
        order, _invoice, _payment = self.settle()
        order.action_lock()
        order.with_user(self.outsider).action_unlock()
        row = self.log.search([("event", "=", "host")], order="id desc", limit=1)
        self.assertFalse(row.reversal_id)
        return row

    def cut(self, row):
        """Take the end off the chain, as a database owner could."""
        self.env.flush_all()
        self.cr.execute("ALTER TABLE order_reversal_log DISABLE TRIGGER USER")
        self.cr.execute(
            "DELETE FROM order_reversal_log WHERE company_id = %s AND id >= %s",
            [self.company.id, row.id],
        )
        self.cr.execute("ALTER TABLE order_reversal_log ENABLE TRIGGER USER")
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # The key
    # ------------------------------------------------------------------

    def test_a_manager_makes_the_key_once(self):
        path = self.use_key()
        for user in (self.clerk, self.approver, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.heads.with_user(user).action_create_key()
        self.assertFalse(path.exists())
        with self.assertRaisesRegex(UserError, "no signing key"):
            self.take_back() and self.heads.action_sign()
        heads = self.heads.with_user(self.manager)
        public = signing_key = heads.action_create_key()["params"]["message"]
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertIn(signing.load().public_key, public)
        self.assertNotIn("PRIVATE", signing_key)
        row = self.log.search([("event", "=", "key")], order="id desc", limit=1)
        self.assertEqual(row.detail["public_key"], signing.load().public_key)
        content = path.read_bytes()
        with self.assertRaisesRegex(UserError, "already"):
            heads.action_create_key()
        self.assertEqual(path.read_bytes(), content)
        with mute_logger("odoo.sql_db"):
            self.cr.execute(
                "SELECT count(*) FROM ir_config_parameter WHERE value LIKE '%PRIVATE%'"
            )
        self.assertFalse(self.cr.fetchone()[0], "not in the database")

    def test_a_folder_that_the_server_cannot_write(self):
        with (
            patch.dict("os.environ", {signing.VARIABLE: "/proc/nowhere/key.pem"}),
            self.assertRaisesRegex(UserError, "order_reversal_signing_key"),
        ):
            self.heads.with_user(self.manager).action_create_key()

    # ------------------------------------------------------------------
    # Heads
    # ------------------------------------------------------------------

    def test_a_head_is_signed_and_stays(self):
        signer = self.make_key()
        reversal = self.take_back()
        self.heads.action_sign()
        head = self.heads.search([("company_id", "=", self.company.id)])
        last = reversal.log_ids[-1]
        self.assertEqual((head.rows, head.row_hash), (last.number, last.hash))
        self.assertEqual(head.row_id, last.id)
        signed = head._get_signed()
        self.assertTrue(
            verify_log.signature_is_valid(
                signer.public_key, signed["signature"], signed["body"].encode()
            )
        )
        self.heads.action_sign()
        self.assertEqual(len(self.heads.search([])), len(head), "nothing was added")
        for user in (self.manager, self.auditor):
            mine = head.with_user(user)
            for call in (
                lambda mine=mine: mine.write({"rows": 1}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
            ):
                with self.assertRaises(UserError):
                    call()
        self.assertTrue(self.log.verify_chain(self.company)["intact"])

    def test_daily_to_the_places_that_the_company_chose(self):
        self.make_key()
        self.take_back()
        places = self.folder / "heads"
        places.mkdir()
        self.company.sudo().write(
            {
                "reversal_head_folder": str(places),
                "reversal_head_email": "notary@example.com",
            }
        )
        self.env.flush_all()
        cron = self.env.ref("erp_order_reversal.cron_sign").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        head = self.heads.search([("company_id", "=", self.company.id)])
        [written] = places.iterdir()
        self.assertEqual(json.loads(written.read_text()), head._get_signed())
        self.assertIn(str(written), head.delivery)
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(mail.email_to, "notary@example.com")
        self.assertEqual(json.loads(mail.attachment_ids.raw), head._get_signed())

    def test_a_wrong_address_is_refused(self):
        company = self.company.with_user(self.manager)
        for address in ("notary", "a@", "a@example.com, b@example.com", "<x>"):
            with (
                self.assertRaisesRegex(ValidationError, "one mail address"),
                self.cr.savepoint(),
            ):
                company.write({"reversal_head_email": address})
        self.assertFalse(self.company.reversal_head_email)
        company.write({"reversal_head_email": "Notary <notary@example.com>"})

    def test_a_folder_that_is_gone_is_said(self):
        self.make_key()
        self.take_back()
        self.company.sudo().reversal_head_folder = str(self.folder / "gone")
        logger = "odoo.addons.erp_order_reversal.models.order_reversal_head.deliver"
        with mute_logger(logger):
            self.heads.action_sign()
        head = self.heads.search([("company_id", "=", self.company.id)])
        self.assertIn("not to", head.delivery)

    def test_the_folder_is_the_administrators(self):
        """A path on the server is nothing for whoever manages reversals."""
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).write({"reversal_head_folder": "/etc"})

    # ------------------------------------------------------------------
    # What was cut off
    # ------------------------------------------------------------------

    def test_a_cut_end_is_noticed_by_a_head(self):
        self.make_key()
        self.take_back()
        row = self.host_event()
        self.heads.action_sign()
        self.assertTrue(self.log.verify_chain(self.company)["intact"])
        self.cut(row)
        result = self.log.verify_chain(self.company)
        self.assertEqual((result["intact"], result["first_broken"]), (False, row.id))

    def test_a_cut_end_is_noticed_by_the_anchor(self):
        """Also without a key: it is outside of the database."""
        self.use_key()
        self.take_back()
        row = self.host_event()
        self.log._write_anchors({self.company.id})
        self.assertTrue(self.log.verify_chain(self.company)["intact"])
        self.cut(row)
        result = self.log.verify_chain(self.company)
        self.assertEqual((result["intact"], result["first_broken"]), (False, row.id))

    def test_an_anchor_never_goes_back(self):
        self.use_key()
        self.take_back()
        row = self.host_event()
        self.log._write_anchors({self.company.id})
        [anchor] = self.folder.glob("*.json")
        known = anchor.read_text()
        with self.cr.savepoint() as savepoint:
            self.cut(row)
            self.log._write_anchors({self.company.id})
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(anchor.read_text(), known)

    def test_a_forged_anchor_accuses(self):
        self.make_key()
        self.take_back()
        self.log._write_anchors({self.company.id})
        [anchor] = self.folder.glob("*.json")
        value = json.loads(anchor.read_text())
        value["body"] = value["body"].replace('"rows":', '"rows": ')
        anchor.write_text(json.dumps(value))
        self.assertFalse(self.log.verify_chain(self.company)["intact"])

    def test_rows_of_both_versions_in_one_chain(self):
        """What an earlier version of the addon recorded is checked as it was then."""
        self.take_back()
        self.env.flush_all()
        last = self.log.search([("company_id", "=", self.company.id)])[-1]
        content = self.log._get_content(
            {**last.read(load=None)[0], "number": False, "detail": last.detail}
        )
        row = {"content": content, "content_hash": None, "previous_hash": last.hash}
        self.cr.execute(
            """INSERT INTO order_reversal_log
                 (company_id, reversal_id, user_id, user_name, create_date, event,
                  res_model, res_id, res_name, detail, previous_hash, hash)
               SELECT company_id, reversal_id, user_id, user_name, create_date, event,
                  res_model, res_id, res_name, detail, %s, %s
                 FROM order_reversal_log WHERE id = %s""",
            [last.hash, verify_log.row_hash(row), last.id],
        )
        self.env.invalidate_all()
        self.host_event()
        result = self.log.verify_chain(self.company)
        self.assertTrue(result["intact"], result)
        rows = self.log.search([("company_id", "=", self.company.id)])
        self.assertEqual(rows[-1].number, len(rows), "counted on from there")

    def test_what_json_and_the_database_write_differently(self):
        values = {
            "zero": -0.0,
            "large": 1e16,
            "larger": -1.5e22,
            "small": 1e-7,
            "nothing": float("nan"),
            "text": "a\x00b\ud800c",
            "list": [(1, -0.0)],
            5: "key",
        }
        entry = {"event": "host", "company": self.company, "detail": values}
        self.log.sudo()._record([entry])
        self.env.invalidate_all()
        self.assertTrue(self.log.verify_chain(self.company)["intact"])

    def test_the_time_to_the_microsecond(self):
        row = self.take_back().log_ids[0]
        self.env.flush_all()
        self.cr.execute("ALTER TABLE order_reversal_log DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE order_reversal_log SET create_date = create_date "
            "+ interval '1 microsecond' WHERE id = %s",
            [row.id],
        )
        self.cr.execute("ALTER TABLE order_reversal_log ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.assertEqual(self.log.verify_chain(self.company)["first_broken"], row.id)
