"""The policy of a company: set by its reversal managers, over RPC too, and recorded."""

from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import GROUP, ReversalCase
from .rpc import RpcMixin

POLICY = {
    "reversal_approval": "above",
    "reversal_approval_amount": 500.0,
    "reversal_approval_age": 90,
    "reversal_approval_locked": True,
    "reversal_approval_money": "refund",
    "reversal_approval_days": 3,
    "reversal_guard": True,
    "reversal_head_email": "notary@example.com",
    "reversal_verify_limit": 50,
    "reversal_archive_age": 400,
    "reversal_signal_share": 90,
    "reversal_signal_night_from": 22,
    "reversal_signal_night_to": 5,
    "reversal_signal_last_days": 2,
    "reversal_signal_pair": 4,
    "reversal_signal_many": 8,
    "reversal_signal_open_days": 20,
}


@tagged("post_install", "-at_install")
class TestPolicyRpc(ReversalCase, RpcMixin, HttpCase):
    def test_each_field_by_managers_alone(self):
        known = self.env["res.company"]._get_reversal_policy_fields()
        self.assertEqual(set(POLICY), known)
        for name, value in POLICY.items():
            self._matrix(
                {"manager"}, "res.company", "write", self.company.ids, {name: value}
            )
        self._matrix({"manager"}, "res.company", "write", self.company.ids, POLICY)

    def test_nothing_else_and_nowhere_else(self):
        self._matrix(set(), "res.company", "write", self.company.ids, {"name": "x"})
        mixed = {"reversal_guard": True, "name": "x"}
        self._matrix(set(), "res.company", "write", self.company.ids, mixed)
        other = self.setup_other_company()["company"]
        self._matrix(set(), "res.company", "write", other.ids, POLICY)
        both = (self.company | other).ids
        self._matrix(set(), "res.company", "write", both, POLICY)
        for ids in ([0], [False], ["x"], [2**31 - 2]):
            with mute_logger("odoo.http", "odoo.sql_db"):
                self.assertFalse(
                    self._may("manager", "res.company", "write", ids, POLICY)
                )

    def test_who_changed_what_is_on_record(self):
        self._rpc(
            "manager",
            "res.company",
            "write",
            self.company.ids,
            {"reversal_approval": "always", "reversal_guard": False},
        )
        log = self.env["order.reversal.log"].sudo()
        row = log.search([("event", "=", "policy")], order="id desc", limit=1)
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(
            row.detail["policy"], {"reversal_approval": ["never", "always"]}
        )

    def test_an_administrator_still_may(self):
        """By the settings, as the host does it."""
        admin = self._user("admin_p_t", "base.group_system", GROUP + "manager")
        settings = self.env["res.config.settings"].with_user(admin)
        settings.create({"reversal_approval": "always"}).execute()
        self.assertEqual(self.company.reversal_approval, "always")

    def test_a_manager_has_a_form_for_it(self):
        """Without the general settings, which are the administrators'."""
        action = self.env.ref("erp_order_reversal.res_company_action_policy")
        mine = self.env(
            user=self.manager, context={"allowed_company_ids": self.company.ids}
        )
        opened = action.with_env(mine).run()
        with Form(
            mine["res.company"].browse(opened["res_id"]), opened["views"][0][0]
        ) as form:
            form.reversal_approval = "above"
            form.reversal_approval_amount = 100.0
        self.assertEqual(self.company.reversal_approval_amount, 100.0)
