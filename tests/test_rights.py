"""Missing rights: a clear error, and nothing changed."""

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ReversalCase


class TestRights(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_only = cls._user(
            "own_only",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )

    def test_without_the_group(self):
        order, _invoice, _payment = self.settle()
        with self.assertRaises(AccessError):
            self.request(order, user=self.outsider)
        with self.assertRaises(AccessError):
            order.with_user(self.outsider).action_open_reversal()
        with self.assertRaises(AccessError):
            self.request(order, user=self.auditor)

    def test_without_the_right_to_invoice_it_waits_for_approval(self):
        order, invoice, _payment = self.settle()
        reversal = self.request(order, user=self.requester)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertIn(self.approver, reversal.activity_ids.user_id)
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.approver_id, self.approver)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(reversal.activity_ids)

    def test_only_own_orders(self):
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        with self.assertRaises(AccessError):
            self.request(order, user=self.own_only)
        order, _invoice, _payment = self.settle(user_id=self.own_only.id)
        reversal = self.request(order, user=self.own_only)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")

    def test_an_invoice_of_an_order_that_is_closed_to_the_user(self):
        """The host's record rule is told before anything is tried."""
        order, invoice, payment = self.settle(user_id=self.clerk.id)
        before = self.trial_balance()
        invoice.invoice_user_id = self.own_only
        for root in (invoice, payment):
            reversal = self.request(root, "cancel", user=self.own_only)
            with self.assertRaisesRegex(AccessError, f"may not change {order.name}"):
                with self.cr.savepoint():
                    reversal.action_submit()
        self.assertBooks(before)

    def test_own_order_on_an_invoice_with_anothers(self):
        own = self.make_order(user_id=self.own_only.id)
        others = self.make_order(user_id=self.clerk.id)
        invoice = self.invoice(own | others)
        invoice.invoice_user_id = self.clerk
        invoice.is_move_sent = True
        self.pay(invoice)
        reversal = self.request(own, user=self.own_only)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(others.order_line.mapped("qty_invoiced"), [1.0] * 3)

    def test_state_cannot_be_written(self):
        order, _invoice, _payment = self.settle()
        reversal = self.request(order)
        for field, value in (
            ("state", "done"),
            ("approver_id", self.clerk.id),
            ("requester_id", self.approver.id),
            ("fingerprint", "forged"),
            ("snapshot_hash", "forged"),
            ("name", "REV/0"),
            ("order_id", self.make_order().id),
        ):
            for user in (self.clerk, self.manager):
                with self.assertRaises(UserError, msg=field):
                    reversal.with_user(user).write({field: value})
                with self.assertRaises(UserError, msg=field):
                    reversal.with_user(user).with_context(
                        order_reversal_engine=True
                    ).write({field: value})
        with self.assertRaises(ValidationError):
            self.request(order, state="done")
        with self.assertRaises(UserError):
            reversal.action_assess()
            reversal.step_ids[0].write({"operation": "draft"})

    def test_done_is_not_edited_nor_deleted(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        with self.assertRaises(UserError):
            reversal.note = "later"
        with self.assertRaises(UserError):
            reversal.unlink()
        with self.assertRaises(UserError):
            reversal.copy()
        with self.assertRaises(UserError):
            reversal.action_cancel()
