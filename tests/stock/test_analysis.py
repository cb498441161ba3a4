"""The goods in the analysis: what was to become of them, and what was lost."""

from datetime import date

from odoo import Command

from ..common import GROUP
from ..year import TAKEN, YEAR, YearMixin, belonging_to, repeat
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


class TestYearOfGoods(YearMixin, GoodsCase):
    """The cost of goods that are lost, of 5,000 reversals, against plain SQL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = cls._user("reporter_t", GROUP + "report")
        cls.report = cls.env["order.reversal.report"]
        cls.desk.standard_price = 3.33
        cls.lamp.standard_price = 0.07
        originals = cls("_make_originals")._make_originals().sudo()
        cls.env.flush_all()
        rows = belonging_to(originals)
        moves = originals.order_id.order_line.move_ids
        lines = rows.pop("sale_order_line_invoice_rel")
        rows |= {
            "stock_picking": moves.picking_id.ids,
            "stock_move": moves.ids,
            "sale_order_line_invoice_rel": lines,
        }
        partners = cls.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        cls.env.flush_all()
        repeat(
            cls.env.cr,
            rows,
            800,
            date(YEAR, 1, 1),
            {("order_reversal", "partner_id"): partners.ids},
        )
        cls.env.invalidate_all()

    def _make_originals(self):
        def goods(**values):
            return self.settle_goods(**values)[0]

        found = self.reverse(goods(), "cancel", delivery_method="keep")
        found |= self.reverse(goods(), "cancel", delivery_method="return")
        found |= self.reverse(goods(), "invoice", delivery_method="request_return")
        order = goods(quantity=4.0)
        part = Command.create(
            {"order_line_id": order.order_line[0].id, "quantity": 1.0}
        )
        found |= self.reverse(order, "invoice", line_ids=[part])
        found |= self.reverse(goods(deliver={self.desk: 2.0}), "invoice")
        found |= self.reverse(goods(), "payment")
        order = goods()
        found |= self.reverse(order, "invoice")
        self.pay(self.invoice(order))
        return found

    def assertLost(self, name, column):
        expected = self.expect(
            f"""  , {TAKEN},
            held AS (
                SELECT line.order_id, line.product_id,
                       SUM(CASE WHEN target.usage = 'customer' THEN 1 ELSE -1 END
                           * ABS(move.value)) AS value,
                       SUM(CASE WHEN target.usage = 'customer' THEN 1 ELSE -1 END
                           * move.quantity) AS quantity
                  FROM stock_move move
                  JOIN sale_order_line line ON line.id = move.sale_line_id
                  JOIN stock_location target ON target.id = move.location_dest_id
                 WHERE move.state = 'done'
              GROUP BY 1, 2),
            lost AS (
                SELECT r.id, taken.product_id,
                       CASE WHEN held.quantity > 0 AND r.scope != 'payment'
                                 AND r.settled_again_state != 'done'
                            THEN ROUND(held.value / held.quantity::numeric * LEAST(
                                 held.quantity, taken.quantity)::numeric, 2)
                            ELSE 0 END AS cost
                  FROM counted r
                  JOIN taken ON taken.reversal_id = r.id
             LEFT JOIN held ON held.order_id = r.sold_by
                   AND held.product_id = taken.product_id)
                SELECT {column}, COUNT(DISTINCT r.id), SUM(lost.cost)
                  FROM counted r JOIN lost ON lost.id = r.id GROUP BY 1"""
        )
        found = self.found([name], ["reversal_count:sum", "cost_lost:sum"])
        self.assertFigures(found, expected)
        return expected

    def test_cost_of_goods_lost(self):
        rows = self.assertLost("product_id", "lost.product_id")
        self.assertEqual(len(rows), 2)
        self.assertTrue(all(cost > 0 for _product, _count, cost in rows))
        rows = self.assertLost("delivery_method", "r.delivery_method")
        self.assertGreaterEqual(len(rows), 3)
        self.assertGreaterEqual(sum(row[1] for row in rows), 5000)
        self.assertEqual(len(self.assertLost("partner_id", "r.partner_id")), 2)
        self.assertLost("scope", "r.scope")
