"""Many documents taken back at once: started, carried out in parts, seen through."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ReversalCase

MODELS = "odoo.addons.erp_order_reversal.models."


class BatchCase(ReversalCase):
    def settle_many(self, count, **values):
        orders = self.env["sale.order"]
        for _number in range(count):
            orders |= self.settle(**values)[0]
        return orders

    def batch(self, records, user=None, **values):
        field = {
            "sale.order": "order_ids",
            "account.move": "move_ids",
            "account.payment": "payment_ids",
        }[records._name]
        model = self.env["order.reversal.batch"].with_user(user or self.clerk)
        return model.create(
            {
                field: [Command.set(records.ids)],
                "reason_id": self.reason.id,
                **values,
            }
        )

    def background(self, direct=0, chunk=50, create=500):
        """As if a few were many."""
        return (
            patch(MODELS + "order_reversal_batch_actions.DIRECT_LIMIT", direct),
            patch(MODELS + "order_reversal_batch_process.CHUNK", chunk),
            patch(MODELS + "order_reversal_batch_actions.CREATE_LIMIT", create),
        )

    def in_background(self, batch, **limits):
        patches = self.background(**limits)
        for item in patches:
            item.start()
            self.addCleanup(item.stop)
        batch.action_start()
        return batch


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

    # ------------------------------------------------------------------
    # Approval
    # ------------------------------------------------------------------

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
