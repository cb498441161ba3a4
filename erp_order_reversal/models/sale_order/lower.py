from odoo import api, models
from odoo.tools import float_compare

from ...plan import LowerData

# What was agreed on a line. The host prices it anew by its quantity once nothing of it
# is invoiced (`sale.order.line._compute_price_unit`, `_compute_discount`).
AGREED = ("price_unit", "technical_price_unit", "discount")


class SaleOrder(models.Model):
    """An order of which a part is taken back: less is ordered, it stays confirmed."""

    _inherit = "sale.order"

    def _reversal_part_lines(self, part):
        """Override: quantities of the order's own lines."""
        return {line: wanted.quantity for line, wanted in part.items()}

    def _reversal_leaves_nothing(self, quantities):
        """Whether nothing would be left of the order.

        :param dict quantities: {order line: quantity that goes, in its unit}
        """
        self.ensure_one()
        return not any(
            float_compare(
                abs(line.product_uom_qty), quantities.get(line, 0.0), precision_digits=6
            )
            > 0
            for line in self.order_line
            if not line.display_type and not line.is_downpayment
        )

    def _reversal_plan_lower(self, plan):
        """One step that lowers what is ordered; the order stays confirmed."""
        self.ensure_one()
        quantities = plan.root._reversal_part_lines(plan.part)
        own = {
            line: quantity
            for line, quantity in quantities.items()
            if line.order_id == self and not line.is_downpayment
        }
        if not own:
            return
        if self._reversal_leaves_nothing(own):
            plan.add_step(
                self,
                "cancel",
                self.env._("Cancelled: nothing is left of it"),
                amount=self.amount_total,
                currency_id=self.currency_id.id,
                data=self._reversal_cancel_data(plan) or None,
            )
            return
        self._reversal_foresee_lower(plan, own)
        words = self.env["order.reversal.line"]._format_quantity
        texts = [
            self.env._(
                "%(line)s: %(after)s instead of %(before)s",
                line=line.name,
                before=words(line.product_uom_id, line.product_uom_qty),
                after=words(line.product_uom_id, line.product_uom_qty - quantity),
            )
            for line, quantity in own.items()
        ]
        plan.add_step(
            self,
            "lower",
            self.env._("Stays confirmed; %s", "; ".join(texts)),
            why=self.env._("Only a part is taken back."),
            amount=self._reversal_worth_of(own),
            currency_id=self.currency_id.id,
            data=LowerData([[line.id, quantity] for line, quantity in own.items()]),
        )

    def _reversal_foresee_lower(self, plan, quantities):
        """No more than what is ordered can be taken off."""
        words = self.env["order.reversal.line"]._format_quantity
        self.env["order.reversal.line"]._block_exceeding(
            plan,
            [
                (
                    line,
                    words(line.product_uom_id, quantity),
                    words(line.product_uom_id, line.product_uom_qty),
                )
                for line, quantity in quantities.items()
                if float_compare(quantity, line.product_uom_qty, precision_digits=6) > 0
            ],
        )

    def _reversal_worth_of(self, quantities):
        """What a part of the order is worth with taxes, in its currency."""
        return self.currency_id.round(
            sum(
                line.price_total * quantity / line.product_uom_qty
                for line, quantity in quantities.items()
                if line.product_uom_qty
            )
        )

    @api.private
    def _reversal_apply_lower(self, steps):
        """Lower what is ordered, line by line."""
        for step in steps:
            step._get_document()._reversal_change_ordered(step, -1.0)
            step._set_result()

    def _reversal_check_lower(self, step, books):
        """:return: list of str; an order may be changed later, that is no problem"""
        if not books.fresh:
            return []
        before = {row[0]: row[2] for row in step._before().get("lines", [])}
        return self._reversal_find_ordered_otherwise(step, before, -1.0)

    def _reversal_obstacles_lower(self, step, plan):
        """More can be ordered on an open order alone, or on one opened for it."""
        self.ensure_one()
        if self.state != "sale" or (self.locked and not step._is_locked_again()):
            plan.block(
                "order_not_open",
                self.env._(
                    "%s has been locked or cancelled since, so no more can be ordered.",
                    self.name,
                ),
                self,
                remedy=self.env._("Unlock it, or confirm it again, first."),
            )

    @api.private
    def _reversal_apply_raise_back(self, steps):
        """Order again what was taken off: so much more than is ordered by now."""
        for step in steps:
            step._get_document()._reversal_change_ordered(step.origin_id, 1.0)
            step._set_result()

    def _reversal_check_raise_back(self, step, books):
        """:return: list of str"""
        if not books.fresh:
            return []
        before = {row[0]: row[2] for row in step._before().get("lines", [])}
        return self._reversal_find_ordered_otherwise(step.origin_id, before, 1.0)

    def _reversal_find_ordered_otherwise(self, step, before, sign):
        """Lines of which something else is ordered than a step has left.

        :param dict before: {id of an order line: quantity that was ordered}
        :return: list of str
        """
        lines = self.env["sale.order.line"]
        words = self.env["order.reversal.line"]._format_quantity
        return [
            self.env._(
                "%(order)s: %(quantity)s of “%(line)s” are ordered.",
                order=self.name,
                quantity=words(line.product_uom_id, line.product_uom_qty),
                line=line.name,
            )
            for line_id, quantity in LowerData.from_json(step.data).lines
            for line in lines.browse(line_id)
            if line_id not in before
            or line.product_uom_id.compare(
                line.product_uom_qty, before[line_id] + sign * quantity
            )
        ]

    def _reversal_change_ordered(self, step, sign):
        """Change the ordered quantities by what a step names; override point."""
        self.ensure_one()
        lines = self.env["sale.order.line"]
        for line_id, quantity in LowerData.from_json(step.data).lines:
            line = lines.browse(line_id)
            line.write(
                {
                    "product_uom_qty": line.product_uom_qty + sign * quantity,
                    **{name: line[name] for name in AGREED},
                }
            )
