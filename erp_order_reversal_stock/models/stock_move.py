from collections import defaultdict

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    # ------------------------------------------------------------------
    # Which way
    # ------------------------------------------------------------------

    def _reversal_goes_out(self):
        """Whether the move brings goods to the customer."""
        self.ensure_one()
        return self.location_dest_id._is_outgoing() and not (
            self.location_id._is_outgoing()
        )

    def _reversal_comes_back(self):
        """Whether the move brings goods back from the customer."""
        self.ensure_one()
        return self.location_id._is_outgoing() and not (
            self.location_dest_id._is_outgoing()
        )

    def _reversal_follows_return(self):
        """Whether the move stores goods that came back from the customer."""
        self.ensure_one()
        origins = self.browse(self._rollup_move_origs())
        return any(
            move.state == "done" and move._reversal_comes_back() for move in origins
        )

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def _reversal_outstanding(self):
        """What of these moves is still where they brought it.

        A return counts against the move that it names
        (`stock.move.origin_returned_move_id`); one made by hand against the oldest
        delivery of the same product.

        :return: {done move: quantity in its own unit of measure}, for deliveries to
            the customer and for goods that were picked but not shipped
        """
        done = self.filtered(lambda move: move.state == "done")
        deliveries = done.filtered(lambda move: move._reversal_goes_out())
        left = {move: move._reversal_not_returned() for move in deliveries}
        for back in done.sorted(lambda move: (move.date, move.id)):
            if back._reversal_comes_back() and not back.origin_returned_move_id:
                back._reversal_allocate_return(deliveries, left)
        left.update(done._reversal_staged())
        return {
            move: move.product_uom.round(quantity)
            for move, quantity in left.items()
            if move.product_uom.compare(quantity, 0.0) > 0
        }

    def _reversal_not_returned(self):
        self.ensure_one()
        returned = self.returned_move_ids.filtered(lambda move: move.state == "done")
        return self.quantity - sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom)
            for move in returned
        )

    def _reversal_lots_out(self):
        """The numbers that these deliveries brought and that did not come back.

        :return: {done move: `stock.lot`}
        """
        return {
            move: self.env["stock.lot"].union(*move._reversal_lots_of_move())
            for move in self
            if move.state == "done" and move._reversal_goes_out()
        }

    def _reversal_lots_of_move(self):
        """How much of each number this delivery brought and did not come back.

        :return: {`stock.lot`: quantity in the product's unit}
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        found = defaultdict(float)
        back = self.returned_move_ids.filtered(lambda move: move.state == "done")
        for line in self.move_line_ids:
            found[line.lot_id] += line.quantity_product_uom
        for line in back.move_line_ids:
            found[line.lot_id] -= line.quantity_product_uom
        return {
            lot: quantity
            for lot, quantity in found.items()
            if lot and unit.compare(quantity, 0.0) > 0
        }

    def _reversal_with_backorders(self):
        """This move and what the warehouse split off it, when it received a part."""
        self.ensure_one()
        found = pickings = self.picking_id
        while pickings := pickings.backorder_ids:
            found |= pickings
        return self | found.move_ids.filtered(
            lambda move: move.product_id == self.product_id
            and move.origin_returned_move_id == self.origin_returned_move_id
        )

    def _reversal_allocate_return(self, deliveries, left):
        """Take this return, which names no delivery, off the oldest ones."""
        self.ensure_one()
        rest = self.quantity
        candidates = deliveries.filtered(
            lambda move: move.product_id == self.product_id
        ).sorted(
            lambda move: (move.sale_line_id != self.sale_line_id, move.date, move.id)
        )
        for move in candidates:
            amount = self.product_uom._compute_quantity(rest, move.product_uom)
            taken = max(0.0, min(amount, left[move]))
            left[move] -= taken
            rest -= move.product_uom._compute_quantity(taken, self.product_uom)

    def _reversal_staged(self):
        """Goods that were picked or packed, and not shipped.

        :return: {done move within the warehouse: quantity in its own unit}
        """
        inner = self.filtered(
            lambda move: not move.location_dest_id._is_outgoing()
            and not move.location_id._is_outgoing()
            and move.location_id.usage in ("internal", "transit")
            # What was scrapped, used up or counted is nobody's to put back.
            and move.location_dest_id.usage in ("internal", "transit")
            and not move.origin_returned_move_id
            and not move._reversal_follows_return()
        )
        groups = defaultdict(self.browse)
        for move in inner:
            onward = move.move_dest_ids.filtered(
                lambda dest, move=move: dest.origin_returned_move_id != move
            )
            if not move._reversal_reaches_stock():
                groups[onward, move.product_id] |= move
        staged = {}
        for (onward, _product), moves in groups.items():
            shipped = sum(
                move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id
                )
                for move in onward
                if move.state == "done"
            )
            for move in moves.sorted(lambda move: (move.date, move.id)):
                unit = move.product_id.uom_id
                quantity = move.product_uom._compute_quantity(
                    move._reversal_not_returned(), unit
                )
                taken = min(quantity, shipped)
                shipped -= taken
                staged[move] = unit._compute_quantity(
                    quantity - taken, move.product_uom
                )
        return staged

    def _reversal_reaches_stock(self):
        """Whether the goods lie where the warehouse stores them."""
        self.ensure_one()
        stock = self.picking_type_id.warehouse_id.lot_stock_id
        return bool(stock) and self.location_dest_id._child_of(stock)

    # ------------------------------------------------------------------
    # In a plan
    # ------------------------------------------------------------------

    def _reversal_belongs_to(self, plan):
        """Whether the move serves an order of the plan, and not a neighbour's."""
        self.ensure_one()
        orders = plan.records("sale.order")
        order = self.sale_line_id.order_id or self.picking_id.sale_id
        return order in orders if order else True

    def _reversal_covered(self, plan):
        """How much of this delivery returns cover that are open and stay alive."""
        self.ensure_one()
        covered = 0.0
        for move in self.returned_move_ids:
            picking = move.picking_id
            if (
                move.state not in ("done", "cancel")
                and picking in plan.records("stock.picking")
                and picking._reversal_method(plan) != "keep"
            ):
                covered += move.product_uom._compute_quantity(
                    move.product_uom_qty, self.product_uom
                )
        return covered
