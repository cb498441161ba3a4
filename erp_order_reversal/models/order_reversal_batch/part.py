from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...checks import is_number


class OrderReversalBatch(models.Model):
    """A part of each document: what it has of some products, the rest stays settled."""

    _inherit = "order.reversal.batch"

    product_ids = fields.Many2many(
        "product.product",
        string="Only These Products",
        copy=False,
        request=True,
        help="Of each document, only the lines with these products are taken back. "
        "Empty: all of it.",
    )
    product_quantity = fields.Float(
        "At Most",
        digits="Product Unit",
        copy=False,
        request=True,
        help="So many of each of the products, of each document, in the product's own "
        "unit; 0 for all of them.",
    )

    @api.model
    def _check_values(self, vals):
        """Override to say what is no quantity.

        :raise ValidationError: no number, or less than 0
        """
        result = super()._check_values(vals)
        value = vals.get("product_quantity") or 0.0
        if not is_number(value) or value < 0:
            raise ValidationError(
                self.env._(
                    "“%s” is not a valid quantity. Give a number, or 0 for all of it.",
                    value,
                )
            )
        return result

    def _check_startable(self):
        """Override to say what takes no part.

        :raise UserError: a payment, or a scope that takes back all of it
        """
        super()._check_startable()
        if not self.product_ids:
            return
        if self.payment_ids:
            raise UserError(
                self.env._(
                    "A payment has no products. Select orders or invoices, or leave "
                    "the products out."
                )
            )
        if self.scope not in ("invoice", "cancel"):
            labels = dict(self._fields["scope"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(scope)s” takes back all of a document. Choose “%(invoice)s” or "
                    "“%(cancel)s” for some products, or leave the products out.",
                    scope=labels[self.scope],
                    invoice=labels["invoice"],
                    cancel=labels["cancel"],
                )
            )

    def _get_part_values(self, records):
        """The part of each document, for the reversals that are about to be created.

        :param records: the documents, of one model
        :return: {id: {"line_ids": commands}}; of all without products, no key for a
            document that has none of the products
        """
        self.ensure_one()
        if not self.product_ids:
            return dict.fromkeys(records._ids, {})
        # sudo: quantities of documents that the user may read.
        available = records.sudo()._reversal_available(
            self.product_ids._origin, self.scope
        )
        found = {}
        for line, quantity in available.items():
            root, name = line._reversal_part_of_root()
            left = self._take_at_most(found, root, line, quantity)
            if line.product_uom_id.compare(left, 0.0) > 0:
                values = found.setdefault(root.id, {"line_ids": [], "taken": {}})
                values["line_ids"].append(
                    Command.create({name: line.id, "quantity": left})
                )
        return {
            root_id: {"line_ids": values["line_ids"]}
            for root_id, values in found.items()
        }

    def _take_at_most(self, found, root, line, quantity):
        """So much of a line, in its unit, and keep what is taken of its product."""
        unit, own = line.product_uom_id, line.product_id.uom_id
        if not self.product_quantity:
            return quantity
        taken = found.setdefault(root.id, {"line_ids": [], "taken": {}})["taken"]
        before = taken.get(line.product_id.id, 0.0)
        left = own._compute_quantity(
            max(0.0, self.product_quantity - before), unit, round=False
        )
        part = unit.round(min(quantity, left))
        taken[line.product_id.id] = before + unit._compute_quantity(
            part, own, round=False
        )
        return part


class OrderReversalMixin(models.AbstractModel):
    _inherit = "order.reversal.mixin"

    def _reversal_available(self, products, scope):
        """How much of some products these documents have to be taken back.

        :param products: `product.product`
        :param str scope: of the reversal
        :return: {line of a document: quantity in its unit}
        """
        return {}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _reversal_available(self, products, scope):
        """Override: what is ordered, or invoiced where the order stays as it is."""
        lines = self.order_line.filtered(
            lambda line: line.product_id in products
            and not line.display_type
            and not line.is_downpayment
        )
        name = "product_uom_qty" if scope == "cancel" else "qty_invoiced_posted"
        return {line: line[name] for line in lines}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _reversal_part_of_root(self):
        """(order, the field of a part that names this line)"""
        return self.order_id, "order_line_id"


class AccountMove(models.Model):
    _inherit = "account.move"

    def _reversal_available(self, products, scope):
        """Override: what no credit note took back yet."""
        lines = self.line_ids.filtered(
            lambda line: line.product_id in products and line.display_type == "product"
        )
        rest, _used, _made = lines._reversal_rest()
        return {line: abs(rest[line].quantity) for line in lines if line in rest}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _reversal_part_of_root(self):
        """(invoice, the field of a part that names this line)"""
        return self.move_id, "move_line_id"
