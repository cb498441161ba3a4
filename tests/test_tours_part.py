"""A part is taken back in a browser; who has no right is offered nothing."""

from odoo.tests import HttpCase

from .common import ReversalCase


class TestPartTours(ReversalCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.order, self.move, self.payment = self.settle(quantity=10.0)

    def tour(self, record, name, user):
        path = f"/odoo/m-{record._name}/{record.id}"
        self.start_tour(path, name, login=user.login, timeout=300)
        self.env.invalidate_all()

    def take_part(self, root, name):
        """What was refused on the way has left nothing, not even a number."""
        sequence = self.env.ref("erp_order_reversal.sequence_order_reversal")
        number = sequence.number_next_actual
        self.tour(root, name, self.clerk)
        reversal = self.env["order.reversal"].with_user(self.clerk).search([])
        self.assertEqual((reversal.state, reversal.done_by_id), ("done", self.clerk))
        self.assertEqual(reversal.line_ids.mapped("quantity"), [3.0])
        self.assertEqual(sequence.number_next_actual, number + 1)
        self.assertEqual(
            self.order.order_line.mapped("qty_invoiced"), [7.0, 10.0, 10.0]
        )
        self.assertEqual(self.move.reversal_move_ids.amount_total, 345.0)
        self.assertEqual(self.move.payment_state, "paid")

    def test_three_of_ten(self):
        self.take_part(self.order, "order_reversal_part")

    def test_from_the_invoice_in_chinese(self):
        self.clerk.lang = "zh_CN"
        self.take_part(self.move, "order_reversal_part_chinese")

    def test_no_buttons_without_the_right(self):
        self.tour(self.order, "order_reversal_no_buttons", self.outsider)
