"""Reversals of a batch that wait until somebody else is done with their documents."""

import time


class Busy:
    """How often each of them was tried in this process.

    :param int tries: how often one is tried before it fails
    :param dict counts: {id: how often it was tried before}
    :param now: ids of those that still wait

    `coming` tells that another worker is creating more of them.
    """

    def __init__(self, tries=5, counts=None, now=()):
        self.tries = tries
        self.counts = dict(counts or {})
        self.rounds = {}
        self.now = set(now)
        self.coming = False

    def add(self, reversal):
        """Leave it queued for the time being.

        :return: bool, whether it was tried often enough
        """
        count = self.counts[reversal.id] = self.counts.get(reversal.id, 0) + 1
        self.now.add(reversal.id)
        return count >= self.tries

    def wait(self, batch):
        """Let those that wait be tried again, after a moment.

        :return: bool, whether there are any
        """
        if not self.now and not self.coming:
            return False
        self.now.clear()
        self.coming = False
        rounds = self.rounds[batch.id] = self.rounds.get(batch.id, 0) + 1
        time.sleep(min(0.2 * rounds, 2.0))
        return True
