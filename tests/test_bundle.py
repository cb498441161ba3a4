"""The evidence of a reversal as one file, by real HTTP with a real login."""

import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import GROUP
from .rpc import RpcMixin
from .test_files import PDF
from .test_proof import ProofCase, unpack


@tagged("post_install", "-at_install")
class TestBundle(ProofCase, RpcMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls._user(
            "other_team_t", "sales_team.group_sale_salesman", GROUP + "user"
        )

    def setUp(self):
        super().setUp()
        self.company.reversal_approval = "always"
        self.reversal = self.request(self.settle_printed())
        self.reversal.action_submit()
        self.reversal.with_user(self.approver).action_approve()
        self.assertEqual(self.reversal.state, "done")

    def get(self, user, url):
        self.authenticate(user.login, user.login)
        with mute_logger("odoo.http"):
            return self.url_open(url)

    def test_what_is_in_it(self):
        reversal = self.reversal
        ids = reversal.ids
        action = self._rpc("auditor", reversal._name, "action_download_evidence", ids)
        response = self.get(self.auditor, action["url"])
        self.assertEqual(response.status_code, 200)
        members = unpack(response.content)
        image = f"images/{reversal.id}.json"
        [file] = [name for name in members if name.startswith("files/")]
        self.assertEqual(
            set(members),
            {
                *("index.json", "index.sig", "log.jsonl", "heads.jsonl", "README.txt"),
                *("verify_log.py", "approved.json", "voucher.html", image, file),
            },
        )
        self.assertEqual(members[file], PDF)
        self.assertIn(reversal.name, members["voucher.html"].decode())
        self.assertEqual(members[image].decode(), reversal.snapshot_json())
        approved = json.loads(members["approved.json"])
        self.assertEqual(approved["approved_by"], "approver_t")
        shown = approved["shown_for_approval"]
        self.assertEqual(
            {effect["document"] for effect in shown["effects"]}
            & {"S", reversal.root_name},
            {reversal.root_name},
        )
        self.assertEqual(len(shown["steps"]), len(reversal.step_ids))
        # In the image, too: the chain has its hash.
        self.assertEqual(json.loads(members[image])["shown"], shown)
        self.assertIn(b"python3 verify_log.py", members["README.txt"])
        self.assertEqual(self.check(members, self.heads_of(members)), [])

    def test_who_may(self):
        reversal = self.reversal
        call = (reversal._name, "action_download_evidence", reversal.ids)
        with mute_logger("odoo.http", "odoo.sql_db"):
            for role, may in (
                ("auditor", True),
                ("manager", True),
                ("other_team", False),
                ("outsider", False),
            ):
                self.assertEqual(self._may(role, *call), may, role)
        action = self._rpc("auditor", *call)
        for user in (self.other_team, self.manager, self.outsider, self.clerk):
            response = self.get(user, action["url"])
            self.assertNotEqual(response.status_code, 200, user.login)
