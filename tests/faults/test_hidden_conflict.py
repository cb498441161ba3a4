"""A conflict that the host makes something else of: it is tried again all the same."""

import sys

from .database import Fault, Watch, watched
from .shapes import SHAPES
from .test_faults import FaultCase, pytest


def _is_called(name):
    frame = sys._getframe()
    while frame := frame.f_back:
        if name in (frame.f_code.co_name, frame.f_code.co_filename.split("/")[-1]):
            return True
    return False


class TestHiddenConflict(FaultCase):
    def choose(self, _query):
        """Where it meets the host, if it does."""
        return ["conflict"] if _is_called(self.place) else ()

    def check_settled(self, place):
        """A conflict meets the host in a function or a file, once.

        :return: class of the error that its copy ended with
        """
        self.place = place
        shape = SHAPES[0]
        orders = self.commit(lambda env: self.settle(env, shape))
        act = self.prepare_settle(shape, orders)
        follower, saved = self.learn(act)
        saved.go_back()
        landing, [number, *_more] = next(iter(follower.landings.items()))
        fault = Fault("conflict", number)
        with watched(Watch(fault)):
            act()
        self.assertTrue(fault.is_met)
        status = self.commit(
            lambda env: env["sale.order"].browse(orders).invoice_status
        )
        self.assertEqual(status, "invoiced")
        self.assertChain()
        return landing.error

    @pytest.mark.commits
    def test_refused(self):
        """The note of the new invoice, on what it comes from: not rendered."""
        self.check_settled("mail_render_mixin.py")

    @pytest.mark.commits
    def test_ignored(self):
        """Whom to subscribe to the new invoice: the host goes on without."""
        error = self.check_settled("_message_auto_subscribe_followers")
        self.assertEqual(error, "InFailedSqlTransaction")
