"""Addons of OCA that ask a person something instead of acting, or act by themselves."""

from odoo.exceptions import UserError

from .test_peer import PeerCase


class TestDialogs(PeerCase):
    def restore(self, reversal):
        return (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )

    def assertSaidAndRefused(self, reversal, question):
        before = self.trial_balance()
        blockers = [
            found["message"]
            for found in reversal.rehearse()["findings"]
            if found["severity"] == "blocker"
        ]
        self.assertIn(f"“{question}”", " ".join(blockers))
        with self.assertRaisesRegex(UserError, question), self.env.cr.savepoint():
            reversal.action_submit()
        self.env.invalidate_all()
        self.assertBooks(before)

    def test_cancel_confirm(self):
        """`account_move_cancel_confirm`: each payment asks whether it is meant."""
        self.env["ir.config_parameter"].sudo().set_param(
            "account.payment.cancel_confirm_disable", "False"
        )
        order, _invoice, payment = self.settle()
        self.assertFalse(payment.cancel_confirm)
        reversal = self.request(order, payment_method="void")
        self.assertSaidAndRefused(reversal, "Cancel Confirmation")
        self.assertIn(payment.state, ("in_process", "paid"))
        payment.cancel_confirm = True
        reversal.action_submit()
        self.assertEqual((reversal.state, payment.state), ("done", "canceled"))

    def exception(self):
        """`sale_exception`: a customer without a postal code."""
        self.company.sudo().sale_exception_show_popup = True
        self.partner.zip = False
        self.env.ref("sale_exception.excep_no_zip").sudo().active = True

    def test_exception(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        self.exception()
        restore = self.restore(reversal)
        self.assertSaidAndRefused(restore, "Blocked in draft due to exceptions")
        self.assertEqual(order.state, "cancel")
        self.partner.zip = "1000"
        restore.action_submit()
        self.assertEqual(order.state, "sale")

    def test_exception_when_it_is_settled_again(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order, "draft")
        self.exception()
        settlements = self.env["order.settlement"].with_user(self.clerk)
        settlement = settlements.create({"reversal_id": reversal.id})
        [found] = settlement.finding_ids.filtered(lambda f: f.code == "refused")
        self.assertIn("Blocked in draft due to exceptions", found.message)
        with self.assertRaisesRegex(UserError, "Blocked in draft"):
            settlement.action_settle()

    def test_risk(self):
        """`sale_financial_risk`: the customer owes too much to order again."""
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        self.partner.sudo().risk_sale_order_limit = 1.0
        self.assertSaidAndRefused(self.restore(reversal), "Partner risk exceeded")
        self.assertEqual(order.state, "cancel")

    def test_workflow(self):
        """`sale_automatic_workflow`: said where the order stays confirmed."""
        order, _invoice, _payment = self.settle()
        order.workflow_process_id = self.env["sale.workflow.process"].create(
            {"name": "At once", "create_invoice": True}
        )
        for scope, said in (("invoice", True), ("cancel", False)):
            reversal = self.request(order, scope)
            reversal.action_assess()
            codes = reversal.finding_ids.mapped("code")
            self.assertEqual("acts_again" in codes, said)
