"""A rehearsal knows what others would refuse: an addon's hook, an approver's rights."""

from odoo.exceptions import AccessError, UserError

from .batch import BatchCase
from .foreseen import ForeseenMixin


class TestOthersRefuse(ForeseenMixin, BatchCase):
    def blockers(self, tried):
        return [f for f in tried["findings"] if f["severity"] == "blocker"]

    def refuse_afterwards(self):
        """What follows a finished reversal is another addon's."""

        def fail(reversals):
            raise UserError("The moon is full.")

        self.patch(type(self.env["order.reversal"]), "_hook_if_success", fail)

    def test_what_follows_it(self):
        """A hook that refuses what is done is said before, not on Confirm."""
        order, _move, _payment = self.settle()
        self.refuse_afterwards()
        reversal = self.request(order)
        [found] = self.blockers(reversal.rehearse())
        self.assertEqual(found["code"], "host_refused")
        self.assertIn("moon", found["message"])
        with self.assertRaisesRegex(UserError, "moon"), self.cr.savepoint():
            self.submit_foreseen(reversal)
        self.assertEqual(order.state, "sale")

    def test_what_follows_one_of_many(self):
        orders = self.settle_many(2)
        self.refuse_afterwards()
        batch = self.batch(orders)
        reversals = self.run_batch_foreseen(batch)
        self.assertEqual(set(reversals.mapped("state")), {"failed"})
        self.assertEqual(batch.rehearsal["groups"][0]["message"], "The moon is full.")

    def test_what_follows_is_not_kept(self):
        """Nobody is told of what was only tried out."""
        order, _move, _payment = self.settle(user_id=self.requester.id)
        reversal = self.request(order, "invoice")
        mails = self.env["mail.mail"].sudo().search_count([])
        self.assertFalse(self.blockers(reversal.rehearse()))
        self.assertFalse(order.activity_ids)
        self.assertEqual(reversal.state, "draft")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        reversal.action_submit()
        self.assertTrue(order.activity_ids)

    def test_approvers_who_may_not_carry_it_out(self):
        """They read beforehand what *Approve* would refuse; so does who asks."""
        invoicing = self.env.ref("account.group_account_invoice")
        (self.approver | self.manager).group_ids -= invoicing
        self.company.reversal_approval = "always"
        order, move, _payment = self.settle()
        reversal = self.request(order, user=self.requester)
        tried = reversal.rehearse()
        self.assertFalse(self.blockers(tried))
        [found] = [f for f in tried["findings"] if f["code"] == "approvers_unable"]
        self.assertIn(self.approver.name, found["message"])
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        approved = reversal.with_user(self.approver)
        tried = approved.rehearse()
        [found] = self.blockers(tried)
        self.assertEqual(found["code"], "no_right")
        self.assertIn("Invoicing", found["message"])
        # What would come is shown all the same.
        self.assertTrue(tried["entries"] and tried["effects"])
        with self.assertRaises(AccessError) as refused, self.cr.savepoint():
            approved.action_approve()
        self.assertIn(found["message"], str(refused.exception))
        self.assertEqual(move.payment_state, "paid")
        self.approver.group_ids += invoicing
        self.approve_foreseen(reversal)
        self.assertEqual(reversal.state, "done")

    def test_somebody_able_is_enough(self):
        self.approver.group_ids -= self.env.ref("account.group_account_invoice")
        self.company.reversal_approval = "always"
        reversal = self.request(self.settle()[0])
        self.assertFalse(reversal.rehearse()["findings"])


class TestRestoresAreForeseen(ForeseenMixin, BatchCase):
    """What a restore posts again, and what it cancels, is told before."""

    def test_each_way(self):
        for invoice_method in ("credit_note", "void"):
            for payment_method in ("credit", "void", "refund"):
                with self.subTest(invoice=invoice_method, payment=payment_method):
                    order, _move, _payment = self.settle(sent=False)
                    settled = self.trial_balance()
                    reversal = self.reverse(
                        order,
                        invoice_method=invoice_method,
                        payment_method=payment_method,
                    )
                    restore = self.restore_foreseen(reversal)
                    self.assertEqual(restore.state, "done")
                    self.assertBooks(settled)

    def test_the_refund_that_goes(self):
        """It stood matched, and is cancelled: no document that the restore made."""
        order, _move, _payment = self.settle()
        reversal = self.reverse(order, payment_method="refund")
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )
        [effect] = [
            effect
            for effect in restore.rehearse()["effects"]
            if (effect["res_model"], effect["res_id"])
            == ("account.payment", step.result_id)
        ]
        self.assertTrue(effect["acted"])
        self.assertNotEqual(effect["before"], effect["after"])
        self.assertEqual(effect["before"], "Matched")
