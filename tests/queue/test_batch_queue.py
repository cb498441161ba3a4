"""A batch spread over the workers of the job queue."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ..batch import BatchCase

MODULE = "odoo.addons.erp_order_reversal_queue.models.order_reversal_batch"


class TestQueue(BatchCase):
    def start(self, orders, chunk=1):
        patcher = patch(MODULE + ".CHUNK", chunk)
        patcher.start()
        self.addCleanup(patcher.stop)
        return self.in_background(self.batch(orders), chunk=chunk)

    def test_shipped_channel_and_retry_pattern(self):
        function = self.env.ref("erp_order_reversal_queue.job_function_work").sudo()
        self.assertEqual(function.channel, "root.order_reversal")
        config = function.job_config(function.name)
        self.assertEqual(config.channel, "root.order_reversal")
        self.assertEqual(config.retry_pattern, {1: 5, 5: 30, 10: 120})

    def test_a_job_for_each_chunk(self):
        orders = self.settle_many(5)
        with trap_jobs() as trap:
            batch = self.start(orders, chunk=2)
            trap.assert_jobs_count(3, only=batch._job_work)
            self.assertEqual(batch.state, "running")
            trap.perform_enqueued_jobs()
            while batch.state == "running":
                before = batch.done_count
                trap.perform_enqueued_jobs()
                if batch.state == "running":
                    self.assertGreater(batch.done_count, before)
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.done_count, 5)
        self.assertEqual(set(orders.mapped("state")), {"cancel"})

    def test_no_more_jobs_than_are_useful(self):
        orders = self.settle_many(2)
        with patch(MODULE + ".MAX_JOBS", 1), trap_jobs() as trap:
            batch = self.start(orders)
            trap.assert_jobs_count(1, only=batch._job_work)

    def test_paused_batch_ends_its_jobs(self):
        orders = self.settle_many(2)
        with trap_jobs() as trap:
            batch = self.start(orders)
            batch.action_pause()
            trap.perform_enqueued_jobs()
            self.assertEqual(batch.done_count, 0)
            trap.assert_jobs_count(0, only=batch._job_work)

    def test_busy_documents_are_tried_later(self):
        order = self.settle_many(1)
        original = type(order).try_lock_for_update
        tries = []

        def lock(records, **options):
            if records._name == "sale.order" and order in records:
                tries.append(1)
                if len(tries) < 3:
                    return original(records - order, **options)
            return original(records, **options)

        with (
            patch.object(type(order), "try_lock_for_update", lock),
            trap_jobs() as trap,
        ):
            batch = self.start(order)
            later = 0
            for _turn in range(8):
                trap.perform_enqueued_jobs()
                later += sum(bool(job.eta) for job in trap.enqueued_jobs)
        self.assertEqual(batch.done_count, 1)
        self.assertEqual(len(tries), 3)
        self.assertEqual(later, 2)

    def test_others_go_on_while_one_is_busy(self):
        orders = self.settle_many(3)
        original = type(orders).try_lock_for_update

        def lock(records, **options):
            if records._name == "sale.order":
                records -= orders[0]
            return original(records, **options)

        with (
            patch.object(type(orders), "try_lock_for_update", lock),
            trap_jobs() as trap,
        ):
            batch = self.start(orders, chunk=1)
            for _turn in range(8):
                if batch.done_count == 2:
                    break
                self.assertFalse([job for job in trap.enqueued_jobs if job.eta])
                trap.perform_enqueued_jobs()
            self.assertEqual(batch.done_count, 2)
        self.assertEqual(batch.queued_count, 1)

    def test_a_job_looks_again_for_what_another_one_creates(self):
        """A moment later, and the batch comes to its end."""
        orders = self.settle_many(3)
        kind = type(self.env["order.reversal.batch"])
        with trap_jobs() as trap:
            batch = self.in_background(self.batch(orders), create=1).sudo()
            with (
                patch.object(kind, "_create_missing", lambda batch: None),
                patch.object(kind, "_finish", lambda batch: None),
            ):
                while not any(job.eta for job in trap.enqueued_jobs):
                    self.assertTrue(trap.enqueued_jobs)
                    trap.perform_enqueued_jobs()
            self.assertEqual(batch.done_count, 1)
            self.assertEqual(batch.state, "running")
            while batch.state == "running":
                self.assertTrue(trap.enqueued_jobs)
                trap.perform_enqueued_jobs()
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.done_count, 3)

    def test_a_conflict_is_tried_again_by_the_pattern(self):
        orders = self.settle_many(1)
        with trap_jobs() as trap:
            batch = self.start(orders)
            [job] = trap.enqueued_jobs
            self.assertEqual(job.max_retries, 0)
            with (
                patch.object(
                    type(batch), "_take_chunk", side_effect=SerializationFailure()
                ),
                self.assertRaises(RetryableJobError),
            ):
                trap.perform_enqueued_jobs()
        self.assertEqual(batch.queued_count, 1)
