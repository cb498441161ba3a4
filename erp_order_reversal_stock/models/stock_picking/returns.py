from odoo import api, models
from odoo.fields import Command

from ...values import GoodsData


class StockPicking(models.Model):
    """Goods come back: received now, or asked back."""

    _inherit = "stock.picking"

    @api.private
    def _reversal_apply_return(self, steps):
        """Receive the goods: returns are made by the host's wizard and validated."""
        for step in steps:
            step._set_result(step._get_document()._reversal_make_return(step))
        for date, of_date in steps.grouped(lambda s: s.reversal_id.entry_date).items():
            returns = self.browse(of_date.mapped("result_id"))
            # The date of entries that locations with an account of their own post.
            returns.with_context(force_period_date=date)._reversal_receive()

    @api.private
    def _reversal_apply_request_return(self, steps):
        """Leave a return open for the warehouse."""
        for step in steps:
            step._set_result(step._get_document()._reversal_make_return(step))

    def _reversal_make_return(self, step):
        """The return of the quantities of a step: a new one, or the one that is open.

        :return: `stock.picking`
        """
        self.ensure_one()
        if GoodsData.from_json(step.data).open:
            return self
        data = GoodsData.from_json(step.data)
        back = self._reversal_new_return(data.quantities)
        back._reversal_name_lots(data.lots)
        if not step._is_of_customer():
            back._reversal_put_into_stock()
        return back

    def _reversal_name_lots(self, rows):
        """Let this return bring the numbers that were named, and no others.

        :param rows: see `GoodsData`
        """
        named = {}
        for move_id, lot_id, quantity in rows:
            named.setdefault(move_id, []).append((lot_id, quantity))
        for move in self.move_ids:
            if lots := named.get(move.origin_returned_move_id.id):
                move.move_line_ids.unlink()
                move.move_line_ids = [
                    Command.create(
                        {
                            "picking_id": self.id,
                            "product_id": move.product_id.id,
                            "product_uom_id": move.product_id.uom_id.id,
                            "location_id": move.location_id.id,
                            "location_dest_id": move.location_dest_id.id,
                            "lot_id": lot_id,
                            "quantity": quantity,
                        }
                    )
                    for lot_id, quantity in lots
                ]

    def _reversal_put_into_stock(self):
        """Goods that were picked and packed go to stock, not to the packing zone."""
        stock = self.picking_type_id.warehouse_id.lot_stock_id
        if stock and not self.location_dest_id._child_of(stock):
            self.location_dest_id = stock

    def _reversal_new_return(self, quantities):
        """A return of this transfer, made by the host's wizard and not validated.

        :param dict quantities: {id of the move: quantity in its unit}
        :return: `stock.picking`
        """
        wizard = self.env["stock.return.picking"].create({"picking_id": self.id})
        for line in wizard.product_return_moves:
            line.quantity = quantities.get(line.move_id.id, 0.0)
        known = self.return_ids
        answer = wizard.action_create_returns()
        made = self.return_ids - known
        self._reversal_insist(answer, lambda picking: made)
        return made

    def _reversal_receive(self):
        """Validate returns in full.

        :raise UserError: the host asks something that only a person can answer
        """
        waiting = self.filtered(
            lambda picking: picking.state not in ("assigned", "done", "cancel")
        )
        if waiting:
            waiting.action_assign()
        for move in self.move_ids:
            if move.state not in ("done", "cancel") and move.product_uom.compare(
                move.quantity, move.product_uom_qty
            ):
                move.quantity = move.product_uom_qty
        self.move_ids.picked = True
        skipped = {"skip_backorder": True, "skip_sms": True}
        self._reversal_acted(
            self.with_context(**skipped).button_validate(),
            "done",
            remedy=self.env._(
                "Ask the warehouse for the return instead, or receive the goods there "
                "first."
            ),
        )

    def _reversal_check_return(self, step, books):
        """The goods are back: the return is done, for all that was planned."""
        problems = self._reversal_check_request_return(step, books)
        picking = self.browse(step.result_id).exists()
        if picking and picking.state not in ("done", "cancel"):
            problems.append(self.env._("%s is not received.", picking.name))
        return problems + self._reversal_find_missing_lots(step, picking)

    def _reversal_find_missing_lots(self, step, picking):
        """Numbers that were named and did not come back: list of str."""
        back = picking.move_ids.move_line_ids.lot_id
        rows = GoodsData.from_json(step.data).lots
        named = back.browse(lot_id for _move_id, lot_id, _quantity in rows).exists()
        return [
            self.env._(
                "%(picking)s: %(lot)s of %(product)s did not come back.",
                picking=step.res_name,
                lot=lot.name,
                product=lot.product_id.display_name,
            )
            for lot in named - back
        ]

    def _reversal_check_request_return(self, step, books):
        """The return lives, for all that was planned."""
        picking = self.browse(step.result_id).exists()
        if not picking:
            return [
                self.env._("The return of %s doesn't exist any more.", step.res_name)
            ]
        if picking.state == "cancel":
            return [
                self.env._(
                    "The return %(back)s of %(picking)s was cancelled: its goods did "
                    "not come back.",
                    back=picking.name,
                    picking=step.res_name,
                )
            ]
        return self._reversal_find_missing(step)

    def _reversal_find_missing(self, step):
        problems = []
        data = GoodsData.from_json(step.data)
        for move_id, quantity in data.moves:
            move = self.env["stock.move"].browse(move_id)
            back = move.returned_move_ids
            if data.open:
                back = move._reversal_with_backorders()
            planned = sum(
                other.product_uom._compute_quantity(
                    other.quantity if other.state == "done" else other.product_uom_qty,
                    move.product_uom,
                )
                for other in back
                if other.state != "cancel"
            )
            if move.product_uom.compare(planned, quantity) < 0:
                problems.append(
                    self.env._(
                        "%(picking)s: only %(back)s of %(quantity)s %(product)s come "
                        "back.",
                        picking=step.res_name,
                        back=planned,
                        quantity=quantity,
                        product=move.product_id.display_name,
                    )
                )
        return problems

    # ------------------------------------------------------------------
    # Taken back
    # ------------------------------------------------------------------

    def _reversal_obstacles_return(self, step, plan):
        """Goods that were received stay in stock: they are delivered again."""

    def _reversal_obstacles_request_return(self, step, plan):
        """The goods must not have come back, nor gone out a second time."""
        self.ensure_one()
        if not step._asks_for_return():
            return
        back = self.browse(step.result_id).exists()
        self._reversal_block_delivered_since(step, back, plan)
        if back.state == "done":
            plan.block(
                "goods_came_back",
                self.env._(
                    "The goods of %(picking)s have come back since, with %(back)s.",
                    picking=self.name,
                    back=back.name,
                ),
                self,
                remedy=self.env._("Deliver and invoice them with a new order."),
            )

    def _reversal_block_delivered_since(self, step, back, plan):
        """The order may have been delivered a second time while goods come back."""
        moves = step._get_moved()
        newest = max(back.move_ids.ids, default=0)
        since = moves.sale_line_id.move_ids.filtered(
            lambda move: move.id > newest
            and move.state == "done"
            and move._reversal_goes_out()
        )
        if not since or back.state in ("done", "cancel"):
            return
        plan.block(
            "delivered_again",
            self.env._(
                "%(order)s has been delivered again since, with %(pickings)s, while "
                "the goods of %(picking)s come back with %(back)s.",
                order=", ".join(since.sale_line_id.order_id.mapped("name")),
                pickings=", ".join(since.picking_id.mapped("name")),
                picking=self.name,
                back=back.name,
            ),
            self,
            remedy=self.env._("Receive or cancel %s first.", back.name),
        )

    @api.private
    def _reversal_apply_unrequest(self, steps):
        """Nobody has to receive the goods any more.

        What was picked and not shipped goes back to its shelf: it is picked again.
        """
        asked = steps.origin_id.filtered(lambda step: step._asks_for_return())
        returns = self.browse(asked.mapped("result_id")).exists()
        standing = returns.filtered(lambda picking: picking.state != "cancel")
        standing._reversal_acted(standing.action_cancel(), "cancel")
        for step in steps:
            step._set_result(step.origin_id._get_result(self._name))

    def _reversal_check_unrequest(self, step, books):
        """:return: list of str"""
        back = step.origin_id._get_result(self._name)
        if not books.fresh or not step.origin_id._asks_for_return():
            return []
        return [
            self.env._("%s is not cancelled.", picking.name)
            for picking in back
            if picking.state != "cancel"
        ]

    @api.private
    def _reversal_apply_redeliver(self, steps):
        """Nothing by itself: the order, confirmed again, asks for the delivery."""
        steps._set_result()

    def _reversal_check_redeliver(self, step, books):
        """What came back is due again, or the order would have been delivered less.

        :return: list of str
        """
        lines = step.origin_id._get_moved().sale_line_id
        if not books.fresh or all(order.state == "sale" for order in lines.order_id):
            return []
        return [self.env._("%s is not delivered again.", step.res_name)]
