from odoo import api, fields, models


class StockPicking(models.Model):
    """What was not delivered yet is not delivered any more."""

    _inherit = "stock.picking"

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

    @api.private
    def _reversal_undo_cancel(self, steps):
        """Ask anew for returns that were open.

        Deliveries need nothing: the order asked for them when it was confirmed again
        (`order.reversal._get_goods_due`).
        """
        for step in steps:
            moves = self.move_ids.browse(step.data["move_ids"]).exists()
            backs = moves.filtered(
                lambda move: move._reversal_comes_back()
                and move.origin_returned_move_id
            )
            origins = backs.origin_returned_move_id
            for picking, of_picking in origins.grouped("picking_id").items():
                quantities = [
                    [move.origin_returned_move_id.id, move.product_uom_qty]
                    for move in backs
                    if move.origin_returned_move_id in of_picking
                ]
                picking._reversal_new_return(dict(quantities))

    def _reversal_undo_blockers(self, step):
        self.ensure_one()
        blockers = super()._reversal_undo_blockers(step)
        if step._asks_for_return():
            back = self.browse(step.result_id).exists()
            blockers += self._reversal_delivered_since(step, back)
            if back.state == "done":
                blockers.append(
                    self.env._(
                        "The goods of %(picking)s came back since with %(back)s. "
                        "Deliver and invoice them with a new order.",
                        picking=self.name,
                        back=back.name,
                    )
                )
        if step.operation == "cancel" and step.data["back"]:
            if not step.reversal_id._may_move_goods():
                blockers.append(
                    self.env._(
                        "The return of %(picking)s would be asked for anew, which "
                        "%(user)s may not do. Somebody with the right “Inventory: "
                        "User” has to restore it.",
                        picking=self.name,
                        user=self.env.user.name,
                    )
                )
        if step.operation == "keep" and step.result_model == "account.move":
            entry = self.env["account.move"].browse(step.result_id).exists()
            blockers += entry._reversal_cancel_obstacles()
        return blockers
