from odoo import fields, models
from odoo.tools import SQL

from ..const import DELIVERY_METHODS


class OrderReversalReport(models.Model):
    """The goods: what was to become of them, and what was lost."""

    _inherit = "order.reversal.report"
    _depends = {
        "order.reversal": ["delivery_method"],
        "stock.move": ["state", "value", "quantity", "sale_line_id"],
    }

    delivery_method = fields.Selection(DELIVERY_METHODS, "Goods", readonly=True)
    cost_lost = fields.Monetary(
        "Cost of Goods Not Returned",
        readonly=True,
        help="What goods were worth that were delivered, are taken back in the books, "
        "and neither came back nor were settled again.",
    )

    def _get_dimensions(self):
        return {
            **super()._get_dimensions(),
            "delivery_method": SQL("reversal.delivery_method"),
        }

    def _get_measures(self):
        return {
            **super()._get_measures(),
            "cost_lost": SQL(
                "ROUND(GREATEST(COALESCE(goods.value, 0), 0) * COALESCE(LEAST(1, "
                "line.quantity / NULLIF(goods.quantity, 0)::numeric), 1), "
                "currency.decimal_places) "
                "* account_currency_table.rate"
            ),
        }

    def _from(self):
        """Add what is with the customer of each product of the order, at its cost.

        Of a kit its parts are delivered, so that its quantity says nothing of theirs.
        """
        return SQL(
            """%s
         LEFT JOIN LATERAL (
                   SELECT SUM(way.sign * ABS(COALESCE(goods_move.value, 0))) AS value,
                          SUM(way.sign * goods_move.quantity * COALESCE(
                              unit.factor / NULLIF(own.factor, 0), 1)) FILTER (
                              WHERE goods_move.product_id = order_line.product_id)
                              AS quantity
                     FROM sale_order_line order_line
                     JOIN stock_move goods_move
                       ON goods_move.sale_line_id = order_line.id
                      AND goods_move.state = 'done'
                     JOIN stock_location origin ON origin.id = goods_move.location_id
                     JOIN stock_location target
                       ON target.id = goods_move.location_dest_id
               CROSS JOIN LATERAL (SELECT (target.usage = 'customer')::int
                                        - (origin.usage = 'customer')::int) way (sign)
                LEFT JOIN uom_uom unit ON unit.id = goods_move.product_uom
                LEFT JOIN uom_uom own ON own.id = template.uom_id
                    WHERE order_line.order_id = sale.id
                      AND order_line.product_id = line.product_id) goods
                ON reversal.state = 'done'
               AND reversal.scope IN ('invoice', 'draft', 'cancel')
               AND reversal.settled_again_state != 'done'""",
            super()._from(),
        )
