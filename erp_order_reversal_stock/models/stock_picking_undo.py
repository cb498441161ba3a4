from odoo import api, models


class StockPicking(models.Model):
    """Transfers when a reversal is taken back.

    Goods that were received stay in stock: nobody says that they left again. The order,
    confirmed anew, asks the warehouse to deliver them (`sale_stock`).
    """

    _inherit = "stock.picking"

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

    @api.private
    def _reversal_undo_request_return(self, steps):
        """Nobody has to receive the goods any more.

        What was picked and not shipped goes back to its shelf: it is picked again.
        """
        asked = steps.filtered(lambda step: step._asks_for_return())
        returns = self.browse(asked.mapped("result_id")).exists()
        returns.filtered(lambda picking: picking.state != "cancel").action_cancel()

    @api.private
    def _reversal_undo_keep(self, steps):
        """The invoice bears the cost again."""
        costs = steps.filtered(lambda step: step.result_model == "account.move")
        entries = self.env["account.move"].browse(costs.mapped("result_id")).exists()
        entries.filtered(lambda entry: entry.state == "posted").button_cancel()

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
