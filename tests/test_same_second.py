"""What happens within one second is told apart: dates have no fractions."""

from datetime import datetime, timedelta

from freezegun import api as freezegun

from odoo import Command
from odoo.exceptions import UserError

from .batch import BatchCase


class TestSameSecond(BatchCase):
    def stop_the_clock(self):
        clock = freezegun.freeze_time(datetime.now(), ignore=["hypothesis"])
        clock.start()
        self.addCleanup(clock.stop)

    def test_confirmed_again_at_once(self):
        """An order that the host opens again in the second of its reversal."""
        order, _move, _payment = self.settle()
        order.date_order -= timedelta(days=1)
        self.stop_the_clock()
        reversal = self.reverse(order)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.date_order, reversal.done_on)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_not_confirmed_at_all(self):
        """Its date is what it was before: nobody confirmed it."""
        self.stop_the_clock()
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        self.assertEqual(order.date_order, reversal.done_on)
        order.state = "sale"
        self.assertFalse(reversal.action_verify())
        self.assertIn("not cancelled", reversal.verify_detail)

    def test_a_batch_is_restored_from_its_last_one_on(self):
        """The order of a retry is another one than that of the numbers."""
        self.stop_the_clock()
        orders = self.make_order() | self.make_order()
        invoice = self.invoice(orders)
        for amount in (400.0, 500.0):
            self.pay(invoice, amount=amount)
        settled = self.trial_balance()
        cls = type(orders)
        origin = cls._action_cancel
        refused = [orders[0]]

        def cancel(these):
            if set(these) & set(refused):
                raise UserError("The moon is full.")
            return origin(these)

        self.patch(cls, "_action_cancel", cancel)
        batch = self.batch(orders)
        batch.action_start()
        first, second = batch.reversal_ids.sorted("id")
        self.assertEqual((first.state, second.state), ("failed", "done"))
        refused.clear()
        batch.action_retry()
        self.assertEqual((first.state, first.done_on), ("done", second.done_on))
        self.assertEqual((first | second)._last_first(), first | second)
        managed = batch.with_user(self.manager)
        restoring = managed.browse(managed.action_restore()["res_id"])
        self.assertFalse(restoring.failed_ids.mapped("error"))
        self.assertEqual(restoring.done_count, 2)
        self.assertEqual(invoice.amount_residual, 480.0)
        self.assertBooks(settled)

    def test_which_comes_first_is_said_in_order(self):
        """What was carried out last has to go first, whoever asked for it first."""
        self.stop_the_clock()
        order, _move, _payment = self.settle(quantity=9.0)
        lines = order.order_line

        def part(line):
            return self.request(
                order,
                "invoice",
                line_ids=[
                    Command.create({"order_line_id": lines[line].id, "quantity": 1.0})
                ],
            )

        oldest, asked_first, other = part(0), part(1), part(2)
        for reversal in (oldest, other, asked_first):
            reversal.action_submit()
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": oldest.id, "reason_id": self.reason.id})
        )
        [found] = [
            found
            for found in restore.rehearse()["findings"]
            if found["code"] == "part_restored_first"
        ]
        names = f"{asked_first.name}, {other.name}"
        self.assertIn(f"Restore {names} first", found["remedy"])
