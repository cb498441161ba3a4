"""A conflict that the host makes something else of: it is tried again all the same."""

import sys

from .database import FAULTS, Watch, watched
from .shapes import SHAPES
from .test_faults import FaultCase, pytest


def _is_called(name):
    frame = sys._getframe()
    while frame := frame.f_back:
        if name in (frame.f_code.co_name, frame.f_code.co_filename.split("/")[-1]):
            return True
    return False


class TestHiddenConflict(FaultCase):
    def check_settled(self, name):
        """A conflict meets the host in a function or a file, once."""
        met = []

        def fail(cursor, number, query):
            if not met and _is_called(name):
                met.append(number)
                cursor._obj.execute(FAULTS["conflict"])

        shape = SHAPES[0]
        orders = self.commit(lambda env: self.settle(env, shape))
        act = self.prepare_settle(shape, orders)
        with watched(Watch(fail)):
            act()
        self.assertTrue(met)
        status = self.commit(
            lambda env: env["sale.order"].browse(orders).invoice_status
        )
        self.assertEqual(status, "invoiced")
        self.assertChain()

    @pytest.mark.commits
    def test_refused(self):
        """The note of the new invoice, on what it comes from: not rendered."""
        self.check_settled("mail_render_mixin.py")

    @pytest.mark.commits
    def test_ignored(self):
        """Whom to subscribe to the new invoice: the host goes on without."""
        self.check_settled("_message_auto_subscribe_followers")
