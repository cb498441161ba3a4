"""Nobody acts as somebody else: who presses is who asks."""

from odoo import Command
from odoo.exceptions import AccessError

from .common import ReversalCase


class TestOwner(ReversalCase):
    def setUp(self):
        super().setUp()
        self.order, _invoice, _payment = self.settle(user_id=self.clerk.id)

    def batch(self, user=None, count=1):
        orders = self.env["sale.order"].union(
            *(self.settle(user_id=self.clerk.id)[0] for _number in range(count))
        )
        return (
            self.env["order.reversal.batch"]
            .with_user(user or self.clerk)
            .create(
                {
                    "order_ids": [Command.set(orders.ids)],
                    "reason_id": self.reason.id,
                    "scope": "cancel",
                }
            )
        )

    def test_a_draft_of_somebody_else(self):
        """Neither changed, nor submitted, nor deleted, by whoever may do the same."""
        draft = self.request(self.order)
        draft.action_assess()
        for user in (self.approver, self.manager):
            mine = draft.with_user(user)
            self.assertTrue(mine.read(["scope"]), "but read")
            for call in (
                lambda mine=mine: mine.write({"scope": "draft"}),
                lambda mine=mine: mine.write({"payment_method": "refund"}),
                lambda mine=mine: mine.step_ids[0].write({"payment_method": "void"}),
                lambda mine=mine: mine.action_submit(),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaisesRegex(AccessError, "clerk_t"):
                    call()
        self.assertEqual((draft.scope, draft.state), ("cancel", "draft"))
        self.assertEqual(draft.requester_id, self.clerk)
        draft.write({"scope": "draft"})
        draft.unlink()

    def test_a_batch_of_somebody_else(self):
        batch = self.batch()
        for user in (self.approver, self.manager):
            mine = batch.with_user(user)
            for call in (
                lambda mine=mine: mine.write({"order_ids": [Command.clear()]}),
                lambda mine=mine: mine.action_start(),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaisesRegex(AccessError, "clerk_t"):
                    call()
        batch.action_start()
        self.assertEqual(batch.done_count, 1)
        self.assertEqual(batch.reversal_ids.done_by_id, self.clerk)

    def test_who_resumes_asks_for_the_rest(self):
        """And so can't approve it."""
        self.company.reversal_approval = "always"
        batch = self.batch()
        batch._engine().write({"state": "paused", "runner_id": self.clerk.id})
        batch._create_reversals()
        self.assertEqual(batch.reversal_ids.requester_id, self.clerk)
        batch.with_user(self.manager).action_resume()
        reversal = batch.reversal_ids
        self.assertEqual(reversal.requester_id, self.manager)
        self.assertEqual(reversal.state, "to_approve")
        asked = reversal.log_ids.filtered(lambda row: row.event == "requested")
        self.assertEqual(asked.user_id, self.manager)
        taken = self.env["order.reversal.log"].sudo().search([])
        taken = taken.filtered(lambda row: row.event == "taken_over")[-1]
        self.assertEqual(taken.user_id, self.manager)
        self.assertEqual(taken.detail["from"], ["clerk_t"])
        self.assertEqual(taken.detail["reversals"], [reversal.name])
        with self.assertRaisesRegex(AccessError, "yourself"):
            reversal.with_user(self.manager).action_approve()
        self.assertTrue(reversal.with_user(self.clerk).read(["state"]), "still seen")
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(reversal.state, "done")

    def test_who_retries_asks_for_what_failed(self):
        batch = self.batch(count=2)
        batch._engine().write({"state": "running", "runner_id": self.clerk.id})
        batch._create_reversals()
        failed, rest = batch.reversal_ids
        failed._mark_failed("Planted.")
        batch.with_user(self.manager).action_retry()
        self.assertEqual(failed.done_by_id, self.manager)
        self.assertEqual(failed.requester_id, self.manager)
        self.assertEqual(rest.done_by_id, self.clerk)
        self.assertEqual(rest.requester_id, self.clerk)

    def test_the_background_works_as_who_started(self):
        batch = self.batch(self.requester)
        batch._engine().write({"state": "running", "runner_id": self.requester.id})
        batch.with_user(self.env.ref("base.user_root"))._process()
        self.assertEqual(batch.reversal_ids.requester_id, self.requester)
        self.assertEqual(batch.reversal_ids.state, "to_approve")

    def test_only_the_abandoned_go(self):
        """The host's clean-up deletes drafts of others; nobody else does."""
        draft = self.request(self.order)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET write_date = '2020-01-01' WHERE id = %s",
            [draft.id],
        )
        self.env.invalidate_all()
        self.env["order.reversal"].with_user(
            self.env.ref("base.user_root")
        )._gc_abandoned_drafts()
        self.assertFalse(draft.exists())
