from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.erp_order_reversal.checks import check_records


class AccountMoveLine(models.Model):
    """A line that differs is marked, and takes over what the order line says."""

    _inherit = "account.move.line"

    # The last prices of a product are asked for with each draft invoice.
    _settlement_check_history_idx = models.Index(
        "(product_id, move_id) WHERE parent_state = 'posted' "
        "AND display_type = 'product'"
    )

    settlement_check_differs = fields.Boolean(
        "Differs", compute="_compute_settlement_check_differs"
    )

    def _compute_settlement_check_differs(self):
        differing = self.env["settlement.check"]._get_differing(self.move_id._origin)
        for line in self:
            line.settlement_check_differs = (self._name, line._origin.id) in differing

    def _get_order_line(self):
        """The one order line that this line of a draft invoice invoices.

        :raise UserError: the invoice is posted, or there is no such line
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the order line that the user's own invoice line was made from.
        order_line = self.sudo().sale_line_ids
        if self.move_id.state != "draft" or len(order_line) != 1:
            raise UserError(
                self.env._(
                    "“%(line)s” of %(invoice)s can't be taken from an order: only a "
                    "line of a draft invoice that was made from one order line can. "
                    "Correct it by hand.",
                    line=self.name or "",
                    invoice=self.move_id.display_name,
                )
            )
        return order_line

    def action_take_order_quantity(self):
        """Invoice what is left of the order line; nothing left takes the line away.

        :raise UserError: no line of a draft invoice of an order
        """
        check_records(self)
        for line in self:
            order_line = line._get_order_line()
            own = line.product_uom_id._compute_quantity(
                line.quantity, order_line.product_uom_id, round=False
            )
            # what the host leaves to invoice, this draft not counted
            left = order_line.qty_to_invoice + own
            sign = -1 if order_line.product_uom_qty < 0 else 1
            if order_line.product_uom_id.compare(sign * left, 0.0) <= 0:
                line.unlink()
            else:
                line.quantity = order_line.product_uom_id._compute_quantity(
                    left, line.product_uom_id
                )

    def action_take_order_price(self):
        """Take the order line's unit price, for the invoice line's unit.

        :raise UserError: no line of a draft invoice of an order
        """
        check_records(self)
        for line in self:
            order_line = line._get_order_line()
            line.price_unit = order_line.product_uom_id._compute_price(
                order_line.price_unit, line.product_uom_id
            )

    def action_take_order_discount(self):
        """Take the order line's discount.

        :raise UserError: no line of a draft invoice of an order
        """
        check_records(self)
        self._take_from_order("discount")

    def action_take_order_tax(self):
        """Take the order line's taxes.

        :raise UserError: no line of a draft invoice of an order
        """
        check_records(self)
        self._take_from_order("tax_ids")

    def action_take_order_unit(self):
        """Take the order line's unit, and its price for that unit.

        :raise UserError: no line of a draft invoice of an order
        """
        check_records(self)
        self._take_from_order("product_uom_id", "price_unit")

    def action_take_order_product(self):
        """Take the order line's product, with all that depends on it.

        :raise UserError: no line of a draft invoice of an order
        """
        check_records(self)
        self._take_from_order(
            "product_id", "name", "product_uom_id", "price_unit", "discount", "tax_ids"
        )

    def _take_from_order(self, *names):
        for line in self:
            values = line._get_order_line()._prepare_invoice_line()
            line.write({name: values[name] for name in names})
