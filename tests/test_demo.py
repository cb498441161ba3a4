"""The demo data: every order of it can be taken back at once."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def setUp(self):
        super().setUp()
        self.clerk = self.env.ref(
            "erp_order_reversal.user_clerk", raise_if_not_found=False
        )
        if not self.clerk:
            self.skipTest("the database was made without demo data")

    def _demo(self, model, prefix):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "erp_order_reversal"),
                ("model", "=", model),
                ("name", "=like", f"{prefix}%"),
            ]
        )
        return {row.name.removeprefix(prefix): row.res_id for row in data}

    def test_every_order_is_taken_back_by_the_clerk(self):
        orders = self._demo("sale.order", "demo_order_")
        open_orders = set(orders) - {"done", "waiting"}
        self.assertGreaterEqual(len(open_orders), 6)
        for name in sorted(open_orders):
            with self.subTest(order=name):
                order = (
                    self.env["sale.order"].with_user(self.clerk).browse(orders[name])
                )
                self.assertNotEqual(order.settlement_state, "none")
                reversal = (
                    self.env["order.reversal"]
                    .with_user(self.clerk)
                    .create(
                        {
                            "order_id": order.id,
                            "reason_id": self.env.ref(
                                "erp_order_reversal.reason_operation_mistake"
                            ).id,
                        }
                    )
                )
                reversal.action_submit()
                self.assertEqual(reversal.state, "done")
                self.assertEqual(order.state, "cancel")
                self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_one_done_one_waiting(self):
        reversals = self._demo("order.reversal", "demo_reversal_")
        done = self.env["order.reversal"].browse(reversals["done"])
        self.assertEqual(done.state, "done")
        self.assertEqual(done.verify_state, "intact")
        self.assertEqual(done.requester_id, self.clerk)
        waiting = self.env["order.reversal"].browse(reversals["waiting"])
        self.assertEqual(waiting.state, "to_approve")
        approver = self.env.ref("erp_order_reversal.user_approver")
        self.assertIn(approver, waiting.activity_ids.user_id)
        waiting.with_user(approver).action_approve()
        self.assertEqual(waiting.state, "done")
        self.assertEqual(waiting.order_id.state, "cancel")

    def test_told_in_each_language(self):
        """Whoever tries it chooses the language later."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        self.assertIn("zh_CN", languages)
        reversals = self._demo("order.reversal", "demo_reversal_")
        for name in ("done", "waiting"):
            steps = self.env["order.reversal"].browse(reversals[name]).step_ids
            english = steps.with_context(lang="en_US").mapped("outcome")
            chinese = steps.with_context(lang="zh_CN").mapped("outcome")
            self.assertTrue(all(text.isascii() for text in english), english)
            self.assertFalse(any(text.isascii() for text in chinese), chinese)
        auditor = self.env.ref("erp_order_reversal.user_auditor")
        self.assertEqual(auditor.lang, self.clerk.lang)

    def test_roles(self):
        """Each role of the demo data has its groups, and a log in that works."""
        roles = {
            "clerk": ("user", True),
            "requester": ("user", False),
            "approver": ("approver", True),
            "accountant": ("manager", True),
            "auditor": ("auditor", False),
            "fang": ("auditor", False),
        }
        for login, (group, invoicing) in roles.items():
            user = self.env.ref(f"erp_order_reversal.user_{login}")
            self.assertEqual(user.login, login)
            self.assertTrue(
                user.has_group(f"erp_order_reversal.group_reversal_{group}")
            )
            self.assertEqual(user.has_group("account.group_account_invoice"), invoicing)
            self.env["res.users"].authenticate(
                {"type": "password", "login": login, "password": login},
                {"interactive": False},
            )

    def test_without_a_chart_of_accounts_nothing_is_made(self):
        company = self.env.ref("base.main_company")
        company.chart_template = False
        before = self.env["sale.order"].search_count([])
        self.env["order.reversal.demo"]._load_orders()
        self.assertEqual(self.env["sale.order"].search_count([]), before)
