from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy
from odoo.addons.erp_order_reversal.models.order_reversal_batch.work import (
    CHUNK,
    TRIES,
)
from odoo.addons.queue_job.exception import RetryableJobError

# At most as many jobs of one batch run side by side; the channel may allow fewer.
MAX_JOBS = 16
# Seconds until reversals are tried again whose documents somebody else is changing.
BUSY_PAUSE = 10
# Seconds until a job looks again for reversals that another one is creating.
COMING_PAUSE = 1


class OrderReversalBatch(models.Model):
    """Several workers on one batch, each with a chunk of its own."""

    _inherit = "order.reversal.batch"

    def _start_background(self):
        """Enqueue as many jobs as can work side by side.

        Each of them carries out one chunk and enqueues the next in the same
        transaction. The scheduler's job stays as a fallback: it takes what is queued
        and not locked, should the job queue be down.
        """
        for batch in self:
            jobs = min(MAX_JOBS, -(-batch.queued_count // CHUNK))
            for _job in range(jobs):
                batch._delay_work()

    def _delay_work(self, eta=None, **arguments):
        # As often as needed: how often documents may be busy is counted apart.
        self.with_delay(
            eta=eta,
            max_retries=0,
            description=self.env._("%s: carry out a part", self.name),
        )._job_work(**arguments)

    def _job_work(self, busy=None, skip=()):
        """Carry out one chunk, then go on with another job; the queue commits.

        :param dict busy: {id of a reversal: how often its documents were busy}
        :param skip: ids of reversals that are left until nothing else is to be done
        :raise RetryableJobError: another transaction got in the way; the retry
            pattern says when to try again
        """
        self.ensure_one()
        counts = {int(key): count for key, count in (busy or {}).items()}
        waiting = Busy(tries=TRIES, counts=counts, now=skip)
        try:
            # sudo: as the scheduler; each chunk is carried out as the batch's owner.
            worked = self.sudo()._work_chunk(waiting)
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            raise RetryableJobError(str(error)) from error
        counts = {str(key): count for key, count in waiting.counts.items()}
        if worked:
            self._delay_work(busy=counts, skip=sorted(waiting.now))
        elif waiting.now:
            self._delay_work(busy=counts, eta=BUSY_PAUSE)
        elif waiting.coming:
            self._delay_work(busy=counts, eta=COMING_PAUSE)
        return self.env._("Reversals processed: %s", worked)
