"""Who may do what with a batch, what it waits for, and who is told."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .batch import BatchCase


class TestBatchControl(BatchCase):
    def test_pause_resume_and_cancel(self):
        orders = self.settle_many(4)
        batch = self.in_background(self.batch(orders), chunk=1)
        batch.action_pause()
        self.assertEqual(batch.state, "paused")
        batch._process()
        self.assertEqual(batch.done_count, 0)
        batch.action_resume()
        original = type(batch)._send_progress
        seen = []

        def pause(records):
            seen.append(records.progress)
            original(records)
            if len(seen) == 2:
                records._engine().write({"state": "paused"})

        with patch.object(type(batch), "_send_progress", pause):
            self.assertTrue(batch._process())
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(batch.progress, 50.0)
        batch.action_cancel()
        self.assertEqual(batch.state, "cancelled")
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(batch.cancelled_count, 2)
        batch._process()
        self.assertEqual(orders.mapped("state").count("cancel"), 2)
        with self.assertRaisesRegex(UserError, "only while"):
            batch.action_start()

    def test_approval_counts_apart(self):
        self.company.write(
            {"reversal_approval": "above", "reversal_approval_amount": 1000.0}
        )
        small = self.settle_many(1)
        big = self.settle_many(2, quantity=10.0)
        batch = self.batch(small | big)
        self.assertEqual(
            (batch.ready_count, batch.approval_count, batch.blocked_count), (1, 2, 0)
        )
        batch.action_start()
        self.assertEqual(batch.state, "done")
        self.assertFalse(batch.failed_count, batch.reversal_ids.mapped("error"))
        self.assertEqual((batch.done_count, batch.waiting_count), (1, 2))
        self.assertEqual(set(big.mapped("state")), {"sale"})
        activities = batch.activity_ids
        self.assertIn(self.approver, activities.user_id)
        waiting = batch.reversal_ids.filtered(lambda r: r.state == "to_approve")
        self.assertFalse(waiting.activity_ids)
        waiting.with_user(self.approver).action_approve()
        self.assertEqual(batch.done_count, 3)
        self.assertFalse(batch.activity_ids)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_nothing_can_be_forged(self):
        orders = self.settle_many(1)
        for values in (
            {"state": "done"},
            {"requester_id": self.approver.id},
            {"started_on": "2020-01-01"},
        ):
            with self.assertRaises(ValidationError):
                self.batch(orders, **values)
            batch = self.batch(orders)
            with self.assertRaises(UserError):
                batch.write(values)
        reversal = self.request(orders)
        with self.assertRaises(UserError):
            reversal.write({"batch_id": batch.id})
        with self.assertRaises(ValidationError):
            self.request(orders, batch_id=batch.id)

    def test_others_may_not_touch_it(self):
        batch = self.batch(self.settle_many(1))
        other = batch.with_user(self.requester)
        with self.assertRaises(AccessError):
            other.read(["name"])
        self.assertFalse(other.search([]))
        with self.assertRaises(AccessError):
            batch.with_user(self.approver).action_start()
        with self.assertRaises(AccessError):
            batch.with_user(self.approver).write({"note": "mine"})
        with self.assertRaises(AccessError):
            self.batch(self.settle_many(1), user=self.outsider)
        self.assertTrue(batch.with_user(self.auditor).read(["name"]))
        with self.assertRaises(AccessError):
            batch.with_user(self.auditor).action_start()

    def test_runs_with_the_rights_of_its_owner(self):
        orders = self.settle_many(1)
        batch = self.in_background(self.batch(orders, user=self.requester))
        batch.with_user(self.env.ref("base.user_root"))._process()
        self.assertFalse(batch.failed_count, batch.reversal_ids.mapped("error"))
        self.assertEqual(batch.waiting_count, 1)
        self.assertEqual(orders.state, "sale")

    def test_note_is_required_where_the_reason_says_so(self):
        reason = (
            self.env["order.reversal.reason"]
            .sudo()
            .create({"name": "Explain", "note_required": True})
        )
        batch = self.batch(self.settle_many(1), reason_id=reason.id)
        with self.assertRaisesRegex(UserError, "explained"):
            batch.action_start()
        batch.note = "Because."
        batch.action_start()
        self.assertEqual(batch.done_count, 1)

    def test_company_by_company(self):
        orders = self.settle_many(1)
        other = self.setup_other_company()["company"]
        mine = self.env.company
        self.clerk.company_ids = [Command.link(other.id)]
        self.env.user.company_ids = [Command.link(other.id)]
        foreign = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.partner.id,
                    "company_id": other.id,
                    "order_line": [
                        Command.create({"product_id": p.id}) for p in self.services[:1]
                    ],
                }
            )
        )
        foreign.action_confirm()
        batch = (
            self.env["order.reversal.batch"]
            .with_user(self.clerk)
            .with_context(allowed_company_ids=[mine.id, other.id])
            .create(
                {
                    "order_ids": [Command.set((orders | foreign).ids)],
                    "reason_id": self.reason.id,
                }
            )
        )
        batch.action_start()
        self.assertEqual(batch.done_count, 2, batch.reversal_ids.mapped("error"))
        self.assertEqual(batch.reversal_ids.company_id, mine | other)

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def test_owner_is_told(self):
        batch = self.batch(self.settle_many(2))
        sent = []
        original = type(self.env["bus.bus"])._sendone

        def record(bus, channel, kind, message):
            sent.append((channel, kind, message))
            return original(bus, channel, kind, message)

        with patch.object(type(self.env["bus.bus"]), "_sendone", record):
            batch.action_start()
        live = [
            (channel, m) for channel, kind, m in sent if kind == "order_reversal_batch"
        ]
        self.assertTrue(live)
        self.assertEqual(live[-1][1]["progress"], 100.0)
        self.assertEqual(live[-1][1]["state"], "done")
        self.assertIn(self.clerk.partner_id, [channel for channel, _m in live])
        notes = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("partner_ids", "in", self.clerk.partner_id.ids)],
                limit=1,
                order="id desc",
            )
        )
        self.assertEqual(notes.res_id, batch.id)
        self.assertIn("2 done", notes.body)
