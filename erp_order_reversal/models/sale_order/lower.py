from odoo import api, models
from odoo.tools import float_compare

from ...plan import LowerData


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
            )
            return
        self._reversal_check_lower(plan, own)
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

    def _reversal_check_lower(self, plan, quantities):
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

    @api.private
    def _reversal_undo_lower(self, steps):
        """Order again what was taken off: so much more than is ordered by now.

        Another part may have been taken off since; each gives its own back.
        """
        for step in steps:
            step._get_document()._reversal_change_ordered(step, 1.0)

    def _reversal_undo_blockers(self, step):
        self.ensure_one()
        blockers = super()._reversal_undo_blockers(step)
        if step.operation == "lower":
            blockers += self._reversal_later_obstacles(step, ("lower", "cancel"))
        return blockers

    def _reversal_change_ordered(self, step, sign):
        """Change the ordered quantities by what a step names; override point."""
        self.ensure_one()
        lines = self.env["sale.order.line"]
        for line_id, quantity in LowerData.from_json(step.data).lines:
            line = lines.browse(line_id)
            line.product_uom_qty = line.product_uom_qty + sign * quantity
