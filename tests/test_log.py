"""The audit log: append-only, chained, and what plain SQL can't hide from it."""

import hashlib
import json
from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import ReversalCase


class TestLog(ReversalCase):
    def setUp(self):
        super().setUp()
        self.log = self.env["order.reversal.log"].with_user(self.auditor)
        order, _invoice, _payment = self.settle()
        self.reversal = self.reverse(order)
        order, _invoice, _payment = self.settle()
        self.other = self.reverse(order)
        self.rows = self.log.search([("company_id", "=", self.company.id)])

    def test_events(self):
        events = self.reversal.log_ids.mapped("event")
        self.assertEqual(events[0], "requested")
        self.assertEqual(events.count("step"), len(self.reversal.step_ids))
        self.assertIn("done", events)
        self.assertIn("verified", events)
        step = self.reversal.log_ids.filtered(
            lambda row: row.event == "step" and row.res_model == "sale.order"
        )
        self.assertEqual(step.detail["before"], "sale")
        self.assertEqual(step.detail["after"], "cancel")
        self.assertEqual(step.user_id, self.clerk)

    def test_intact(self):
        result = self.log.verify_chain(self.company)
        self.assertEqual(
            result, {"intact": True, "checked": len(self.rows), "first_broken": False}
        )
        self.assertEqual(self.log.verify_chain(self.company.id), result)

    def test_what_a_person_is_told_of_the_chain(self):
        def told():
            log = self.log.with_user(self.clerk).with_company(self.company)
            return log.browse().action_verify_chain()["params"]

        self.assertEqual(told()["type"], "success")
        self.assertIn(f"Rows checked: {len(self.rows)}", told()["message"])
        row = self.rows[1]
        self.cr.execute("ALTER TABLE order_reversal_log DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE order_reversal_log SET user_name = 'x' WHERE id = %s", [row.id]
        )
        self.env.invalidate_all()
        self.assertEqual(told()["type"], "danger")
        self.assertIn(f"the ID {row.id}", told()["message"])
        self.assertIn(self.company.name, told()["message"])

    def test_not_by_the_orm(self):
        for user in (self.clerk, self.manager, self.auditor):
            rows = self.rows.with_user(user)
            with self.assertRaises(UserError):
                rows.write({"detail": {}})
            with self.assertRaises(UserError):
                rows.unlink()
            with self.assertRaises(UserError):
                rows[0].copy()
            with self.assertRaises(UserError):
                rows.create({"event": "done", "company_id": self.company.id})
        for way in (self.rows.sudo().unlink, lambda: self.rows.sudo().write({})):
            with self.assertRaises(UserError):
                way()

    def test_not_by_sql(self):
        for statement in (
            "UPDATE order_reversal_log SET detail = '{}' WHERE id = %s",
            "DELETE FROM order_reversal_log WHERE id = %s",
            "TRUNCATE order_reversal_log",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.cr.savepoint(flush=False),
            ):
                params = [self.rows[0].id] if "%s" in statement else []
                self.cr.execute(statement, params)

    def _tamper(self, *statements):
        """Run plain SQL with the triggers off, as a database owner could."""
        self.env.flush_all()
        self.cr.execute("ALTER TABLE order_reversal_log DISABLE TRIGGER USER")
        for statement, params in statements:
            self.cr.execute(statement, params)
        self.cr.execute("ALTER TABLE order_reversal_log ENABLE TRIGGER USER")
        self.env.invalidate_all()
        return self.log.verify_chain(self.company)

    def test_changed(self):
        row = self.rows[2]
        for column, value in (
            ("detail", json.dumps({"forged": 1})),
            ("user_name", "nobody"),
            ("event", "rejected"),
            ("create_date", "2020-01-01"),
            ("res_name", "S0"),
            ("user_id", self.env.uid),
        ):
            with self.subTest(column=column), self.cr.savepoint() as savepoint:
                result = self._tamper(
                    (
                        f"UPDATE order_reversal_log SET {column} = %s WHERE id = %s",
                        (value, row.id),
                    )
                )
                self.assertFalse(result["intact"])
                self.assertEqual(result["first_broken"], row.id)
                savepoint.rollback()

    def test_removed(self):
        row, following = self.rows[2], self.rows[3]
        result = self._tamper(
            ("DELETE FROM order_reversal_log WHERE id = %s", [row.id])
        )
        self.assertEqual(result["first_broken"], following.id)

    def test_last_ones_removed(self):
        result = self._tamper(
            (
                "DELETE FROM order_reversal_log WHERE reversal_id = %s",
                [self.other.id],
            )
        )
        self.assertFalse(result["intact"])

    def test_inserted(self):
        result = self._tamper(
            (
                """INSERT INTO order_reversal_log
                     (company_id, event, create_date, hash, previous_hash, detail)
                   SELECT company_id, 'approved', create_date, md5('x'), hash, '{}'
                     FROM order_reversal_log WHERE id = %s""",
                [self.rows[-1].id],
            )
        )
        self.assertFalse(result["intact"])
        self.assertGreater(result["first_broken"], self.rows[-1].id)

    def test_swapped(self):
        first, second = self.rows[1].id, self.rows[2].id
        result = self._tamper(
            ("UPDATE order_reversal_log SET id = -1 WHERE id = %s", [first]),
            ("UPDATE order_reversal_log SET id = %s WHERE id = %s", (first, second)),
            ("UPDATE order_reversal_log SET id = %s WHERE id = -1", [second]),
        )
        self.assertFalse(result["intact"])
        self.assertEqual(result["first_broken"], first)

    def test_truncated(self):
        result = self._tamper(("TRUNCATE order_reversal_log", None))
        self.assertFalse(result["intact"])

    def test_snapshot_is_guarded_by_the_log(self):
        text = self.reversal.snapshot_json()
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.assertEqual(digest, self.reversal.snapshot_hash)
        done = self.reversal.log_ids.filtered(lambda row: row.event == "done")
        self.assertEqual(done.detail["snapshot_sha256"], digest)
        tables = json.loads(text)["tables"]
        order = self.reversal.order_id
        self.assertEqual(
            {row["id"] for row in tables["sale_order_line"]}, set(order.order_line.ids)
        )
        self.assertEqual(tables["sale_order"][0]["state"], "sale")
        self.assertTrue(tables["account_partial_reconcile"])
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = replace(snapshot, 'sale', 'sole') "
            "WHERE id = %s",
            [self.reversal.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.reversal.action_verify())
        self.assertEqual(self.reversal.verify_state, "broken")

    def test_verify_finds_a_planted_error(self):
        credit = self.reversal.order_id.invoice_ids.filtered(
            lambda move: move.move_type == "out_refund"
        )
        self.env.flush_all()
        line = credit.line_ids.filtered(lambda line: line.display_type == "product")[0]
        self.cr.execute(
            "UPDATE account_move_line SET balance = balance + 1 WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.reversal.action_verify())
        self.assertIn(credit.name, self.reversal.verify_detail)
        self.assertEqual(self.reversal.log_ids[-1].event, "verified")
        self.assertFalse(self.reversal.log_ids[-1].detail["intact"])

    def _run_cron(self):
        self.cr.execute("UPDATE order_reversal SET verified_on = '2020-01-01'")
        self.env.invalidate_all()
        cron = self.env.ref("erp_order_reversal.cron_verify")
        with self.enter_registry_test_mode():
            cron.sudo().method_direct_trigger()
        self.env.invalidate_all()

    def test_daily_check_tells_the_managers(self):
        self.other.order_id.write({"state": "sale"})
        self.env.flush_all()
        self._run_cron()
        self.assertEqual(self.other.verify_state, "broken")
        self.assertEqual(self.reversal.verify_state, "intact")
        self.assertIn(self.manager, self.other.activity_ids.user_id)
        (self.reversal | self.other).sudo().flush_recordset()
        self._run_cron()
        self.assertEqual(
            len(self.other.activity_ids.filtered(lambda a: a.user_id == self.manager)),
            1,
        )

    def test_an_order_confirmed_anew_is_no_error(self):
        """The host dates the confirmation; a state written beside it is an error."""
        order = self.reversal.order_id
        order.action_draft()
        self.assertTrue(self.reversal.action_verify(), self.reversal.verify_detail)
        with freeze_time(self.reversal.done_on + timedelta(minutes=1)):
            order.action_confirm()
        self.pay(self.invoice(order))
        self.assertTrue(self.reversal.action_verify(), self.reversal.verify_detail)

    def test_row_outlives_its_document(self):
        invoice = self.init_invoice("out_invoice", amounts=[10.0])
        reversal = self.reverse(invoice, "invoice")
        row = reversal.log_ids.filtered(lambda row: row.res_model == "account.move")
        name = row.res_name
        invoice.unlink()
        self.env.invalidate_all()
        self.assertEqual(row.res_name, name)
        self.assertTrue(self.log.verify_chain(self.company)["intact"])
