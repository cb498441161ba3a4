"""The goods in the analysis: what was to become of them, and what was lost."""

from odoo import Command

from ..common import GROUP
from .common import GoodsCase


class TestGoodsInTheAnalysis(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = cls._user("reporter_t", GROUP + "report")

    def _lost(self, reversal):
        """{product: cost of goods not returned}"""
        self.env.flush_all()
        # As in another request: what a query gave before is not read again.
        self.env.invalidate_all()
        report = self.env["order.reversal.report"].with_user(self.reporter)
        rows = report.search([("reversal_id", "=", reversal.id)])
        return {row.product_id: row.cost_lost for row in rows}

    def test_kept_by_the_customer(self):
        order, _move, _payment = self.settle_goods()
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        self.assertEqual(self._lost(reversal), {self.desk: 30.0, self.lamp: 12.0})
        report = self.env["order.reversal.report"].with_user(self.reporter)
        found = report._read_group(
            [("reversal_id", "=", reversal.id)],
            ["delivery_method"],
            ["cost_lost:sum", "reversal_count:sum"],
        )
        self.assertEqual(found, [("keep", 42.0, 1)])

    def test_received_back(self):
        order, _move, _payment = self.settle_goods()
        reversal = self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(self._lost(reversal), {self.desk: 0.0, self.lamp: 0.0})

    def test_on_their_way_back(self):
        """Lost until the warehouse has received them."""
        order, _move, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "cancel", delivery_method="request_return")
        self.assertEqual(self._lost(reversal), {self.desk: 30.0})
        self.transfer(reversal.sudo()._get_returns())
        self.assertEqual(self._lost(reversal), {self.desk: 0.0})

    def test_part(self):
        order, _move, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(
            order,
            "invoice",
            line_ids=[
                Command.create({"order_line_id": order.order_line.id, "quantity": 1.0})
            ],
        )
        self.assertEqual(self._lost(reversal), {self.desk: 10.0})

    def test_settled_again(self):
        order, _move, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "invoice")
        self.assertEqual(self._lost(reversal), {self.desk: 30.0})
        self.pay(self.invoice(order))
        self.env.flush_all()  # as before a commit
        self.assertEqual(reversal.settled_again_state, "done")
        self.assertEqual(self._lost(reversal)[self.desk], 0.0)

    def test_never_delivered(self):
        order, _move, _payment = self.settle_goods(products=self.desk, deliver=False)
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        self.assertEqual(self._lost(reversal)[self.desk], 0.0)
