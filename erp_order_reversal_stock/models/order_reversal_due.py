from collections import defaultdict

from odoo import models


class OrderReversal(models.Model):
    """What the warehouse owes the customer again when a reversal is taken back."""

    _inherit = "order.reversal"

    def _get_goods_due(self):
        """What these reversals kept from delivery or took back: to be delivered again.

        The host, asked to confirm the order anew, would deliver what was ordered less
        what moved since; but more or less may have been delivered or given up.

        :return: {id of an order line: quantity in its unit}
        """
        due = defaultdict(float)
        # What would arrive at a place, less what would leave it: the steps of one
        # chain of transfers are not counted twice.
        waiting = defaultdict(float)
        for step in self.step_ids:
            if step.res_model != "stock.picking" or (step.data or {}).get("open"):
                continue
            for move, quantity in step._get_kept_back():
                line = move.sale_line_id
                quantity = move.product_uom._compute_quantity(
                    quantity, line.product_uom_id, round=False
                )
                if move._reversal_goes_out():
                    due[line.id] += quantity
                else:
                    waiting[line.id, move.location_dest_id] += quantity
                if step.operation == "cancel":
                    waiting[line.id, move.location_id] -= quantity
        for (line_id, _place), quantity in waiting.items():
            due[line_id] += max(0.0, quantity)
        return dict(due)


class OrderReversalStep(models.Model):
    _inherit = "order.reversal.step"

    def _get_kept_back(self):
        """Goods of an order that this step kept from the customer or took back.

        :return: list of (move, quantity in its unit)
        """
        self.ensure_one()
        moves = self.env["stock.move"]
        if self.operation == "cancel":
            found = [
                (move, move.product_uom_qty)
                for move in moves.browse(self.data["move_ids"]).exists()
                if not move._reversal_comes_back()
            ]
        else:
            found = [
                (move, quantity)
                for move_id, quantity in (self.data or {}).get("moves", [])
                for move in moves.browse(move_id).exists()
                if self.operation == "return" or not move._reversal_goes_out()
            ]
        return [(move, quantity) for move, quantity in found if move.sale_line_id]

    def _asks_for_return(self):
        """Whether the warehouse was asked to receive goods from the customer."""
        self.ensure_one()
        asked = self.operation == "request_return" and not self.data.get("open")
        return asked and self._is_of_customer()

    def _is_of_customer(self):
        """Whether the goods of this step had left for the customer."""
        moves = self.env["stock.move"].browse(row[0] for row in self.data["moves"])
        return any(move._reversal_goes_out() for move in moves.exists())
