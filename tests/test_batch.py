"""Many documents taken back at once: started and carried out in parts."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ConcurrencyError

from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy

from .batch import BatchCase


class TestBatch(BatchCase):
    def test_a_few_are_done_in_the_request(self):
        before = self.trial_balance()
        orders = self.settle_many(3, sent=False)
        batch = self.batch(orders, payment_method="void")
        action = batch.action_start()
        self.assertEqual(action["res_id"], batch.id)
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.progress, 100.0)
        self.assertEqual(batch.done_count, 3)
        self.assertEqual(batch.failed_count, 0)
        self.assertEqual(batch.reversal_ids.order_id, orders)
        self.assertEqual(set(batch.reversal_ids.mapped("state")), {"done"})
        self.assertEqual(len(set(batch.reversal_ids.mapped("name"))), 3)
        self.assertRegex(batch.reversal_ids[0].name, r"^REV/\d{4}/\d{5}$")
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        self.assertEqual(batch.reversal_ids.requester_id, self.clerk)
        self.assertTrue(all(r.action_verify() for r in batch.reversal_ids))
        self.assertBooks(before)
        self.assertTrue(
            self.env["order.reversal.log"].sudo().verify_chain(self.company)["intact"]
        )

    def test_more_are_done_in_the_background(self):
        orders = self.settle_many(5)
        triggers = self.env["ir.cron.trigger"].search_count([])
        batch = self.in_background(self.batch(orders), chunk=2, create=3)
        self.assertEqual(batch.state, "running")
        self.assertEqual(batch.progress, 0.0)
        self.assertEqual(len(batch.reversal_ids), 3)
        self.assertEqual(batch.queued_count, 5)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([]), triggers)
        self.assertTrue(batch._process())
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.done_count, 5)
        self.assertEqual(batch.progress, 100.0)
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        reversals = batch.reversal_ids
        self.assertEqual(reversals.done_by_id, self.clerk)
        self.assertEqual(reversals.log_ids.user_id, self.clerk)

    def test_it_ends_with_its_last_chunk(self):
        """Not when the scheduler comes by again; until then, not all is done."""
        batch = self.in_background(self.batch(self.settle_many(3)), chunk=2)
        worker = batch.sudo()
        worker._work_step(Busy())
        self.assertEqual(batch.state, "running")
        self.assertLess(batch.progress, 100.0)
        worker._work_step(Busy())
        self.assertEqual((batch.state, batch.progress), ("done", 100.0))

    def test_the_scheduler_does_it(self):
        orders = self.settle_many(3)
        batch = self.in_background(self.batch(orders), chunk=1)
        cron = self.env.ref("erp_order_reversal.cron_batch")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        batch.invalidate_recordset()
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.done_count, 3)

    def test_from_invoices_and_payments(self):
        first, second = self.settle(), self.settle()
        batch = self.batch(first[1] | second[1])
        self.assertEqual(batch.scope, "invoice")
        batch.action_start()
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(first[1].payment_state, "reversed")
        first, second = self.settle(), self.settle()
        batch = self.batch(first[2] | second[2])
        self.assertEqual(batch.scope, "payment")
        batch.action_start()
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(second[1].payment_state, "not_paid")

    # ------------------------------------------------------------------
    # What fails costs nobody else
    # ------------------------------------------------------------------

    def test_a_blocker_holds_up_one_only(self):
        orders = self.settle_many(2)
        quotation = self.env["sale.order"].create({"partner_id": self.partner.id})
        batch = self.batch(orders | quotation)
        batch.action_start()
        self.assertEqual(batch.state, "done")
        self.assertEqual((batch.done_count, batch.failed_count), (2, 1))
        failed = batch.reversal_ids.filtered(lambda r: r.state == "failed")
        self.assertEqual(failed.order_id, quotation)
        self.assertIn("quotation", failed.error)
        self.assertEqual(failed.log_ids.mapped("event"), ["failed"])
        self.assertEqual(batch.progress, 100.0)

    def test_an_error_rolls_back_one_only(self):
        orders = self.settle_many(3)
        bad = orders[1]
        books = self.trial_balance()
        image = self.image(bad, bad.order_line, bad.invoice_ids)
        original = type(self.env["sale.order"])._action_cancel

        def refuse(records):
            if bad in records:
                raise ValueError("The bad one")
            return original(records)

        batch = self.batch(orders)
        with (
            patch.object(type(self.env["sale.order"]), "_action_cancel", refuse),
            self.assertLogs("odoo.addons.erp_order_reversal", "WARNING"),
        ):
            batch.action_start()
        self.assertEqual((batch.done_count, batch.failed_count), (2, 1))
        self.assertEqual(bad.state, "sale")
        self.assertEqual(self.image(bad, bad.order_line, bad.invoice_ids), image)
        failed = batch.reversal_ids.filtered(lambda r: r.state == "failed")
        self.assertIn("The bad one", failed.error)
        self.assertIn("ask your administrator", failed.error)
        batch.action_retry()
        self.assertEqual((batch.done_count, batch.failed_count), (3, 0))
        self.assertEqual(batch.state, "done")
        self.assertFalse(failed.error)
        self.assertNotEqual(self.trial_balance(), books)
        chain = self.env["order.reversal.log"].sudo().verify_chain(self.company)
        self.assertTrue(chain["intact"])

    # ------------------------------------------------------------------
    # Shared documents
    # ------------------------------------------------------------------

    def test_shared_payment_is_voided_once(self):
        before = self.trial_balance()
        orders = self.make_order() | self.make_order()
        invoices = self.invoice(orders[0]) | self.invoice(orders[1])
        payment = self.pay(invoices)
        self.assertEqual(len(payment), 1)
        batch = self.batch(orders, payment_method="void")
        batch.action_start()
        self.assertEqual(batch.done_count, 2, batch.reversal_ids.mapped("error"))
        self.assertEqual(payment.state, "canceled")
        self.assertBooks(before)

    def test_shared_payment_is_kept_for_those_left_out(self):
        orders = self.make_order() | self.make_order()
        invoices = self.invoice(orders[0]) | self.invoice(orders[1])
        payment = self.pay(invoices)
        batch = self.batch(orders[0], payment_method="void")
        batch.action_start()
        self.assertEqual(batch.failed_count, 1)
        self.assertIn("also settles", batch.reversal_ids.error)
        self.assertNotEqual(payment.state, "canceled")

    def test_consolidated_invoice(self):
        before = self.trial_balance()
        orders = self.make_order() | self.make_order()
        invoice = self.invoice(orders)
        self.assertEqual(len(invoice), 1)
        payment = self.pay(invoice)
        batch = self.batch(orders)
        batch.action_start()
        self.assertEqual(batch.done_count, 2, batch.reversal_ids.mapped("error"))
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        self.assertFalse(any(orders.order_line.mapped("qty_invoiced")))
        self.assertEqual(invoice.payment_state, "reversed")
        receivable = self.company_data["default_account_receivable"]
        self.assertBooks(before, exclude=receivable | payment.outstanding_account_id)

    def test_order_and_its_invoice(self):
        order, invoice, _payment = self.settle()
        batch = self.batch(order)
        batch.write({"move_ids": [Command.set(invoice.ids)]})
        batch.action_start()
        self.assertEqual((batch.done_count, batch.failed_count), (1, 1))
        self.assertEqual(len(invoice.reversal_move_ids), 1)

    # ------------------------------------------------------------------
    # Pause, resume, cancel
    # ------------------------------------------------------------------

    def test_busy_documents_wait(self):
        orders = self.settle_many(2)
        batch = self.in_background(self.batch(orders))
        busy = orders[0]
        original = type(busy).try_lock_for_update
        tries = []

        def lock(records, **options):
            if busy in records and records._name == "sale.order":
                tries.append(1)
                if len(tries) < 4:
                    return original(records - busy, **options)
            return original(records, **options)

        with (
            patch.object(type(busy), "try_lock_for_update", lock),
            patch("time.sleep"),
        ):
            self.assertTrue(batch._process())
        self.assertEqual(batch.done_count, 2)
        self.assertGreater(len(tries), 3)

    def hide_conflicts(self, orders, times):
        """Take them back, while one of them meets a conflict that the host ignores."""
        batch = self.in_background(self.batch(orders, payment_method="void"))
        model = type(self.env["order.reversal"])
        original = model._execute
        tries = []

        def execute(reversals):
            if orders[0] in reversals.order_id and len(tries) < times:
                tries.append(1)
                raise ConcurrencyError("current transaction is aborted")
            return original(reversals)

        with patch.object(model, "_execute", execute), patch("time.sleep"):
            self.assertTrue(batch._process())
        return batch

    def test_a_hidden_conflict_is_tried_again(self):
        before = self.trial_balance()
        orders = self.settle_many(2, sent=False)
        batch = self.hide_conflicts(orders, 4)
        self.assertEqual((batch.done_count, batch.failed_count), (2, 0))
        self.assertBooks(before)

    def test_what_never_ends_fails_alone(self):
        batch = self.hide_conflicts(self.settle_many(2), 99)
        self.assertEqual((batch.done_count, batch.failed_count), (1, 1))

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------
