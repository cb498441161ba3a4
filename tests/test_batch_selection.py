"""The dialog on a selection asks the planner, a part at a time; and all restored."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .batch import BatchCase

PART = "odoo.addons.erp_order_reversal.models.order_reversal_batch.assess.PART"


class TestSelection(BatchCase):
    def values(self, orders, **values):
        return {"order_ids": orders.ids, "reason_id": self.reason.id, **values}

    def part(self, orders, user=None, **values):
        model = self.env["order.reversal.batch"].with_user(user or self.clerk)
        return model.assess_part(self.values(orders, **values))

    def test_a_part_at_a_time(self):
        orders = self.settle_many(5)
        with patch(PART, 2):
            first = self.batch(orders).assessment
            self.assertEqual((first["total"], first["checked"]), (5, 2))
            self.assertEqual(first["ready"], 2)
            self.assertIn("2 of 5", self.batch(orders).assessment_html)
        whole = self.part(orders)
        self.assertEqual((whole["checked"], whole["ready"]), (5, 5))
        self.assertEqual(whole["credited"], 5)
        self.assertEqual(whole["amount"], sum(orders.mapped("amount_total")))
        self.assertEqual(whole["kept"], whole["amount"])
        self.assertEqual(whole["partner_ids"], self.partner.ids)

    def test_the_same_as_each_by_itself(self):
        """No code is blocked in one and allowed in the other."""
        shared = self.make_order() | self.make_order()
        self.pay(self.invoice(shared))
        part, invoice, _payment = self.settle()
        invoice._reverse_moves([{}], cancel=False).invoice_line_ids[1:].unlink()
        invoice.reversal_move_ids.action_post()
        quotation = self.make_order()
        quotation._action_cancel()
        orders = shared | part | quotation | self.settle(sent=False)[0]
        for values in (
            {},
            {"invoice_method": "void"},
            {"payment_method": "void"},
            {"scope": "payment"},
            {"scope": "unlock"},
        ):
            with self.subTest(**values):
                found = self.part(orders, **values)
                blocked = {
                    (group["code"], row[1])
                    for group in found["groups"]
                    for row in group["documents"]
                }
                expected = set()
                for order in orders:
                    single = self.request(order, **values)
                    single._assess()
                    for finding in single.finding_ids.filtered(
                        lambda finding: finding.severity == "blocker"
                    )[:1]:
                        expected.add((finding.code, order.id))
                self.assertEqual(blocked, expected)

    def test_bad_input(self):
        order = self.settle()[0]
        for values in (
            {"scope": "everything"},
            {"reason_id": "x"},
            {"state": "done"},
            {"date": "tomorrow"},
        ):
            with self.subTest(**values), self.assertRaises(UserError):
                self.part(order, **values)
        with self.assertRaises(AccessError):
            self.part(order, user=self.outsider)

    def test_all_restored(self):
        before = self.trial_balance()
        orders = self.settle_many(3)
        settled = self.trial_balance()
        batch = self.batch(orders)
        with self.assertRaises(UserError):
            batch.with_user(self.manager).action_restore()
        batch.action_start()
        self.assertEqual(batch.done_count, 3)
        with self.assertRaisesRegex(AccessError, "reversal manager"):
            batch.action_restore()
        action = batch.with_user(self.manager).action_restore()
        restoring = batch.with_user(self.manager).browse(action["res_id"])
        self.assertEqual(restoring.restores_batch_id, batch)
        self.assertEqual(restoring.requester_id, self.manager)
        self.assertEqual(restoring.state, "done")
        self.assertEqual((restoring.done_count, restoring.failed_count), (3, 0))
        self.assertEqual(set(batch.reversal_ids.mapped("state")), {"undone"})
        self.assertEqual(restoring.progress, 100.0)
        self.assertEqual(set(orders.mapped("settlement_state")), {"settled"})
        self.assertNotEqual(before, settled)
        self.assertBooks(settled)
        for again in (batch, restoring):
            with self.assertRaisesRegex(UserError, "left to restore"):
                again.with_user(self.manager).action_restore()

    def test_what_cannot_be_restored_says_why(self):
        orders = self.settle_many(2)
        batch = self.batch(orders)
        batch.action_start()
        edited = orders[0]
        edited.action_draft()
        edited.order_line[0].product_uom_qty = 9.0
        edited._action_cancel()
        action = batch.with_user(self.manager).action_restore()
        restoring = batch.with_user(self.manager).browse(action["res_id"])
        self.assertEqual((restoring.done_count, restoring.failed_count), (1, 1))
        self.assertIn("have been edited since", restoring.failed_ids.error)
        self.assertEqual(orders[1].settlement_state, "settled")

    def test_restored_by_two(self):
        batch = self.batch(self.settle_many(2))
        batch.action_start()
        self.assertEqual(batch.state, "done")
        self.company.reversal_approval = "always"
        action = batch.with_user(self.manager).action_restore()
        restoring = batch.with_user(self.manager).browse(action["res_id"])
        self.assertEqual(restoring.waiting_count, 2)
        restoring.reversal_ids.with_user(self.approver).action_approve()
        self.assertEqual(set(batch.reversal_ids.mapped("state")), {"undone"})
