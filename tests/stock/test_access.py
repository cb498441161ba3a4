"""Who may move goods, and what stands against it."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .common import GoodsCase


class TestAccess(GoodsCase):
    def test_without_stock_right_somebody_else_approves(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        for method in ("return", "request_return"):
            reversal = self.request(
                order, "cancel", user=self.seller, delivery_method=method
            )
            reversal.action_assess()
            self.assertIn("You may not make returns", reversal.approval_note)
            reversal.action_submit()
            self.assertEqual(reversal.state, "to_approve")
            note = reversal.activity_ids[:1].note
            self.assertIn(f"{self.seller.name} may not make returns", note)
            self.assertEqual(order.state, "sale")
            reversal.action_cancel()

    def test_an_approver_without_stock_right_is_told_who_may(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(order, "cancel", user=self.seller)
        reversal.action_submit()
        with self.assertRaisesRegex(AccessError, "Inventory: User"):
            reversal.with_user(self.approver).action_approve()
        self.assertEqual(order.state, "sale")
        reversal.with_user(self.stock_approver).action_approve()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal._get_returns().create_uid, self.stock_approver)

    def test_a_requester_asks_and_an_approver_receives(self):
        before = self.on_hand()
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(
            order, "cancel", user=self.requester, delivery_method="return"
        )
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        reversal.with_user(self.stock_approver).action_approve()
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)

    def test_without_stock_right_goods_may_stay(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(
            order, "cancel", user=self.seller, delivery_method="keep"
        )
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")

    def test_without_stock_right_an_open_delivery_is_cancelled(self):
        """As the host allows a salesperson, too."""
        order, _invoice, _payment = self.settle_goods(products=self.desk, deliver=False)
        self.assertEqual(order.picking_ids.state, "assigned")
        reversal = self.request(order, "cancel", user=self.seller)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_approval_lapses_when_goods_moved(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        reversal = self.request(order, "cancel", user=self.requester)
        reversal.action_submit()
        self.send_back(delivery, {self.desk: 1.0})
        with self.assertRaisesRegex(UserError, "changed since"):
            reversal.with_user(self.stock_approver).action_approve()

    def test_an_approver_of_another_language_sees_no_change(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.desk.with_context(lang="zh_CN").name = "书桌"
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(order, "cancel", user=self.requester)
        reversal.action_submit()
        chinese = reversal.with_user(self.stock_approver).with_context(lang="zh_CN")
        self.assertTrue(any("书桌" in step.outcome for step in chinese.step_ids))
        self.assertFalse(chinese.changes)
        chinese.action_approve()
        self.assertEqual(reversal.state, "done")

    def test_what_was_shown_is_what_is_done(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(order, "cancel")
        reversal.action_assess()
        reversal.seen_fingerprint = reversal.fingerprint
        self.send_back(order.picking_ids, {self.desk: 1.0})
        with self.assertRaisesRegex(UserError, "changed since"):
            reversal.action_submit()

    def test_unknown_method(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        with self.assertRaisesRegex(ValidationError, "“teleport” is no"):
            self.request(order, "cancel", delivery_method="teleport")

    def test_no_method_asks_for_the_return(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(order, "cancel", delivery_method=False)
        reversal.action_assess()
        self.assertEqual(reversal.step_ids.mapped("operation")[-1], "request_return")

    def test_the_method_can_be_written_while_draft_only(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.request(order, "cancel")
        reversal.delivery_method = "keep"
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        with self.assertRaises(UserError):
            reversal.delivery_method = "return"


class TestLocks(GoodsCase):
    def test_goods_cannot_move_in_a_locked_period(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        self.env.flush_all()
        self.company.fiscalyear_lock_date = self.today()
        for method in ("return", "request_return"):
            reversal = self.request(order, "cancel", delivery_method=method)
            reversal.action_assess()
            found = reversal.finding_ids.filtered(
                lambda finding: finding.code == "stock_period_locked"
            )
            self.assertEqual(found.severity, "blocker")
            self.assertIn("stay with the customer", found.remedy)
            with self.assertRaises(UserError):
                reversal.action_submit()
        self.assertEqual(order.state, "sale")
        self.reverse(order, "cancel", delivery_method="keep")

    def test_the_host_can_be_told_not_to_mind(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        self.company.fiscalyear_lock_date = self.today()
        self.env["ir.config_parameter"].set_param(
            "stock_account.skip_lock_date_check", "True"
        )
        self.reverse(order, "cancel", delivery_method="return")
        self.assertNothingDelivered(order)

    def test_delivered_in_a_period_that_was_closed_since(self):
        before = self.on_hand()
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        picking = order.picking_ids
        past = "2020-03-05 10:00:00"
        picking.write({"date_done": past})
        picking.move_ids.write({"date": past})
        self.env.cr.execute(
            "UPDATE stock_picking SET scheduled_date = %s WHERE id = %s",
            [past, picking.id],
        )
        picking.invalidate_recordset()
        self.company.fiscalyear_lock_date = "2020-12-31"
        self.reverse(order, "cancel", delivery_method="return")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)

    def test_an_open_delivery_of_a_period_that_was_closed_since(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk, deliver=False)
        picking = order.picking_ids
        picking.scheduled_date = "2020-03-05 10:00:00"
        self.env.flush_all()
        self.company.fiscalyear_lock_date = "2020-12-31"
        self.reverse(order, "cancel")
        self.assertEqual(picking.state, "cancel")


class TestDialog(GoodsCase):
    def open_dialog(self, order):
        action = order.with_user(self.clerk).action_open_reversal()
        return Form(
            self.env["order.reversal"]
            .with_user(self.clerk)
            .with_context(**action["context"]),
            view="erp_order_reversal.order_reversal_view_form_dialog",
        )

    def test_a_reason_brings_its_method(self):
        self.reason.sudo().delivery_method = "keep"
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        with self.open_dialog(order) as form:
            self.assertEqual(form.delivery_method, "request_return")
            form.reason_id = self.reason
            self.assertEqual(form.delivery_method, "keep")
            self.assertEqual(
                [step["operation"] for step in form.step_ids._records][-1], "keep"
            )
        self.assertEqual(
            self.env.ref("erp_order_reversal.reason_goods_returned")
            .sudo()
            .delivery_method,
            "return",
        )

    def test_the_method_changes_the_steps(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        with self.open_dialog(order) as form:
            form.reason_id = self.reason
            form.delivery_method = "return"
            operations = [step["operation"] for step in form.step_ids._records]
            self.assertIn("return", operations)
            self.assertLess(operations.index("return"), operations.index("credit"))
        reversal = form.record
        reversal.action_submit()
        self.assertNothingDelivered(order)

    def test_steps_are_carried_out_in_the_order_of_the_list(self):
        operations = list(self.env["order.reversal.step"]._get_operations())
        places = [
            operations.index(name)
            for name in (
                "release",
                "void_payment",
                "return",
                "void",
                "credit",
                "cancel",
                "keep",
                "request_return",
                "draft",
            )
        ]
        self.assertEqual(places, sorted(places))
