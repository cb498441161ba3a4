from odoo import models
from odoo.tools import format_list
from odoo.tools.misc import formatLang

from ...values import CancelTransferData, GoodsData


class StockPicking(models.Model):
    """What becomes of a transfer: of what it moved, and of what it would still move."""

    _inherit = "stock.picking"

    def _reversal_plan_done(self, plan, moves, outstanding):
        """What becomes of goods that this transfer delivered, or picked."""
        self.ensure_one()
        delivered, staged = {}, {}
        self._reversal_block_exchanged(plan, moves)
        for move in moves:
            quantity = outstanding.get(move, 0.0) - move._reversal_covered(plan)
            if move.product_uom.compare(quantity, 0.0) > 0:
                target = delivered if move._reversal_goes_out() else staged
                target[move] = quantity
        if delivered:
            self._reversal_plan_delivered(plan, delivered)
        if staged:
            self._reversal_plan_staged(plan, staged)

    def _reversal_plan_delivered(self, plan, quantities, lots=None):
        """What becomes of delivered goods.

        :param dict quantities: {stock move: quantity in its unit}
        :param dict lots: {stock move: {lot: quantity in the product's unit}}, named
        """
        method = self._reversal_method(plan)
        goods = self._reversal_goods_text(quantities)
        if lots:
            names = [lot.name for of_move in lots.values() for lot in of_move]
            goods = f"{goods} ({', '.join(names)})"
        if method != "keep":
            self._reversal_block_locked(plan)
        if method == "return":
            self._reversal_block_dropship(plan, quantities)
            outcome = self.env._("Received back now: %s", goods)
            why = self.env._(
                "Goods are received before the invoice is taken back, so that their "
                "cost follows them."
            )
        elif method == "keep":
            outcome = self.env._("Stay with the customer: %s", goods)
            why = self.env._("Nothing moves: what was delivered stays delivered.")
            self._reversal_warn_kept(plan, goods)
        else:
            outcome = self.env._("The warehouse is asked to receive: %s", goods)
            why = self.env._(
                "Nobody said that the goods are back. An open return is made after the "
                "order is cancelled; they count as back when the warehouse receives "
                "them."
            )
        self._reversal_add_goods_step(plan, method, outcome, why, quantities, lots)

    def _reversal_plan_staged(self, plan, quantities):
        """Goods that were taken out of stock and not shipped are put back."""
        self._reversal_block_locked(plan)
        goods = self._reversal_goods_text(quantities)
        place = ", ".join({move.location_dest_id.display_name for move in quantities})
        if self._reversal_method(plan) == "return":
            operation = "return"
            outcome = self.env._(
                "Put back from %(place)s: %(goods)s", place=place, goods=goods
            )
        else:
            operation = "request_return"
            outcome = self.env._(
                "The warehouse is asked to put back from %(place)s: %(goods)s",
                place=place,
                goods=goods,
            )
        why = self.env._("They were picked, and never left the warehouse.")
        self._reversal_add_goods_step(plan, operation, outcome, why, quantities)

    def _reversal_add_goods_step(
        self, plan, operation, outcome, why, quantities, lots=None
    ):
        plan.add_step(
            self,
            operation,
            outcome,
            why=why,
            delivery_method=self._reversal_own_method(plan),
            data=self._reversal_goods_data(quantities, lots=lots),
        )

    def _reversal_goods_data(self, quantities, is_open=False, lots=None):
        """What a step about these goods keeps.

        :param dict quantities: {stock move: quantity in its unit}
        :param dict lots: see `_reversal_plan_delivered`
        :return: GoodsData
        """
        return GoodsData(
            [[move.id, quantity] for move, quantity in quantities.items()],
            self._reversal_goods(quantities),
            is_open,
            lots=[
                [move.id, lot.id, quantity]
                for move, of_move in (lots or {}).items()
                for lot, quantity in of_move.items()
            ],
        )

    def _reversal_goods(self, quantities):
        """[[product, quantity, unit]] in words and numbers, one row a product."""
        sums = {}
        for move, quantity in quantities.items():
            unit = move.product_id.uom_id
            sums[move.product_id] = sums.get(move.product_id, 0.0) + (
                move.product_uom._compute_quantity(quantity, unit)
            )
        return [
            [product.display_name, product.uom_id.round(quantity), product.uom_id.name]
            for product, quantity in sums.items()
        ]

    def _reversal_goods_text(self, quantities):
        return format_list(
            self.env,
            [
                f"{formatLang(self.env, quantity, dp='Product Unit')} {unit} {name}"
                for name, quantity, unit in self._reversal_goods(quantities)
            ],
        )

    def _reversal_plan_open(self, plan, moves):
        """An open transfer: a delivery, a return, or the storing of a return."""
        self.ensure_one()
        todo = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        back = todo.filtered(lambda move: move._reversal_comes_back())
        if not back and any(move._reversal_follows_return() for move in todo):
            plan.inform(
                "return_on_its_way",
                self.env._(
                    "%s stores goods that came back already. It stays as it is.",
                    self.name,
                ),
                self,
            )
            return
        method = self._reversal_method(plan)
        if back and method != "keep":
            self._reversal_plan_open_return(plan, back, method)
            return
        if todo:
            self._reversal_plan_cancel(plan, todo, back)

    def _reversal_plan_open_return(self, plan, moves, method):
        """A return that the warehouse has open already is taken as it is."""
        quantities = {move: move.product_uom_qty for move in moves}
        goods = self._reversal_goods_text(quantities)
        if method == "return":
            self._reversal_block_locked(plan)
            outcome = self.env._("Received now: %s", goods)
        else:
            outcome = self.env._("Stays open for the warehouse: %s", goods)
        plan.add_step(
            self,
            method,
            outcome,
            why=self.env._("It is a return of this order that is open already."),
            delivery_method=self._reversal_own_method(plan),
            data=self._reversal_goods_data(quantities, is_open=True),
        )

    def _reversal_plan_cancel(self, plan, moves, back):
        """What was not delivered yet is not delivered any more."""
        others = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move not in moves
        )
        if back:
            why = self.env._("The goods stay with the customer.")
        else:
            why = self.env._("Nothing of it was delivered.")
        if others:
            outcome = self.env._("Loses the goods of this order")
            why = self.env._(
                "It also moves goods of %s.",
                ", ".join(others.sale_line_id.order_id.mapped("name"))
                or self.env._("others"),
            )
        else:
            outcome = self.env._("Cancelled")
        if self._is_date_in_lock_period():
            self._reversal_block_locked(plan)
        plan.add_step(
            self,
            "cancel",
            outcome,
            why=why,
            delivery_method=self._reversal_own_method(plan),
            data=CancelTransferData(not others, moves.ids, bool(back)),
        )
