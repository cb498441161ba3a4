from odoo import models
from odoo.tools import float_compare

from ...plan import Rest


class AccountMove(models.Model):
    """What a part takes back of the invoices, line by line."""

    _inherit = "account.move"

    def _reversal_part_lines(self, part):
        """Override: quantities of the orders that lines of this invoice stand for.

        An invoice line of several order lines takes from the first ones first.
        """
        found = {}
        for line, wanted in part.items():
            left = wanted.quantity
            for order_line in line.sale_line_ids.sorted("id"):
                unit = order_line.product_uom_id
                quantity = line.product_uom_id._compute_quantity(left, unit)
                before = found.get(order_line, 0.0)
                taken = min(quantity, max(0.0, order_line.product_uom_qty - before))
                if line.sale_line_ids.sorted("id")[-1:] == order_line:
                    # More than was ordered is told where it is planned.
                    taken = quantity
                found[order_line] = before + taken
                left -= unit._compute_quantity(taken, line.product_uom_id, round=False)
        return found

    def _reversal_part(self, plan, rest):
        """Spread a part over the lines of these invoices, the oldest invoice first.

        Down payment lines are left alone unless they are named; a named one goes with
        what was deducted of it, in proportion.

        :param dict rest: {invoice line: Rest} before it
        :return: {invoice line: Rest} that the part takes
        """
        taken, excesses = {}, []
        for target, wanted in plan.part.items():
            lines = self._reversal_part_candidates(target)
            spread = (
                self._reversal_part_of_price
                if wanted.amount
                else self._reversal_part_of_quantity
            )
            excess = spread(plan, target, wanted, lines, rest, taken)
            if excess:
                excesses.append((target, *excess))
        self.env["order.reversal.line"]._block_exceeding(plan, excesses)
        self._reversal_take_last_lines(plan, rest, taken)
        return taken

    def _reversal_part_candidates(self, target):
        if target._name == "account.move.line":
            return target.filtered(lambda line: line.move_id in self)
        lines = target.invoice_lines.filtered(
            lambda line: line.move_id in self and line.display_type == "product"
        )
        return lines.sorted(
            lambda line: (
                line.move_id.invoice_date or line.move_id.date,
                line.move_id.id,
                line.sequence,
                line.id,
            )
        )

    def _reversal_part_of_quantity(self, plan, target, wanted, lines, rest, taken):
        """Take a quantity; the last of a line takes what is left of its amount.

        :return: (wanted, possible) in words if it is too much, else None
        """
        unit = target.product_uom_id
        digits = {"precision_digits": 6}
        open_quantity = {
            line: line.product_uom_id._compute_quantity(
                abs(rest[line].quantity), unit, round=False
            )
            for line in lines
        }
        deduction = target._name == "sale.order.line" and target.is_downpayment
        left = wanted.quantity
        for line, quantity in open_quantity.items():
            part = min(wanted.quantity if deduction else left, quantity)
            if float_compare(part, 0.0, **digits) <= 0:
                continue
            ratio = part / quantity if float_compare(part, quantity, **digits) else 1.0
            taken[line] = line._reversal_part_of(rest[line], ratio)
            left -= part
        if plan.reaches("draft") and target._name == "sale.order.line":
            # What is ordered and not invoiced is taken off the order alone.
            return None
        quantities = open_quantity.values()
        possible = max(quantities, default=0.0) if deduction else sum(quantities)
        if float_compare(wanted.quantity, possible, **digits) <= 0:
            return None
        words = self.env["order.reversal.line"]._format_quantity
        return words(unit, wanted.quantity), words(unit, possible)

    def _reversal_part_of_price(self, plan, target, wanted, lines, rest, taken):
        """Take an untaxed amount off the price: no quantity goes with it.

        :return: as `_reversal_part_of_quantity`
        """
        currency = target.currency_id
        left = wanted.amount
        for line in lines:
            worth = abs(rest[line].amount)
            part = min(left, worth)
            if currency.compare_amounts(part, 0.0) > 0:
                taken[line] = line._reversal_part_of(rest[line], part / worth)
                taken[line].quantity = 0.0
                left -= part
        if currency.compare_amounts(left, 0.0) <= 0:
            return None
        return currency.format(wanted.amount), currency.format(wanted.amount - left)

    def _reversal_take_last_lines(self, plan, rest, taken):
        """Lines of no order go with the last ones of the orders on their invoice."""
        if plan.root._name != "sale.order":
            return
        for move in self & self.browse([line.move_id.id for line in taken]):
            lines = move.line_ids.filtered(lambda line: line.display_type == "product")
            ordered = lines.filtered("sale_line_ids")
            if not any(
                move._reversal_is_open(rest[line].minus(taken.get(line)))
                for line in ordered
            ):
                for line in lines - ordered:
                    if move._reversal_is_open(rest[line]):
                        taken[line] = rest[line]

    def _reversal_report_draft(self, plan):
        """A draft is not settled: whoever made it goes on with it."""
        named = self.env["sale.order.line"].union(
            *plan.root._reversal_part_lines(plan.part)
        )
        if self.line_ids.sale_line_ids & named:
            plan.warn(
                "draft_left",
                self.env._("The draft %s stays as it is.", self.display_name),
                self,
                remedy=self.env._("Check its quantities before it is posted."),
            )

    def _reversal_check_part(self, plan, rest):
        """Without its down payment, an invoice is not worth all of its lines."""
        for move in self:
            share = plan.shares[move]
            left = sum(
                rest[line].minus(share.lines.get(line)).amount
                for line in move.line_ids
                if line in rest
            )
            sign = move.direction_sign
            if share.lines and move.currency_id.compare_amounts(left * sign, 0.0) < 0:
                plan.block(
                    "part_exceeds_invoice",
                    self.env._(
                        "%(invoice)s deducts more than what would be left of it: only "
                        "%(possible)s of it can be credited.",
                        invoice=move.name,
                        possible=move.currency_id.format(
                            abs(
                                sum(
                                    rest[line].amount
                                    for line in rest
                                    if line.move_id == move
                                )
                            )
                        ),
                    ),
                    move,
                    remedy=self.env._(
                        "Name the deducted line, too, or take back all of it."
                    ),
                )


class AccountMoveLine(models.Model):
    """A part of an invoice line, to the cent."""

    _inherit = "account.move.line"

    def _reversal_part_of(self, rest, ratio):
        """A part of what is left of this line.

        :param Rest rest: what is left
        :param float ratio: 0 to 1; with 1 goes all that is left
        :return: Rest
        """
        self.ensure_one()
        if ratio == 1.0:
            return Rest(rest.quantity, rest.amount, rest.balance)
        return Rest(
            rest.quantity * ratio,
            self.currency_id.round(rest.amount * ratio),
            self.company_currency_id.round(rest.balance * ratio),
        )
