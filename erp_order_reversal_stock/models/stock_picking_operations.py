from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Carrying it out, each operation once over the steps of all reversals of a run."""

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

    @api.private
    def _reversal_apply_keep(self, steps):
        """Nothing moves; the cost of what is given away stays in the books."""
        for step in steps:
            step._set_result(self._reversal_post_cost(step))

    @api.private
    def _reversal_apply_cancel(self, steps):
        """Cancel what the host did not cancel along with the order."""
        for step in steps:
            picking = step._get_document()
            if step.data["whole"]:
                if picking.state != "cancel":
                    picking.action_cancel()
            else:
                moves = picking.move_ids.browse(step.data["move_ids"])
                moves.filtered(lambda move: move.state != "cancel")._action_cancel()
            step._set_result()

    def _reversal_leave_locked_period(self):
        """Schedule open transfers of a closed period for now.

        The host refuses to cancel them otherwise (`stock_account`,
        `stock.picking._check_backdate_allowed`).
        """
        for picking in self:
            if picking.state not in ("done", "cancel") and (
                picking._is_date_in_lock_period()
            ):
                picking.scheduled_date = fields.Datetime.now()

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
