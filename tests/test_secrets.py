"""What leaves the database hangs on its own rights, and opens nothing else."""

import hashlib
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import GROUP, ReversalCase
from .rpc import RpcMixin


@tagged("post_install", "-at_install")
class TestSecrets(ReversalCase, RpcMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_only = cls._user(
            "own_only_t", "sales_team.group_sale_salesman", GROUP + "user"
        )

    def status(self, user, url):
        self.authenticate(user.login, user.login)
        with mute_logger("odoo.http"):
            return self.url_open(url)

    # ------------------------------------------------------------------
    # The image
    # ------------------------------------------------------------------

    def test_an_image_holds_no_secrets(self):
        order, invoice, _payment = self.settle(user_id=self.clerk.id)
        tokens = order._portal_ensure_token(), invoice._portal_ensure_token()
        reversal = self.reverse(order)
        text = reversal.snapshot_json()
        for token in tokens:
            self.assertTrue(token)
            self.assertNotIn(token, text)
        self.assertEqual(
            hashlib.sha256(text.encode()).hexdigest(), reversal.snapshot_hash
        )
        for table, rows in json.loads(text)["tables"].items():
            model = self.env["order.reversal"]._get_image_models().get(table)
            for column in rows[0]:
                self.assertNotRegex(column, "token|secret|password")
                if model is not None and column in model._fields:
                    self.assertFalse(model._fields[column].groups, column)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.settlement_state, "settled")
        self.assertEqual(order.access_token, tokens[0])

    def test_older_images_lose_theirs_when_read(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        reversal = self.reverse(order)
        image = reversal._snapshot()
        image["tables"]["sale_order"][0]["access_token"] = "open-sesame"
        text = reversal._canonical(image)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = %s WHERE id = %s",
            [text, reversal.id],
        )
        self.env.invalidate_all()
        self.assertNotIn("open-sesame", reversal.snapshot_json())
        # The stored one keeps its hash.
        self.assertEqual(reversal.sudo().snapshot, text)

    def test_who_may_not_read_all_of_it(self):
        """Her own order on an invoice with somebody else's, and its payment."""
        own = self.make_order(user_id=self.own_only.id)
        others = self.make_order(user_id=self.clerk.id)
        invoice = self.invoice(own | others)
        invoice.is_move_sent = True
        self.pay(invoice)
        reversal = self.reverse(own)
        mine = reversal.with_user(self.own_only)
        self.assertTrue(mine.read(["name"]))
        with self.assertRaisesRegex(AccessError, "auditor"):
            mine.snapshot_json()
        with mute_logger("odoo.http", "odoo.sql_db"):
            self.assertFalse(
                self._may(
                    self.own_only, "order.reversal", "snapshot_json", reversal.ids
                )
            )
        url = f"/order_reversal/snapshot/{reversal.id}"
        self.assertNotEqual(self.status(self.own_only, url).status_code, 200)
        for user in (self.clerk, self.auditor):
            self.assertEqual(self.status(user, url).text, reversal.snapshot_json())

    def test_image_and_hash_replaced_together(self):
        """The chain has the hash of the original."""
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        forged = reversal.snapshot_json().replace('"sale"', '"sole"')
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = %s, snapshot_hash = %s WHERE id = %s",
            [forged, hashlib.sha256(forged.encode()).hexdigest(), reversal.id],
        )
        self.env.invalidate_all()
        self.assertFalse(reversal.action_verify())
        self.assertIn("backup", reversal.verify_detail)

    # ------------------------------------------------------------------
    # Exports
    # ------------------------------------------------------------------

    def test_an_export_is_its_makers_alone(self):
        order, _invoice, _payment = self.settle()
        self.reverse(order)
        with mute_logger("odoo.http"):
            action = self._rpc("auditor", "order.reversal.log", "action_export", [])
        self.assertNotIn("token", action["url"])
        self.assertEqual(self.status(self.auditor, action["url"]).status_code, 200)
        others = self._user("auditor2_t", GROUP + "auditor")
        plain = self._user("plain_t")
        for user in (self.clerk, self.manager, others, plain, self.outsider):
            self.assertNotEqual(
                self.status(user, action["url"]).status_code, 200, user.login
            )
        export = self.env["order.reversal.export"].sudo().search([], limit=1)
        files = self.env["ir.attachment"].sudo()
        files = files.search(
            [("res_model", "=", export._name), ("res_field", "=", "content")]
        )
        self.assertTrue(files)
        self.assertFalse(any(files.mapped("access_token")))
        for user in (plain, self.clerk, others):
            found = files.with_user(user).search([("id", "in", files.ids)])
            self.assertFalse(found)
            with self.assertRaises(AccessError):
                files.with_user(user).read(["datas"])

    def test_an_export_goes_away(self):
        export = self.env["order.reversal.export"].with_user(self.auditor)
        export._download("x.txt", b"x")
        made = export.sudo().search([("create_uid", "=", self.auditor.id)])
        self.env.flush_all()
        root = made.with_user(self.env.ref("base.user_root"))
        root._gc_exports()
        self.assertTrue(made.exists())
        old = fields.Datetime.now() - timedelta(days=2)
        self.cr.execute("UPDATE order_reversal_export SET create_date = %s", [old])
        self.env.invalidate_all()
        root._gc_exports()
        self.assertFalse(made.exists())

    def test_no_file_of_the_addon_is_open_to_all(self):
        """Nothing hangs on a record that every employee may read, or on none."""
        order, _invoice, _payment = self.settle()
        files = self.env["ir.attachment"].sudo()
        known = files.search([("res_field", "!=", "x")])
        reversal = self.reverse(order)
        self.env["order.reversal.log"].with_user(self.auditor).action_export()
        report = "/report/html/erp_order_reversal.report_voucher"
        self.status(self.auditor, f"{report}/{reversal.id}")
        made = files.search([("res_field", "!=", "x")]) - known
        self.assertTrue(made)
        for file in made:
            self.assertTrue(file.res_id, file.name)
            self.assertFalse(file.public, file.name)
            self.assertFalse(file.access_token, file.name)
            self.assertIn(
                file.res_model,
                ("order.reversal", "order.reversal.export", "order.reversal.file"),
            )
