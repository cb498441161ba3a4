from odoo import models
from odoo.tools import float_compare, float_round

from .host_way import OF_WIZARD


class AccountMoveLine(models.Model):
    """The line of a credit note that takes a part of an invoice line back."""

    _inherit = "account.move.line"

    def _reversal_part_vals(self, quantity, amount):
        """Values of a credit note line that takes back a part of this line."""
        self.ensure_one()
        context = {"include_business_fields": True, **OF_WIZARD}
        values = self.with_context(**context).copy_data()[0]
        values.pop("move_id", None)
        if abs(quantity) < 1e-6:
            # Only money is left: it must not count against the order line.
            values.update(quantity=1.0, sale_line_ids=False)
            quantity = 1.0
        else:
            unit, quantity = self._reversal_part_unit(quantity)
            values.update(quantity=quantity, product_uom_id=unit.id)
        if self.amount_currency:
            values["price_unit"] = (
                self.price_unit
                * (amount / self.amount_currency)
                * (self.quantity / quantity)
            )
        return values

    def _reversal_part_unit(self, quantity):
        """A quantity of this line in a unit that can say it.

        One of two dozen is 0.08 of a dozen to the digits that a line has; in the unit
        of the order it is 1.

        :param float quantity: in the unit of this line
        :return: (`uom.uom`, quantity in it)
        """
        self.ensure_one()
        unit, own = self.sale_line_ids[:1].product_uom_id, self.product_uom_id
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        exact = float_compare(
            float_round(quantity, precision_digits=digits), quantity, precision_digits=6
        )
        if exact == 0 or not unit or unit == own:
            return own, quantity
        return unit, own._compute_quantity(quantity, unit)

    def _reversal_counter_vals(self, amount, balance):
        """Values of a line of a credit note that has no copy there yet."""
        self.ensure_one()
        values = self.copy_data()[0]
        values.pop("move_id", None)
        values.update(amount_currency=amount, balance=balance, sequence=self.sequence)
        part = self.tax_repartition_line_id
        if part and part.document_type == "invoice":
            mirrors = part.tax_id.refund_repartition_line_ids
            index = list(part.tax_id.invoice_repartition_line_ids).index(part)
            if index < len(mirrors):
                values["tax_repartition_line_id"] = mirrors[index].id
                values["tax_tag_ids"] = [(6, 0, mirrors[index].tag_ids.ids)]
        return values
