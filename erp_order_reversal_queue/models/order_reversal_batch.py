from odoo import models

from odoo.addons.erp_order_reversal.models.order_reversal_batch_process import (
    CHUNK,
    TRIES,
)
from odoo.addons.erp_order_reversal.tools import Busy

# At most as many jobs of one batch run side by side; the channel may allow fewer.
MAX_JOBS = 16
# Seconds until reversals are tried again whose documents somebody else is changing.
BUSY_PAUSE = 10


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

    def _delay_work(self, busy=None, eta=None):
        self.with_delay(
            eta=eta, description=self.env._("%s: carry out a part", self.name)
        )._job_work(busy=busy or {})

    def _job_work(self, busy=None):
        """Carry out one chunk, then go on with another job; the queue commits.

        :param dict busy: {id of a reversal: how often its documents were busy}
        """
        self.ensure_one()
        counts = {int(key): count for key, count in (busy or {}).items()}
        waiting = Busy(tries=TRIES, counts=counts)
        # sudo: as the scheduler; each chunk is carried out as the batch's owner.
        worked = self.sudo()._work_chunk(waiting)
        if worked:
            counts = {str(key): count for key, count in waiting.counts.items()}
            self._delay_work(busy=counts, eta=BUSY_PAUSE if waiting.now else None)
        return self.env._("%s reversals worked on", worked)
