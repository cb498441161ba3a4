from odoo import api, fields, models

from ...values import CancelTransferData


class StockPicking(models.Model):
    """What was not delivered yet is not delivered any more."""

    _inherit = "stock.picking"

    @api.private
    def _reversal_apply_cancel(self, steps):
        """Cancel what the host did not cancel along with the order."""
        for step in steps:
            picking = step._get_document()
            if CancelTransferData.from_json(step.data).whole:
                if picking.state != "cancel":
                    picking._reversal_acted(picking.action_cancel(), "cancel")
            else:
                moves = step._get_moved()
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

    def _reversal_check_cancel(self, step, books):
        """:return: list of str"""
        if any(move.state != "cancel" for move in step._get_moved()):
            return [self.env._("%s is not cancelled.", step.res_name)]
        return []

    def _reversal_obstacles_cancel(self, step, plan):
        """Whoever restores it asks again for returns that were open, or delivers."""

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Ask anew for returns that were open.

        Deliveries need nothing: the order asked for them when it was confirmed again
        (`order.reversal._get_goods_due`).
        """
        for step in steps:
            moves = step.origin_id._get_moved()
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
        steps._set_result()

    def _reversal_check_confirm(self, step, books):
        """Returns that were open are asked for again: list of str."""
        if not books.fresh or not step.origin_id._brings_back():
            return []
        moves = step.origin_id._get_moved()
        origins = moves.origin_returned_move_id
        if any(
            move.state not in ("cancel", "done") for move in origins.returned_move_ids
        ):
            return []
        return [self.env._("%s is not asked for again.", step.res_name)]
