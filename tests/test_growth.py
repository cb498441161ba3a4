"""What is done each day does not grow with what was done in ten years."""

import hashlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.erp_order_reversal.models.order_reversal import verify
from odoo.addons.erp_order_reversal.models.order_reversal.evidence import (
    IMAGE_ROWS,
    IMAGE_ROWS_KEY,
)

from .test_files import PDF
from .test_proof import ProofCase


class TestGrowth(ProofCase):
    def setUp(self):
        super().setUp()
        self.reversals = self.env["order.reversal"].sudo()
        self.company.sudo().reversal_verify_limit = 1000

    def take_back(self, count=1, age=0):
        """Reversals that were done and verified so many days ago, undisturbed since.

        :return: `order.reversal`
        """
        made = self.reversals
        for _number in range(count):
            order, _invoice, _payment = self.settle()
            made |= self.reverse(order)
        self.grow_old(made, age)
        return made

    def grow_old(self, reversals, age):
        self.env.flush_all()
        then = fields.Datetime.now() - timedelta(days=age)
        self.cr.execute(
            "UPDATE order_reversal SET done_on = %(then)s, "
            "verified_on = %(now)s - interval '1 day' WHERE id = ANY(%(ids)s)",
            {"then": then, "now": fields.Datetime.now(), "ids": reversals.ids},
        )
        for model in ("sale_order", "account_move", "account_payment"):
            self.cr.execute(
                f"UPDATE {model} SET write_date = now() - interval '3 days' "
                "WHERE company_id = %s",
                [self.company.id],
            )
        self.env.invalidate_all()

    def due(self):
        found = self.reversals.sudo()._find_due(self.company)
        return {self.reversals.browse(one): turn for one, turn in found}

    def run_cron(self, name):
        self.env.flush_all()
        cron = self.env.ref(f"erp_order_reversal.{name}").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Verified: young and touched ones daily, the others in turn
    # ------------------------------------------------------------------

    def test_who_is_verified_today(self):
        young, old = self.take_back(age=3), self.take_back(3, age=90)
        self.company.sudo().reversal_verify_limit = 2
        self.env.flush_all()
        due = self.due()
        self.assertFalse(due[young])
        turn = [one for one, in_turn in due.items() if in_turn]
        self.assertEqual(turn, list(old[:2]), "the bound of the manager")
        # Somebody writes a document of the last one.
        move = (
            old[2]
            .step_ids.filtered(lambda step: step.res_model == "account.move")
            ._get_document()[:1]
        )
        move.sudo().narration = "Touched"
        self.env.flush_all()
        self.assertIs(self.due()[old[2]], False, "verified, whosever turn it is")

    def test_each_has_its_turn(self):
        old = self.take_back(3, age=90)
        self.company.sudo().reversal_verify_limit = 1
        seen = []
        for _day in range(3):
            self.run_cron("cron_verify")
            today = old.filtered(lambda one: one.verified_in_turn == self.today())
            seen += (today - self.reversals.union(*seen)) and [today]
            self.assertEqual(len(today), 1, "one a day, however often it runs")
            self.run_cron("cron_verify")
            self.env.flush_all()
            self.cr.execute(
                "UPDATE order_reversal SET verified_in_turn = verified_in_turn - 1, "
                "verified_on = verified_on - interval '1 day'"
            )
            self.env.invalidate_all()
        self.assertEqual(self.reversals.union(*seen), old)

    def test_what_is_broken_is_told_apart(self):
        good, bad = self.take_back(2, age=3)
        forged = bad._get_image_text().replace('"sale"', '"sole"')
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = %s WHERE id = %s", [forged, bad.id]
        )
        self.env.invalidate_all()
        self.run_cron("cron_verify")
        self.assertEqual((good.verify_state, bad.verify_state), ("intact", "broken"))
        self.assertTrue(bad.sudo().activity_ids)
        self.assertFalse(good.sudo().activity_ids)

    def test_with_sets_of_queries(self):
        """One more reversal is no more than a few queries more."""
        few, many = self.take_back(2), self.take_back(12)
        spent = []
        for reversals in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            reversals.sudo()._verify_again()
            self.env.flush_all()
            spent.append(self.cr.sql_log_count - before)
        each = (spent[1] - spent[0]) / (len(many) - len(few))
        self.assertLess(each, 12, spent)

    def test_the_bound_is_the_managers(self):
        for user in (self.clerk, self.approver, self.auditor):
            with self.assertRaises(AccessError):
                self.company.with_user(user).write({"reversal_verify_limit": 5})
        self.company.with_user(self.manager).write({"reversal_verify_limit": 5})
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                self.company.with_user(self.manager).write(
                    {"reversal_verify_limit": -1}
                )
                self.env.flush_all()
        row = self.log.search([("event", "=", "policy")], order="id desc", limit=1)
        self.assertIn("reversal_verify_limit", row.detail["policy"])

    # ------------------------------------------------------------------
    # The chain: on from the last signed head
    # ------------------------------------------------------------------

    def change(self, row):
        self.env.flush_all()
        self.cr.execute("ALTER TABLE order_reversal_log DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE order_reversal_log SET res_name = 'forged' WHERE id = %s", [row.id]
        )
        self.cr.execute("ALTER TABLE order_reversal_log ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_on_from_the_last_head(self):
        first = self.take_back()
        head = self.env["order.reversal.head"]._make_if_grown(self.company)
        self.take_back()
        rows = self.log.search([("company_id", "=", self.company.id)])
        result = self.log.verify_chain(self.company)
        self.assertEqual(result["intact"], True)
        self.assertEqual(result["checked"], len(rows) - head.rows + 1)
        whole = self.log.verify_chain(self.company, whole=True)
        self.assertEqual((whole["intact"], whole["checked"]), (True, len(rows)))
        # After it: at once. Before it: on demand, and a part each day.
        self.change(first.log_ids[0])
        broken = first.log_ids[0].id
        whole = self.log.verify_chain(self.company, whole=True)
        self.assertEqual((whole["intact"], whole["first_broken"]), (False, broken))
        self.assertEqual(self.log.sudo()._verify_part(self.company, 100), broken)

    def test_a_head_that_somebody_made(self):
        """Signed with another key than the server's: all of it is checked."""
        reversal = self.take_back()
        head = self.env["order.reversal.head"]._make(self.company)
        self.make_key()
        self.change(reversal.log_ids[0])
        self.assertFalse(head.sudo()._is_signed())
        self.assertFalse(self.log.verify_chain(self.company)["intact"])

    def test_a_broken_chain_is_not_signed(self):
        reversal = self.take_back()
        self.change(reversal.log_ids[0])
        heads = self.env["order.reversal.head"].with_user(self.auditor)
        name = "odoo.addons.erp_order_reversal.models.order_reversal_head.deliver"
        with mute_logger(name), self.assertRaisesRegex(UserError, "changed after"):
            heads.action_sign()
        with mute_logger(name):
            self.run_cron("cron_sign")
        self.assertFalse(heads.search([("company_id", "=", self.company.id)]))
        self.assertTrue(reversal.sudo().activity_ids, "the managers are told")

    def test_a_part_a_day_comes_to_all(self):
        self.take_back()
        log = self.log.sudo()
        rows = log.search_count([("company_id", "=", self.company.id)])
        last = log.search([("company_id", "=", self.company.id)])[-1]
        self.assertGreater(rows, 6)
        self.assertFalse(log._verify_part(self.company, 3))
        self.change(last)
        found = [log._verify_part(self.company, 3) for _day in range(rows)]
        self.assertIn(last.id, found)

    # ------------------------------------------------------------------
    # Images and files
    # ------------------------------------------------------------------

    def test_images_are_compressed(self):
        reversal = self.take_back()
        self.env.flush_all()
        self.cr.execute(
            "SELECT pg_column_size(snapshot) FROM order_reversal WHERE id = %s",
            [reversal.id],
        )
        [size] = self.cr.fetchone()
        self.assertLess(size, reversal.snapshot_size / 3)

    def test_an_image_is_bounded(self):
        """What a process could not hold is refused before anything is tried."""
        order = self.settle_printed()
        reversal = self.request(order)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(IMAGE_ROWS_KEY, "5")
        [found] = [
            found
            for found in reversal.rehearse()["findings"]
            if found["severity"] == "blocker"
        ]
        for word in (order.name, "5 rows", "invoices one at a time", IMAGE_ROWS_KEY):
            self.assertIn(word, found["message"])
        books = self.trial_balance()
        with self.assertRaisesRegex(UserError, "a backup may have"):
            with self.cr.savepoint():
                reversal.action_submit()
        self.assertEqual((order.state, reversal.state), ("sale", "draft"))
        self.assertBooks(books)
        for wrong in ("0", "many", "-1"):
            parameters.set_param(IMAGE_ROWS_KEY, wrong)
            self.assertEqual(reversal._get_image_limit(), IMAGE_ROWS)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")

    def use_archive(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.company.sudo().write(
            {"reversal_archive_folder": folder, "reversal_archive_age": 365}
        )
        return Path(folder)

    def take_back_printed(self, age):
        reversal = self.reverse(self.settle_printed())
        self.grow_old(reversal, age)
        return reversal

    def test_old_files_go_to_the_archive(self):
        folder = self.use_archive()
        old, young = self.take_back_printed(400), self.take_back_printed(10)
        self.run_cron("cron_archive")
        file = old.file_ids
        self.assertEqual((file.moved, file.kept), ("archived", True))
        self.assertFalse(young.file_ids.moved)
        self.assertFalse(file._get_attachments(), "no longer in the database")
        [path] = [path for path in folder.rglob("*") if path.is_file()]
        self.assertEqual(path.read_bytes(), PDF)
        self.assertEqual(path.stem, hashlib.sha256(PDF).hexdigest())
        row = old.log_ids[-1]
        self.assertEqual((row.event, row.detail["files"]), ("archived", [file.sha256]))
        # Verified, downloaded and part of the evidence as before.
        self.assertTrue(old.action_verify(), old.verify_detail)
        members = self.evidence(old)
        self.assertEqual(members[f"files/{file.sha256}"], PDF)
        self.assertEqual(self.check(members, self.heads_of(members)), [])
        action = file.with_user(self.auditor).action_download()
        number = int(action["url"].split("/")[4])
        export = self.env["order.reversal.export"].sudo().browse(number)
        self.assertEqual(self.raw(export), PDF)
        # Changed there, or gone.
        path.write_bytes(PDF + b"forged")
        self.assertFalse(old.action_verify())
        self.assertIn(file.name, old.verify_detail)
        path.unlink()
        self.assertFalse(old.action_verify())
        with self.assertRaisesRegex(UserError, "in the archive"):
            file.with_user(self.auditor).action_download()
        members = self.evidence(old)
        self.assertEqual(self.check(members, self.heads_of(members)), [])

    def test_an_archive_that_cannot_be_written(self):
        folder = self.use_archive()
        old = self.take_back_printed(400)
        self.company.sudo().reversal_archive_folder = "/proc/nowhere"
        with mute_logger("odoo.addons.erp_order_reversal.models.file"):
            self.run_cron("cron_archive")
        self.assertFalse(old.file_ids.moved)
        self.assertTrue(old.action_verify(), "nothing was lost")
        self.assertFalse(list(folder.iterdir()))

    def test_the_folder_is_the_administrators(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).write(
                {"reversal_archive_folder": "/etc"}
            )

    def test_personal_data_leaves_the_archive_too(self):
        folder = self.use_archive()
        old = self.take_back_printed(400)
        self.run_cron("cron_archive")
        self.env.cr.postcommit.clear()
        self.reversals.with_user(self.manager)._redact(self.partner, "A letter")
        # What the commit would do: the last thing asked for.
        self.env.cr.postcommit.run()
        self.assertFalse([path for path in folder.rglob("*") if path.is_file()])
        self.assertTrue(old.action_verify(), old.verify_detail)

    def test_a_chunk_at_a_time(self):
        self.take_back(3)
        sizes = []
        original = type(self.reversals)._verify_again

        def count(reversals):
            sizes.append(len(reversals))
            return original(reversals)

        with (
            patch.object(verify, "CHUNK", 2),
            patch.object(type(self.reversals), "_verify_again", count),
        ):
            self.run_cron("cron_verify")
        self.assertLessEqual(max(sizes), 2)
        self.assertGreaterEqual(sum(sizes), 3)
