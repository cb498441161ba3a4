from odoo import api, models
from odoo.exceptions import UserError


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
        if step.data.get("open"):
            return self
        back = self._reversal_new_return(dict(step.data["moves"]))
        if not step._is_of_customer():
            back._reversal_put_into_stock()
        return back

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
        return self.browse(wizard.action_create_returns()["res_id"])

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
        self.with_context(skip_backorder=True, skip_sms=True).button_validate()
        waiting = self.filtered(lambda picking: picking.state != "done")
        if waiting:
            raise UserError(
                self.env._(
                    "%s could not be validated. Ask the warehouse for the return "
                    "instead, or receive the goods there first.",
                    ", ".join(waiting.mapped("name")),
                )
            )

    @api.private
    def _reversal_undo_request_return(self, steps):
        """Nobody has to receive the goods any more.

        What was picked and not shipped goes back to its shelf: it is picked again.
        """
        asked = steps.filtered(lambda step: step._asks_for_return())
        returns = self.browse(asked.mapped("result_id")).exists()
        returns.filtered(lambda picking: picking.state != "cancel").action_cancel()

    def _reversal_delivered_since(self, step, back):
        """The order may have been delivered a second time while goods come back."""
        moves = self.move_ids.browse(row[0] for row in step.data["moves"]).exists()
        newest = max(back.move_ids.ids, default=0)
        since = moves.sale_line_id.move_ids.filtered(
            lambda move: move.id > newest
            and move.state == "done"
            and move._reversal_goes_out()
        )
        if not since or back.state in ("done", "cancel"):
            return []
        return [
            self.env._(
                "%(order)s was delivered anew since with %(pickings)s, while the goods "
                "of %(picking)s come back with %(back)s. Receive or cancel %(back)s "
                "first.",
                order=", ".join(since.sale_line_id.order_id.mapped("name")),
                pickings=", ".join(since.picking_id.mapped("name")),
                picking=self.name,
                back=back.name,
            )
        ]
