"""The auditor reads transfers and images of goods, too."""

import json

from odoo.tests import Form

from .common import GoodsCase


class TestAuditor(GoodsCase):
    def test_opens_transfers_and_the_image(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "cancel", delivery_method="return")
        pickings = order.picking_ids
        self.assertEqual(len(pickings), 2)
        for picking in pickings.with_user(self.auditor):
            self.assertTrue(picking.read(["name", "state"]))
            self.assertTrue(picking.move_ids.read(["quantity"]))
            self.assertFalse(picking.has_access("write"))
            self.assertEqual(Form(picking)._record, picking)
        image = json.loads(reversal.with_user(self.auditor).snapshot_json())
        self.assertTrue(image["tables"]["stock_picking"])
