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
        back = {}
        for line, quantity in plan.root._reversal_part_lines(plan.part).items():
            own = {
                move: left - move._reversal_covered(plan)
                for move, left in outstanding.items()
                if move in moves
                and move.sale_line_id == line
                and move._reversal_goes_out()
            }
            back.update(line._reversal_part_back(quantity, own))
        for picking in self.sorted("id"):
            quantities = {
                move: quantity
                for move, quantity in back.items()
                if move.picking_id == picking
                and move.product_uom.compare(quantity, 0.0) > 0
            }
            if quantities:
                picking._reversal_check_part_goods(plan, quantities)
                picking._reversal_plan_delivered(plan, quantities)

    def _reversal_check_part_goods(self, plan, quantities):
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
            if len(move.move_line_ids.lot_id) > 1
            and move.product_uom.compare(quantity, move.quantity) < 0
        ]
        if method == "return" and mixed:
            plan.block(
                "part_tracked",
                self.env._(
                    "%(picking)s delivered several serial or lot numbers of %(goods)s: "
                    "which of them are back is for the warehouse to say.",
                    picking=self.name,
                    goods=", ".join(move.product_id.display_name for move in mixed),
                ),
                self,
                remedy=self.env._("Ask the warehouse for the return."),
            )
