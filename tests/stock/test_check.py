"""The settlement check where goods are delivered."""

from .common import GoodsCase


class TestCheckDeliveries(GoodsCase):
    def found(self, record):
        return [
            item["code"] for item in record.with_user(self.seller).check_settlement()
        ]

    def test_more_invoiced_than_delivered(self):
        desk = self.make_goods("Delivered desk", policy="delivery")
        self.receive(desk, 20)
        order = self.make_order(products=desk, quantity=5.0)
        picking = order.picking_ids
        self.transfer(picking, {desk: 3.0})
        move = self.invoice(order, post=False)
        self.assertEqual(move.invoice_line_ids.quantity, 3.0)
        self.assertEqual(self.found(move), [])
        move.invoice_line_ids.quantity = 5.0
        self.assertEqual(self.found(move), ["quantity_delivered"])
        self.transfer(order.picking_ids - picking)
        self.assertEqual(self.found(move), [])
        self.assertEqual(self.found(order), [])

    def test_invoiced_before_delivery(self):
        """Of goods that are invoiced on order, that is right."""
        order = self.make_order(products=self.desk, quantity=5.0)
        move = self.invoice(order)
        self.assertEqual(self.found(move) + self.found(order), [])

    def test_voucher_shows_deliveries(self):
        order = self.settle_goods(products=self.desk)[0]
        report = self.env["ir.actions.report"].with_user(self.seller)
        name = "erp_order_reversal_check.report_settlement"
        html = report._render_qweb_html(name, order.ids)[0].decode()
        self.assertIn(order.picking_ids.name, html)
