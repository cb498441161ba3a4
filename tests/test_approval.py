"""Deciding on requests: one and many, and the requester is told."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .batch import BatchCase


class TestApproval(BatchCase):
    def ask(self, *orders):
        """Requests that wait, one for each order."""
        self.company.reversal_approval = "always"
        reversals = self.env["order.reversal"].with_user(self.clerk)
        for order in orders:
            reversals |= self.request(order)
        reversals.action_submit()
        self.assertEqual(set(reversals.mapped("state")), {"to_approve"})
        return reversals

    def told(self, record):
        """The messages on a record that went to the requester."""
        return record.sudo().message_ids.filtered(
            lambda message: self.clerk.partner_id in message.partner_ids
        )

    def test_many_are_rejected_with_a_reason(self):
        requests = self.ask(self.settle()[0], self.settle()[0])
        decider = requests.with_user(self.approver)
        action = decider.action_reject()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.approver)
            .with_context(**action["context"])
        )
        form.reason = "Ask the customer first"
        form.save().action_confirm()
        for request in requests:
            self.assertEqual(request.state, "rejected")
            self.assertEqual(request.approver_id, self.approver)
            self.assertEqual(request.rejection_reason, "Ask the customer first")
            self.assertFalse(request.activity_ids)
            self.assertIn("Ask the customer first", self.told(request).body)
            row = request.log_ids[-1]
            self.assertEqual(row.event, "rejected")
            self.assertEqual(row.detail["reason"], "Ask the customer first")
        self.assertEqual(set(requests.order_id.mapped("state")), {"sale"})

    def test_names_are_escaped(self):
        """In every note of an activity, and in what the requester reads."""
        name = "<b>forged</b>"
        reason = self.reason.sudo().copy({"name": name, "approval_required": True})
        self.clerk.sudo().name = self.approver.sudo().name = name
        order = self.make_order(name=f"S {name}")
        self.invoice(order).is_move_sent = True
        asked = self.request(order, reason_id=reason.id)
        asked.action_submit()
        self.assertEqual(asked.state, "to_approve")
        asked.with_user(self.approver).action_approve()
        other = self.settle(partner=order.partner_id, name=f"S {name}")[0]
        refused = self.request(other, reason_id=reason.id)
        refused.action_submit()
        notes = refused.sudo().activity_ids.mapped("note")
        refused.with_user(self.approver).action_reject(name)
        asked.sudo()._warn_managers(lambda _reader: name)
        records = self.env["mail.activity"].sudo().search([])
        notes += [note for note in records.mapped("note") if "forged" in (note or "")]
        messages = (asked | refused).sudo().message_ids
        messages |= (order | other).sudo().message_ids
        notes += [body for body in messages.mapped("body") if "forged" in body]
        self.assertGreater(len(notes), 4)
        for note in notes:
            self.assertNotIn("<b>forged", note)

    def test_of_a_batch_one_message_tells_of_a_rejection(self):
        self.company.reversal_approval = "always"
        orders = self.settle_many(2)
        batch = self.batch(orders)
        batch.action_start()
        before = self.told(batch)
        reversals = batch.reversal_ids
        reversals.with_user(self.approver).action_reject("Ask <b>first</b>")
        [message] = self.told(batch) - before
        for order in orders:
            self.assertIn(order.name, message.body)
        self.assertEqual(message.author_id, self.approver.partner_id)
        self.assertFalse(self.told(reversals))
        for reversal in reversals:
            [note] = reversal.sudo().message_ids.filtered(
                lambda note: "Ask &lt;b&gt;first" in note.body
            )
            self.assertEqual(note.author_id, self.approver.partner_id)

    def test_decisions_are_told_in_the_language_of_who_asked(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.clerk.lang = "zh_CN"
        requests = self.ask(*(self.settle()[0] for _number in range(3)))
        decider = requests.with_user(self.approver).with_context(lang="en_US")
        before = self.told(requests)
        decider[0].action_approve()
        decider[1].action_reject("Ask first")
        decider[2].action_rework("Ask first")
        bodies = [self.told(request) - before for request in requests]
        for message, word in zip(bodies, ("批准", "驳回", "退回"), strict=True):
            self.assertEqual(len(message), 1)
            self.assertIn(word, message.body)

    def test_no_rejection_without_a_reason(self):
        request = self.ask(self.settle()[0])
        for reason in ("", "  "):
            with self.assertRaisesRegex(UserError, "Say why"):
                request.with_user(self.approver).action_reject(reason)
        with self.assertRaises(AccessError):
            request.action_reject("no")
        self.assertEqual(request.state, "to_approve")

    def test_many_are_approved(self):
        requests = self.ask(self.settle()[0], self.settle()[0])
        requests.with_user(self.approver).action_approve()
        for request in requests:
            self.assertEqual(request.state, "done")
            self.assertEqual(request.order_id.state, "cancel")
            self.assertIn("Approved by approver_t", self.told(request).body)
            self.assertIn(request.root_name, self.told(request).body)
            self.assertEqual(
                request.log_ids.filtered(lambda row: row.event == "approved").user_id,
                self.approver,
            )

    def test_of_a_batch_one_message_tells_of_all(self):
        self.company.reversal_approval = "always"
        orders = self.settle_many(2)
        batch = self.batch(orders)
        batch.action_start()
        self.assertEqual(batch.waiting_count, 2)
        before = self.told(batch)
        batch.reversal_ids.with_user(self.approver).action_approve()
        self.assertEqual(batch.done_count, 2)
        message = self.told(batch) - before
        self.assertEqual(len(message), 1)
        for order in orders:
            self.assertIn(order.name, message.body)
        self.assertEqual(message.author_id, self.approver.partner_id)
        self.assertFalse(self.told(batch.reversal_ids[0]))

    def test_two_requests_for_one_order_are_not_carried_out_twice(self):
        order, invoice, _payment = self.settle()
        requests = self.ask(order, order)
        with self.assertRaisesRegex(UserError, "one after"), self.cr.savepoint():
            requests.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertFalse(invoice.reversal_move_ids)
        requests[0].with_user(self.approver).action_approve()
        with self.assertRaisesRegex(UserError, "changed since"):
            requests[1].with_user(self.approver).action_approve()
        self.assertEqual(len(invoice.reversal_move_ids), 1)

    def test_one_order_is_not_submitted_twice_at_once(self):
        order, invoice, _payment = self.settle()
        drafts = self.request(order) | self.request(order)
        with self.assertRaisesRegex(UserError, "one after"), self.cr.savepoint():
            drafts.action_submit()
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertFalse(invoice.reversal_move_ids)
