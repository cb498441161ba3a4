"""A delivery is validated while somebody else acts on the same order."""

import pytest

from ..faults.test_interleave import ACTS, InterleaveCase

#: Whoever takes back or restores an order moves its goods, too.
MOVES_GOODS = ("stock.group_stock_user",)


@pytest.mark.commits
class TestInterleaveGoods(InterleaveCase):
    groups = {
        **{
            name: (*groups, *MOVES_GOODS)
            for name, groups in InterleaveCase.groups.items()
        },
        "worker": MOVES_GOODS,
    }
    acts = {**ACTS, "deliver": "worker"}
    #: the pickings and what was delivered count, too
    IMAGE = (
        InterleaveCase.IMAGE
        + """
     UNION ALL
        SELECT 'picking', picking.state, kind.code,
               COALESCE(picking.return_id IS NOT NULL, FALSE)::text, ''
          FROM stock_picking picking
          JOIN stock_picking_type kind ON kind.id = picking.picking_type_id
         WHERE picking.company_id = %(company)s
     UNION ALL
        SELECT 'delivered', id::text, qty_delivered::text, '', ''
          FROM sale_order_line WHERE company_id = %(company)s
    """
    )

    def product(self, env):
        product = env["product.product"].create(
            {
                "name": "Desk",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
            }
        )
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", self.company_id)], limit=1
        )
        env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, 100
        )
        return product

    def do_deliver(self, env):
        # sudo: a worker sees the deliveries, not the order that they belong to
        pickings = env["sale.order"].sudo().browse(self.orders).picking_ids
        waiting = pickings.filtered(lambda picking: picking.state == "assigned")
        waiting.sudo(False).button_validate()

    def test_a_delivery(self):
        self.check_pairs([(name, "deliver") for name in self.acts])
