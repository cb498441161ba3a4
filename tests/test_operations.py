"""An operation has all of its pieces, or the registry does not load."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo.addons.erp_order_reversal.const import OPERATIONS
from odoo.addons.erp_order_reversal.exceptions import IncompleteOperationError
from odoo.addons.erp_order_reversal.plan import Operation
from odoo.addons.erp_order_reversal.plan import operation as rows

from .common import ReversalCase

TOY = Operation("stamp", 105, ("sale.order",), "unstamp")
BACK = Operation("unstamp", 199, ("sale.order",))
PIECES = (
    "_reversal_apply_stamp",
    "_reversal_check_stamp",
    "_reversal_obstacles_stamp",
    "_reversal_apply_unstamp",
    "_reversal_check_unstamp",
)


class TestOperations(ReversalCase):
    def missing(self, added, pieces=PIECES, names=("stamp", "unstamp")):
        """What the registry finds with the operations of a toy addon.

        :param added: list of `Operation`
        :param pieces: names of the methods that the addon brings
        :param names: values that it adds to the step's `operation`
        """
        step = self.env["order.reversal.step"]
        order = type(self.env["sale.order"])
        own = step._get_operation_rows()
        values = [*step._fields["operation"].get_values(self.env), *names]
        with ExitStack() as stack:
            enter = stack.enter_context
            enter(
                patch.object(type(step), "_get_operation_rows", lambda s: own + added)
            )
            enter(
                patch.object(
                    type(step._fields["operation"]), "get_values", lambda f, e: values
                )
            )
            for piece in pieces:
                enter(patch.object(order, piece, lambda *args: None, create=True))
            self.env.registry.clear_cache()
            self.addCleanup(self.env.registry.clear_cache)
            try:
                step._register_hook()
            except IncompleteOperationError as error:
                return str(error)
            finally:
                self.env.registry.clear_cache()
        return ""

    def test_the_shipped_ones_are_complete(self):
        self.assertEqual(self.env["order.reversal.step"]._find_missing_pieces(), [])

    def test_a_complete_one_is_taken(self):
        self.assertEqual(self.missing([TOY, BACK]), "")

    def test_each_missing_piece_is_named(self):
        for piece in PIECES:
            with self.subTest(piece):
                others = [name for name in PIECES if name != piece]
                self.assertIn(
                    f"sale.order has no {piece}.", self.missing([TOY, BACK], others)
                )

    def test_without_inverse(self):
        self.assertIn(
            "The operation stamp has no inverse.",
            self.missing([TOY], names=("stamp",)),
        )

    def test_without_a_name(self):
        self.assertIn("unstamp", self.missing([TOY, BACK], names=("stamp",)))

    def test_rows_and_names_agree(self):
        keys = [row.key for row in rows.OPERATIONS]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(set(keys), {key for key, _name in OPERATIONS})
        places = {row.key: row.order for row in rows.OPERATIONS}
        for row in rows.OPERATIONS:
            if row.inverse:
                self.assertGreater(
                    places[row.inverse],
                    max(order for key, order in places.items() if order < 200),
                )
