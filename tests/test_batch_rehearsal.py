"""*Rehearse All*: what a batch would do, found out before anything is done."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .batch import MODELS, BatchCase


class TestBatchRehearsal(BatchCase):
    def rehearse(self, batch):
        batch.action_rehearse()
        self.assertEqual(batch.rehearsal_state, "running")
        self.env["order.reversal.batch"].sudo()._cron_process()
        self.assertEqual((batch.state, batch.rehearsal_state), ("draft", "done"))
        self.assertEqual(batch.rehearsal_progress, 100.0)
        return batch.rehearsal

    def refuse(self, order, error):
        """The host refuses to cancel this order, and no plan could know it."""
        origin = type(order)._action_cancel

        def cancel(orders):
            if order in orders:
                raise error
            return origin(orders)

        self.patch(type(order), "_action_cancel", cancel)

    def test_what_would_be_refused(self):
        orders = self.settle_many(4)
        bad = orders[2]
        self.refuse(bad, UserError("The moon is full."))
        books = self.trial_balance()
        image = self.image(orders, orders.invoice_ids)
        sequence = self.env.ref("erp_order_reversal.sequence_order_reversal")
        number = sequence.number_next_actual
        logs = self.env["order.reversal.log"].sudo().search_count([])
        batch = self.batch(orders, invoice_method="credit_note", payment_method="void")
        self.assertEqual(batch.assessment["ready"], 4)
        with patch(MODELS + "order_reversal_batch.rehearse.PART", 2):
            found = self.rehearse(batch)
        self.assertEqual((found["ready"], found["blocked"]), (3, 1))
        [group] = found["groups"]
        self.assertEqual(group["code"], "host_refused")
        self.assertEqual(group["message"], "The moon is full.")
        self.assertEqual(group["documents"], [[bad._name, bad.id, bad.name]])
        self.assertEqual(
            {row["kind"]: row["amount"] for row in found["rows"]},
            {"revenue": -1800.0, "tax": -270.0, "cash": -2070.0, "receivable": 0.0},
        )
        self.assertEqual((found["tax"], found["cash"]), (270.0, 2070.0))
        self.assertIn("1,800.00", batch.rehearsal_html)
        # Nothing of it stays.
        self.assertBooks(books)
        self.assertEqual(self.image(orders, orders.invoice_ids), image)
        self.assertFalse(batch.reversal_ids)
        self.assertEqual(sequence.number_next_actual, number)
        self.assertEqual(self.env["order.reversal.log"].sudo().search_count([]), logs)
        # It is what happens.
        batch.action_start()
        self.assertEqual((batch.done_count, batch.failed_count), (3, 1))
        self.assertEqual(batch.failed_ids.order_id, bad)
        self.assertIn("The moon is full.", batch.failed_ids.error)

    def test_what_hangs_together(self):
        """A payment of two orders is voided with the last one, as the batch does it."""
        orders = self.make_order() | self.make_order()
        self.pay(self.invoice(orders[0]) | self.invoice(orders[1]))
        alone = self.request(orders[0], payment_method="void").rehearse()
        self.assertIn("payment_shared", {f["code"] for f in alone["findings"]})
        batch = self.batch(orders, payment_method="void")
        with patch(MODELS + "order_reversal_batch.rehearse.PART", 1):
            found = self.rehearse(batch)
        self.assertEqual((found["ready"], found["blocked"]), (2, 0))

    def test_by_the_rights_of_who_asks(self):
        """What needs a second person says so; a right that is missing, too."""
        own, other = self.settle_many(2)
        own.user_id = other.user_id = self.requester
        batch = self.batch(own | other, user=self.requester)
        found = self.rehearse(batch)
        self.assertEqual((found["approval"], found["blocked"]), (2, 0))
        self.assertEqual(len(found["open"]["approval"]), 2)
        self.refuse(own, AccessError("Not yours."))
        [group] = self.rehearse(batch)["groups"]
        self.assertEqual(group["code"], "no_right")
        with self.assertRaises(AccessError):
            batch.with_user(self.clerk).action_rehearse()
        with self.assertRaises(AccessError):
            batch.with_user(self.auditor).action_rehearse()

    def test_a_change_of_a_choice(self):
        """What was rehearsed is forgotten; a batch that started is not tried out."""
        batch = self.batch(self.settle_many(1))
        self.rehearse(batch)
        batch.scope = "invoice"
        self.assertFalse(batch.rehearsal_state or batch.rehearsal)
        batch.action_rehearse()
        batch.action_start()
        self.env["order.reversal.batch"].sudo()._cron_process()
        self.assertEqual((batch.state, batch.done_count), ("done", 1))
        with self.assertRaises(UserError):
            batch.action_rehearse()

    def test_what_the_plan_says(self):
        """Tax, cash, months, who waits: before anything is tried."""
        orders = self.settle_many(3)
        self.company.reversal_approval = "always"
        self.request(orders[0]).action_submit()
        batch = self.batch(orders, payment_method="void", invoice_method="credit_note")
        found = batch.assessment
        self.assertEqual((found["requested"], found["approval"]), (1, 2))
        self.assertEqual((found["tax"], found["cash"]), (180.0, 1380.0))
        month = self.today().isoformat()[:7]
        self.assertEqual(found["months"], {month: 1380.0})
        self.assertEqual(
            {row[1] for row in found["open"]["approval"]}, set(orders[1:].ids)
        )

    def test_a_reason_proposes(self):
        """As for one: taken back with another one, and what a person chose stays."""
        orders = self.settle_many(1)
        wrong = self.env.ref("erp_order_reversal.reason_invoice_wrong")
        model = self.env["order.reversal.batch"].with_user(self.clerk)
        form = Form(
            model.with_context(default_order_ids=orders.ids),
            view="erp_order_reversal.order_reversal_batch_view_form_dialog",
        )
        self.assertEqual(form.scope, "cancel")
        form.reason_id = wrong
        self.assertEqual(form.scope, "invoice")
        form.reason_id = self.reason
        self.assertEqual(form.scope, "cancel")
        form.scope = "payment"
        form.reason_id = wrong
        self.assertEqual(form.scope, "payment")
        self.assertIn("unlock", form.scope_obstacles)
