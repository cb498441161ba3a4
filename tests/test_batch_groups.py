"""Documents that hang together, in one batch with many others and many workers."""

from unittest.mock import patch

from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy

from .batch import MODELS, BatchCase


class TestGroups(BatchCase):
    def settle_together(self, count):
        """Orders that one payment settles."""
        orders = self.env["sale.order"].union(
            *(self.make_order() for _number in range(count))
        )
        self.pay(self.env["account.move"].union(*map(self.invoice, orders)))
        return orders

    def groups(self, batch):
        return {r.order_id: r.batch_group for r in batch.reversal_ids}

    def take(self, batch, size=50, busy=None):
        return batch.sudo()._take_chunk(busy or Busy(), size)

    # ------------------------------------------------------------------

    def test_what_shares_a_payment_or_an_invoice_is_a_group(self):
        alone = self.settle_many(2)
        paid = self.settle_together(2)
        invoiced = self.make_order() | self.make_order()
        self.pay(self.invoice(invoiced))
        batch = self.in_background(self.batch(alone | paid | invoiced))
        groups = self.groups(batch)
        self.assertEqual([groups[order] for order in alone], [0, 0])
        self.assertTrue(groups[paid[0]])
        self.assertEqual(groups[paid[0]], groups[paid[1]])
        self.assertTrue(groups[invoiced[0]])
        self.assertEqual(groups[invoiced[0]], groups[invoiced[1]])
        self.assertNotEqual(groups[paid[0]], groups[invoiced[0]])

    def test_an_order_and_its_invoice_are_a_group(self):
        order, invoice, _payment = self.settle()
        batch = self.batch(order)
        batch.write({"move_ids": invoice.ids})
        self.in_background(batch)
        self.assertEqual(len(set(batch.reversal_ids.mapped("batch_group"))), 1)
        self.assertTrue(batch.reversal_ids[0].batch_group)

    def test_groups_are_created_undivided_and_first(self):
        alone = self.settle_many(2)
        paid = self.settle_together(3)
        batch = self.in_background(self.batch(alone | paid), create=1)
        self.assertEqual(batch.reversal_ids.order_id, paid)
        self.assertTrue(batch._process())
        self.assertEqual(batch.done_count, 5)

    def test_the_rest_of_many_comes_in_the_order_of_the_selection(self):
        """Found by the database, once no group is left; and each but once."""
        batch = self.batch(self.settle_many(5))
        # As the documents are sorted, not as they were given.
        batch.invalidate_recordset()
        self.in_background(batch, create=2)
        rest = [("order_id", order.id, 0) for order in batch.order_ids[2:]]
        self.assertEqual(batch.reversal_ids.order_id, batch.order_ids[:2])
        for limit, expected in ((1, rest[:1]), (2, rest[:2]), (9, rest), (None, rest)):
            self.assertEqual(batch._get_missing(limit), expected)
        self.assertFalse(batch._get_missing(0))
        with patch.object(type(batch), "_get_groups", side_effect=AssertionError):
            batch._create_reversals(2)
        self.assertEqual(batch._get_missing(9), rest[2:])
        self.assertEqual((batch.total_count, batch.queued_count), (5, 5))

    def test_groups_that_are_left_come_before_the_rest(self):
        groups = [self.settle_together(2), self.settle_together(2)]
        alone = self.settle_many(2)
        selection = alone | groups[0] | groups[1]
        batch = self.in_background(self.batch(selection), create=1)
        self.assertIn(batch.reversal_ids.order_id, groups)
        [left] = [group for group in groups if group != batch.reversal_ids.order_id]
        found = [record_id for _root, record_id, _group in batch._get_missing(1)]
        self.assertEqual(set(found), set(left.ids))

    def test_documents_of_several_kinds(self):
        order, (_order, move, _payment) = self.settle()[0], self.settle()
        batch = self.batch(order)
        batch.move_ids = move.ids
        self.assertEqual(batch.total_count, 2)
        unsaved = batch.new(origin=batch)
        self.assertEqual(unsaved.total_count, 2)
        self.in_background(batch, create=1)
        self.assertEqual(batch._get_missing(1), [("move_id", move.id, 0)])
        self.assertTrue(batch._process())
        self.assertEqual(batch.done_count, 2)

    def test_a_payment_of_many_is_voided_once_over_chunks(self):
        before = self.trial_balance()
        paid = self.settle_together(3)
        payment = paid.invoice_ids.matched_payment_ids
        self.assertEqual(len(payment), 1)
        batch = self.batch(paid, payment_method="void")
        self.in_background(batch, chunk=1, create=1)
        self.assertTrue(batch._process())
        self.assertEqual(batch.done_count, 3, batch.reversal_ids.mapped("error"))
        self.assertEqual(payment.state, "canceled")
        steps = batch.reversal_ids.step_ids
        self.assertEqual(steps.mapped("operation").count("void_payment"), 1)
        self.assertBooks(before)

    def test_a_group_belongs_to_one_worker(self):
        """Who locks the first of a group has all of it, the other gets the rest."""
        alone = self.settle_many(1)
        paid = self.settle_together(2)
        batch = self.in_background(self.batch(paid | alone))
        first = batch.reversal_ids.filtered("batch_group").sorted("id")[0]
        original = type(first).try_lock_for_update

        def locked_elsewhere(records, **options):
            return original(records - first, **options)

        with patch.object(type(first), "try_lock_for_update", locked_elsewhere):
            self.assertEqual(self.take(batch).order_id, alone)
        self.assertEqual(self.take(batch).order_id, paid | alone)
        self.assertEqual(self.take(batch, size=2).order_id, alone | paid[0])
        # one of them waits for somebody: the other one waits, too
        busy = Busy(now=[first.id])
        self.assertEqual(self.take(batch, busy=busy).order_id, alone)

    # ------------------------------------------------------------------
    # What one costs the others
    # ------------------------------------------------------------------

    def count_runs(self):
        """How many reversals are carried out in one go, each time."""
        sizes = []
        model = type(self.env["order.reversal"])
        original = model._submit_queued

        def submit(reversals):
            sizes.append(len(reversals))
            return original(reversals)

        patcher = patch.object(model, "_submit_queued", submit)
        patcher.start()
        self.addCleanup(patcher.stop)
        return sizes

    def test_a_busy_one_leaves_the_others_together(self):
        orders = self.settle_many(5)
        sizes = self.count_runs()
        original = type(orders).try_lock_for_update

        def lock(records, **options):
            return original(
                records - orders[2] if records._name == "sale.order" else records,
                **options,
            )

        batch = self.batch(orders)
        with patch.object(type(orders), "try_lock_for_update", lock):
            batch.action_start()
        self.assertEqual(sizes, [5, 4])
        self.assertEqual((batch.done_count, batch.failed_count), (4, 1))
        self.assertEqual(batch.failed_ids.order_id, orders[2])
        self.assertIn(orders[2].name, batch.failed_ids.error)
        self.assertNotIn(orders[1].name, batch.failed_ids.error)

    def test_an_error_is_found_by_halves(self):
        orders = self.settle_many(8)
        sizes = self.count_runs()
        original = type(orders)._action_cancel

        def refuse(records):
            if orders[1] in records:
                raise ValueError("The bad one")
            return original(records)

        batch = self.batch(orders)
        with (
            patch.object(type(orders), "_action_cancel", refuse),
            self.assertLogs(MODELS.rstrip("."), "WARNING"),
        ):
            batch.action_start()
        self.assertEqual(sizes, [8, 4, 2, 1, 1, 2, 4])
        self.assertEqual((batch.done_count, batch.failed_count), (7, 1))
        self.assertEqual(batch.failed_ids.order_id, orders[1])

    def test_a_worker_waits_for_what_another_one_creates(self):
        """Else one worker alone is left of many, once the first ones are done."""
        orders = self.settle_many(3)
        batch = self.in_background(self.batch(orders), create=1).sudo()
        busy = Busy()
        with (
            patch.object(type(batch), "_create_missing", lambda batch: None),
            patch.object(type(batch), "_finish", lambda batch: None),
        ):
            self.assertEqual(batch._work_chunk(busy), 1)
            self.assertEqual(batch._work_chunk(busy), 0)
        self.assertTrue(busy.wait(batch))
        self.assertEqual(batch._work_chunk(busy), 2)
        self.assertEqual(batch.state, "done")
        self.assertFalse(busy.wait(batch))
