"""A conflict while the host renders a note: it makes a refusal of it."""

import sys

from .database import FAULTS, Watch, watched
from .shapes import SHAPES
from .test_faults import FaultCase, pytest

RENDERS = "mail_render_mixin.py"


def _renders():
    frame = sys._getframe()
    while frame := frame.f_back:
        if frame.f_code.co_filename.endswith(RENDERS):
            return True
    return False


class TestConflictInNote(FaultCase):
    @pytest.mark.commits
    def test_settled_again_at_the_second_try(self):
        """The note of the new invoice, on what it comes from."""
        met = []

        def fail(cursor, number, query):
            if not met and _renders():
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
