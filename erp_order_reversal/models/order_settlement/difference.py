from odoo import api, fields, models

CHANGES = [
    ("same", "Unchanged"),
    ("changed", "Changed"),
    ("added", "Added"),
    ("removed", "Removed"),
]
# What is compared: {value of a line: the field of `sale.order.line` it comes from}.
VALUES = {
    "quantity": "product_uom_qty",
    "price": "price_unit",
    "discount": "discount",
    "subtotal": "price_subtotal",
}


class OrderSettlementDifference(models.Model):
    """One line of an order, as it was settled before and as it is settled now."""

    _name = "order.settlement.difference"
    _description = "Line Settled Again"
    _order = "settlement_id, sequence, id"

    settlement_id = fields.Many2one(
        "order.settlement", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    order_line_id = fields.Many2one("sale.order.line", ondelete="set null")
    product_id = fields.Many2one("product.product", ondelete="set null")
    name = fields.Char("Line")
    currency_id = fields.Many2one("res.currency")
    change = fields.Selection(CHANGES, compute="_compute_change", store=True)
    quantity_before = fields.Float("Qty Before", digits="Product Unit")
    quantity_after = fields.Float("Qty Now", digits="Product Unit")
    price_before = fields.Float(digits="Product Price", aggregator=None)
    price_after = fields.Float("Price Now", digits="Product Price", aggregator=None)
    discount_before = fields.Float("Discount Before (%)", digits="Discount")
    discount_after = fields.Float("Discount Now (%)", digits="Discount")
    tax_before = fields.Char()
    tax_after = fields.Char("Tax Now")
    subtotal_before = fields.Monetary("Amount Before")
    subtotal_after = fields.Monetary("Amount Now")
    was_there = fields.Boolean(help="The line was there before.")
    is_there = fields.Boolean(help="The line is there now.")

    @api.depends(
        "was_there",
        "is_there",
        "tax_before",
        "tax_after",
        *(f"{name}_{when}" for name in VALUES for when in ("before", "after")),
    )
    def _compute_change(self):
        for line in self:
            if not line.was_there:
                line.change = "added"
            elif not line.is_there:
                line.change = "removed"
            else:
                same = all(
                    line[f"{name}_before"] == line[f"{name}_after"]
                    for name in (*VALUES, "tax")
                )
                line.change = "same" if same else "changed"
