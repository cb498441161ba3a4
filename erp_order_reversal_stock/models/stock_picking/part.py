from odoo import models


class StockPicking(models.Model):
    """The goods of a part: what was delivered of it comes back or is asked back."""

    _inherit = "stock.picking"

    def _reversal_plan_part(self, plan, moves, outstanding):
        """Plan what comes back of the lines that a part names.

        Nothing of what was not delivered yet: less is ordered, so less is delivered.

        :param moves: `stock.move` of the orders that stay confirmed
        :param dict outstanding: {done move: quantity in its own unit}
        """
        back, named = {}, {}
        chosen = plan.reversal._get_part_lots()
        for line, quantity in plan.root._reversal_part_lines(plan.part).items():
            own = {
                move: left - move._reversal_covered(plan)
                for move, left in outstanding.items()
                if move in moves
                and move.sale_line_id == line
                and move._reversal_goes_out()
            }
            of_line = line._reversal_part_back(quantity, own)
            if lots := chosen.get(line):
                of_line, of_lots = self._reversal_part_of_lots(plan, of_line, lots)
                named.update(of_lots)
            back.update(of_line)
        for picking in self.sorted("id"):
            quantities = {
                move: quantity
                for move, quantity in back.items()
                if move.picking_id == picking
                and move.product_uom.compare(quantity, 0.0) > 0
            }
            if quantities:
                lots = {move: named[move] for move in quantities if move in named}
                picking._reversal_check_part_goods(plan, quantities, lots)
                picking._reversal_plan_delivered(plan, quantities, lots)

    def _reversal_part_of_lots(self, plan, back, chosen):
        """Take back the numbers that a person named, from the moves that brought them.

        :param dict back: {delivery of one order line: quantity that would come back}
        :param chosen: `stock.lot` that were named
        :return: ({move: quantity in its unit}, {move: {lot: quantity in the product's
            unit}})
        """
        unit = chosen.product_id.uom_id[:1]
        needed = sum(
            move.product_uom._compute_quantity(quantity, unit, round=False)
            for move, quantity in back.items()
        )
        left, found = needed, {}
        for move in back:
            for lot, quantity in move._reversal_lots_of_move().items():
                taken = unit.round(min(left, quantity)) if lot in chosen else 0.0
                if unit.compare(taken, 0.0) > 0:
                    found.setdefault(move, {})[lot] = taken
                    left -= taken
        used = chosen.browse(lot.id for of_move in found.values() for lot in of_move)
        if unit.compare(left, 0.0) > 0 or chosen - used:
            words = self.env["order.reversal.line"]._format_quantity
            plan.block(
                "part_lots_differ",
                self.env._(
                    "%(needed)s of %(product)s come back, and the numbers that are "
                    "named (%(numbers)s) make %(found)s.",
                    needed=words(unit, needed),
                    product=chosen.product_id[:1].display_name,
                    numbers=", ".join(chosen.mapped("name")),
                    found=words(unit, self._reversal_sum_of_lots(back, chosen)),
                ),
                plan.root,
                remedy=self.env._("Name as many as come back, or none."),
            )
        quantities = {
            move: unit._compute_quantity(sum(of_move.values()), move.product_uom)
            for move, of_move in found.items()
        }
        return quantities, found

    def _reversal_sum_of_lots(self, moves, chosen):
        """How much of these lots is out there by these moves, in the product's unit."""
        return sum(
            quantity
            for move in moves
            for lot, quantity in move._reversal_lots_of_move().items()
            if lot in chosen
        )

    def _reversal_check_part_goods(self, plan, quantities, lots):
        """What stands against taking a part of the goods back."""
        method = self._reversal_method(plan)
        goods = self._reversal_goods_text(quantities)
        if method == "keep":
            plan.block(
                "part_goods_kept",
                self.env._(
                    "%(picking)s delivered %(goods)s: no less can be ordered while "
                    "they stay with the customer.",
                    picking=self.name,
                    goods=goods,
                ),
                self,
                remedy=self.env._(
                    "Take back “Payments and invoices” of the part alone, or let the "
                    "goods come back."
                ),
            )
        mixed = [
            move
            for move, quantity in quantities.items()
            if move not in lots
            and len(move.move_line_ids.lot_id) > 1
            and move.product_uom.compare(quantity, move.quantity) < 0
        ]
        if method == "return" and mixed:
            plan.block(
                "part_tracked",
                self.env._(
                    "%(picking)s delivered several serial or lot numbers of %(goods)s: "
                    "nobody said which of them are back.",
                    picking=self.name,
                    goods=", ".join(move.product_id.display_name for move in mixed),
                ),
                self,
                remedy=self.env._(
                    "Name the numbers, or ask the warehouse for the return."
                ),
            )
