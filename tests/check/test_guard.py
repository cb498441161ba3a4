"""Blockers stand on the server, on every path; who may let them pass."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, JsonRpcException
from odoo.tools import mute_logger

from ..rpc import RpcMixin
from .common import CheckCase


class TestGuard(CheckCase):
    def setUp(self):
        super().setUp()
        self.block("price")
        self.order = self.make_order()
        self.move = self.draft(self.order)
        self.line = self.product_lines(self.move)[0]
        self.line.price_unit = 1.0

    def test_every_path_of_posting(self):
        move = self.move.with_user(self.clerk)
        for post in (
            move.action_post,
            move._post,
            lambda: move._post(soft=False),
            lambda: move.write({"state": "posted"}),
            lambda: self.env["validate.account.move"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
            .validate_move(),
        ):
            with self.assertRaisesRegex(UserError, "Service 1"), self.cr.savepoint():
                post()
            self.assertEqual(self.move.state, "draft")
        self.line.price_unit = 100.0
        move.action_post()
        self.assertEqual(self.move.state, "posted")

    def test_import(self):
        """A file that sets the state posts nothing."""
        result = self.move.with_user(self.clerk).load(
            [".id", "state"], [[str(self.move.id), "posted"]]
        )
        self.assertIn("Service 1", result["messages"][0]["message"])
        self.assertEqual(self.move.state, "draft")

    def test_scheduled_posting(self):
        self.move.write({"auto_post": "at_date", "date": "2026-01-05"})
        self.move.invoice_date = "2026-01-05"
        with self.enter_registry_test_mode():
            self.env.ref(
                "account.ir_cron_auto_post_draft_entry"
            ).sudo().method_direct_trigger()
        self.assertEqual(self.move.state, "draft")

    def test_the_refusal_says_what_to_do(self):
        with self.assertRaises(UserError) as refused:
            self.move.with_user(self.clerk).action_post()
        text = str(refused.exception)
        for part in ("Service 1", "1.00", "100.00", self.order.name, "manager"):
            self.assertIn(part, text)

    def test_warning_stops_nothing(self):
        self.rule("price").severity = "warning"
        self.move.with_user(self.clerk).action_post()
        self.assertEqual(self.move.state, "posted")

    def test_manager_accepts(self):
        with self.assertRaises(AccessError):
            self.move.with_user(self.clerk).accept_differences("Because")
        acceptance = self.move.with_user(self.manager).accept_differences(" A sample ")
        self.assertEqual(acceptance.reason, "A sample")
        self.assertEqual(acceptance.user_id, self.manager)
        self.assertEqual(self.move.settlement_check_state, "accepted")
        self.move.with_user(self.clerk).action_post()
        self.assertEqual(self.move.state, "posted")

    def test_acceptance_lapses(self):
        self.move.with_user(self.manager).accept_differences("A sample")
        self.line.price_unit = 2.0
        self.assertEqual(self.move.settlement_check_state, "differs")
        with self.assertRaises(UserError):
            self.move.with_user(self.clerk).action_post()

    def test_another_difference_is_not_accepted_with_it(self):
        self.move.with_user(self.manager).accept_differences("A sample")
        self.line.discount = 50.0
        self.assertEqual(self.move.settlement_check_state, "differs")
        # what was accepted still is: the new one is but a warning
        self.move.with_user(self.clerk).action_post()

    def test_warning_accepted_by_a_user_is_no_accepted_blocker(self):
        self.rule("price").severity = "warning"
        self.move.with_user(self.clerk).accept_differences("A sample")
        self.assertEqual(self.move.settlement_check_state, "accepted")
        self.rule("price").severity = "blocker"
        self.env.invalidate_all()
        self.assertEqual(self.move.settlement_check_state, "differs")
        with self.assertRaises(UserError):
            self.move.with_user(self.clerk).action_post()

    def test_who_may_accept(self):
        self.rule("price").severity = "warning"
        with self.assertRaises(AccessError):
            self.move.with_user(self.outsider).accept_differences("Because")
        for reason in ("", "  ", None, 5, False):
            with self.assertRaises(UserError):
                self.move.with_user(self.clerk).accept_differences(reason)
        self.assertEqual(self.move.settlement_check_state, "differs")
        self.move.with_user(self.clerk).accept_differences("Because")
        with self.assertRaises(UserError):
            self.move.with_user(self.clerk).accept_differences("Again")

    def test_log(self):
        logs = self.env["order.reversal.log"].with_user(self.manager)
        self.move.with_user(self.manager).accept_differences("A sample")
        row = logs.search([("event", "=", "accepted")])
        self.assertEqual((row.res_model, row.res_id), ("account.move", self.move.id))
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.detail["codes"], ["price"])
        self.assertIn("A sample", row.detail_text)
        self.assertIn("Service 1", row.detail_text)
        self.assertTrue(logs.verify_chain(self.company)["intact"])

    def test_payments(self):
        self.line.price_unit = 100.0
        self.move.action_post()
        self.block("payment_over", "payment_period")
        self.company.fiscalyear_lock_date = "2026-01-31"
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partner.id,
            "amount": 700.0,
            "journal_id": self.bank.id,
            "invoice_ids": [Command.set(self.move.ids)],
        }
        payments = self.env["account.payment"].with_user(self.clerk)
        payment = payments.create(values)
        for post in (
            payment.action_post,
            payment.action_validate,
            lambda: payment.write({"state": "in_process"}),
            lambda: payments.create({**values, "state": "in_process"}),
            lambda: payments.create(
                {**values, "state": "paid", "amount": 690.0, "date": "2026-01-15"}
            ),
            lambda: self.pay_as(self.clerk, amount=700.0),
        ):
            with self.assertRaisesRegex(UserError, "payment"), self.cr.savepoint():
                post()
        payment.unlink()
        self.assertEqual(self.pay_as(self.clerk).amount, 690.0)

    def pay_as(self, user, **values):
        wizard = (
            self.env["account.payment.register"]
            .with_user(user)
            .with_context(active_model="account.move", active_ids=self.move.ids)
        )
        return wizard.create(values)._create_payments()

    def test_payment_accepted_in_the_dialog(self):
        self.line.price_unit = 100.0
        self.move.action_post()
        self.block("payment_over")
        reason = "Paid in advance"
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.pay_as(self.clerk, amount=700.0, settlement_check_reason=reason)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.pay_as(self.manager, amount=700.0, settlement_check_reason="  ")
        payment = self.pay_as(
            self.manager, amount=700.0, settlement_check_reason=reason
        )
        self.assertEqual(payment.settlement_check_state, "accepted")
        self.assertEqual(self.move.settlement_check_state, "accepted")
        self.assertEqual(self.move.payment_state, "paid")

    def test_reversal_and_restore_pass(self):
        """What a reversal does is no new settlement, whatever the rules say."""
        self.rule("price").severity = "off"
        self.move.action_post()
        self.move.is_move_sent = True
        payment = self.pay(self.move, amount=700.0)
        self.rules.severity = "blocker"
        before = self.trial_balance()
        reversal = self.reverse(self.order)
        self.assertEqual(self.move.payment_state, "reversed")
        self.assertTrue(payment)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(reversal.state, "undone")
        self.assertBooks(before)

    def test_fixes(self):
        order_line = self.order.order_line[0]
        move = self.move.with_user(self.clerk)
        line = self.line.with_user(self.clerk)
        self.assertIn(
            ["account.move.line", "action_take_order_price", line.ids],
            [alert.get("action_call") for alert in move.alerts.values()],
        )
        line.action_take_order_price()
        self.assertAgrees(move)
        line.write(
            {"product_id": self.services[1].id, "quantity": 7.0, "discount": 3.0}
        )
        line.tax_ids = False
        for action in ("product", "quantity", "discount", "tax"):
            getattr(line, f"action_take_order_{action}")()
        self.assertAgrees(move)
        self.assertEqual(line.product_id, order_line.product_id)
        self.assertEqual(line.tax_ids, order_line.tax_ids)
        line.product_uom_id = self.dozen
        line.action_take_order_unit()
        self.assertAgrees(move)
        move.partner_id = self.other
        move.action_take_order_customer()
        move.invoice_payment_term_id = self.terms
        move.action_take_order_terms()
        self.assertAgrees(move)
        move.action_post()
        with self.assertRaises(UserError):
            line.action_take_order_price()
        with self.assertRaises(UserError):
            move.action_take_order_customer()

    def test_fix_takes_what_is_left(self):
        self.line.price_unit = 100.0
        self.move.action_post()
        second = self.draft(self.make_order(quantity=5.0))
        line = self.product_lines(second)[0]
        line.quantity = 9.0
        line.with_user(self.clerk).action_take_order_quantity()
        self.assertEqual(line.quantity, 5.0)

    def test_banner(self):
        alerts = self.move.with_user(self.clerk).alerts
        found = alerts[f"settlement_price_account.move.line_{self.line.id}"]
        self.assertEqual(found["level"], "danger")
        self.assertIn("settlement_accept", alerts)
        self.line.price_unit = 100.0
        self.env.invalidate_all()
        self.assertFalse(self.move.with_user(self.clerk).alerts)

    def test_a_click_leads_to_the_line(self):
        """From each document to the other one; there the line is marked."""
        self.rule("price").severity = "warning"
        [draft] = self.move.with_user(self.clerk).check_settlement()
        self.assertNotIn("Reverse", draft["remedy"])
        self.move.action_post()
        key = f"settlement_price_account.move.line_{self.line.id}"
        order, move = self.order.with_user(self.clerk), self.move.with_user(self.clerk)
        for alerts, target in (
            (order.settlement_check_alerts, move),
            (move.alerts, order),
        ):
            action = alerts[key]["action"]
            self.assertEqual(
                (action["res_model"], action["res_id"]), (target._name, target.id)
            )
            self.assertIn(target.name, alerts[key]["action_text"])
            self.assertIn("take it back with “Reverse…”", alerts[key]["message"])
        lines = move.invoice_line_ids
        self.assertEqual(lines.filtered("settlement_check_differs"), self.line)
        marked = order.order_line.filtered("settlement_check_differs")
        self.assertEqual(marked, self.line.sale_line_ids)
        order.accept_differences("A sample")
        self.env.invalidate_all()
        self.assertFalse(any(lines.mapped("settlement_check_differs")))

    def test_send(self):
        self.rule("price").severity = "warning"
        self.move.action_post()
        self.partner.email = "settled@example.com"
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=self.move.ids)
        )
        alerts = wizard.create({}).alerts
        self.assertTrue([key for key in alerts if key.startswith("settlement_price")])
        self.block("price")
        with self.assertRaisesRegex(UserError, "Service 1"):
            wizard.create({}).action_send_and_print()
        batch = (
            self.env["account.move.send.batch.wizard"]
            .with_user(self.clerk)
            .create(
                {
                    "move_ids": [
                        Command.set(
                            (
                                self.move | self.invoice(self.make_order(quantity=8.0))
                            ).ids
                        )
                    ]
                }
            )
        )
        self.assertEqual(batch.alerts["settlement_check"]["level"], "danger")

    def test_dialog(self):
        dialogs = self.env["settlement.check.accept"]
        action = self.move.with_user(self.clerk).action_accept_differences()
        dialog = (
            dialogs.with_user(self.clerk).with_context(**action["context"]).create({})
        )
        self.assertEqual(dialog.line_ids.mapped("code"), ["price"])
        self.assertFalse(dialog.may_accept)
        dialog.reason = "Because"
        with self.assertRaises(AccessError):
            dialog.action_accept()
        dialog.line_ids.action_fix()
        self.assertEqual(self.line.price_unit, 100.0)
        self.line.price_unit = 1.0
        dialog = (
            dialogs.with_user(self.manager).with_context(**action["context"]).create({})
        )
        self.assertTrue(dialog.may_accept)
        dialog.reason = "Because"
        dialog.action_accept()
        self.assertEqual(self.move.settlement_check_state, "accepted")


class TestAttack(RpcMixin, CheckCase, HttpCase):
    """What a client can send lets no blocker pass."""

    def setUp(self):
        super().setUp()
        self.block("price")
        self.move = self.draft()
        self.product_lines(self.move)[0].price_unit = 1.0
        self.env.flush_all()

    def refused(self, role, model, method, *args, **kwargs):
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._rpc(role, model, method, *args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(self.move.state, "draft")

    def test_posting(self):
        ids = self.move.ids
        for role in ("clerk", "salesman"):
            self.refused(role, "account.move", "action_post", ids)
            self.refused(role, "account.move", "write", ids, {"state": "posted"})
            self.refused(role, "account.move", "_post", ids)
            self.refused(
                role,
                "account.move",
                "action_post",
                ids,
                context={"order_reversal_running": True, "order_reversal_engine": True},
            )

    def test_accepting(self):
        for role in ("clerk", "salesman", "outsider", "auditor"):
            self.refused(
                role, "account.move", "accept_differences", self.move.ids, "Because"
            )
            for model, values in (
                (
                    "settlement.check.acceptance",
                    {
                        "res_model": "account.move",
                        "res_id": self.move.id,
                        "company_id": self.company.id,
                        "user_id": self.manager.id,
                        "reason": "Because",
                        "level": "blocker",
                        "digests": [],
                    },
                ),
                ("settlement.check.rule", {"code": "price", "severity": "off"}),
            ):
                self.refused(role, model, "create", values)
            self.refused(
                role,
                "settlement.check.rule",
                "write",
                self.rule("price").ids,
                {"severity": "off"},
            )

    def test_manager_writes_no_acceptance(self):
        acceptance = self.move.with_user(self.manager).accept_differences("Because")
        self.env.flush_all()
        for method, *args in (
            ("write", {"reason": "Another"}),
            ("unlink",),
            ("copy",),
        ):
            self.refused(
                "manager", "settlement.check.acceptance", method, acceptance.ids, *args
            )
        self.assertEqual(acceptance.reason, "Because")

    def test_state_written(self):
        with mute_logger("odoo.http"):
            self._may("clerk", "account.move", "write", self.move.ids, {"x": 1})
            self._rpc(
                "clerk",
                "account.move",
                "write",
                self.move.ids,
                {"settlement_check_state": "accepted"},
            )
        self.env.invalidate_all()
        self.assertEqual(self.move.settlement_check_state, "differs")
        self.refused("clerk", "account.move", "action_post", self.move.ids)

    def test_manager_sets_the_rule(self):
        rule = self.rule("price")
        self._rpc(
            "manager", "settlement.check.rule", "write", rule.ids, {"severity": "off"}
        )
        self.env.invalidate_all()
        self.assertEqual(rule.severity, "off")
        self.refused("manager", "settlement.check.rule", "unlink", rule.ids)
