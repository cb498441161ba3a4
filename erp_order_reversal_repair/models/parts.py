from odoo import api, models
from odoo.fields import Command


class RepairOrder(models.Model):
    """Parts that a finished repair used: they stay in it, or are received back.

    Received back only where somebody says that goods are (`delivery_method`), as for
    deliveries: parts that were built in do not come back by themselves.
    """

    _inherit = "repair.order"

    def _reversal_used_parts(self):
        """Moves that brought parts into what was repaired: `stock.move`."""
        return self.move_ids.filtered(
            lambda move: move.state == "done" and move.repair_line_type == "add"
        )

    def _reversal_parts_come_back(self, plan):
        self.ensure_one()
        return (
            plan.reversal.delivery_method == "return"
            and plan.part is None
            and not self._reversal_is_shared(plan)
            and bool(self._reversal_used_parts())
        )

    def _reversal_findings(self, plan):
        """Override: say of parts that stay that they stay."""
        super()._reversal_findings(plan)
        for repair in self:
            parts = repair._reversal_used_parts()
            if parts and not repair._reversal_parts_come_back(plan):
                plan.warn(
                    "parts_stay",
                    self.env._(
                        "Parts that %(repair)s used stay in it: %(parts)s.",
                        repair=repair.display_name,
                        parts=parts._reversal_list(),
                    ),
                    repair,
                    remedy=self.env._(
                        "If they are back, choose that goods are received now; to get "
                        "them back later, make a repair order that removes them."
                    ),
                )
        return plan

    def _reversal_steps(self, plan):
        """Override: one step for the parts of each repair."""
        super()._reversal_steps(plan)
        for repair in self:
            if repair._reversal_parts_come_back(plan):
                parts = repair._reversal_used_parts()
                plan.add_step(
                    repair,
                    "return_parts",
                    self.env._("Parts received back: %s", parts._reversal_list()),
                    why=self.env._("Goods are received now."),
                    data={"move_ids": parts.ids},
                )
        return plan

    @api.private
    def _reversal_apply_return_parts(self, steps):
        """Bring the parts back to where they were taken from."""
        for step in steps:
            moves = self.env["stock.move"].browse(step.data["move_ids"])
            step._keep(back_ids=moves._reversal_move_back().ids)
        steps._set_result()

    def _reversal_check_return_parts(self, step, books):
        """:return: list of str"""
        # sudo: the state alone.
        moves = self.env["stock.move"].sudo().browse(step.data.get("back_ids", []))
        if len(moves) == len(step.data["move_ids"]) and all(
            move.state == "done" for move in moves
        ):
            return []
        return [self.env._("The parts of %s are not back.", step.res_name)]

    def _reversal_obstacles_return_parts(self, step, plan):
        """Nothing stands against using them again, as long as they are there."""

    @api.private
    def _reversal_apply_use_parts(self, steps):
        """Take the parts from there again."""
        for step in steps:
            moves = self.env["stock.move"].browse(step.origin_id.data["back_ids"])
            step._keep(back_ids=moves._reversal_move_back().ids)
        steps._set_result()

    def _reversal_check_use_parts(self, step, books):
        """:return: list of str"""
        # sudo: the state alone.
        moves = self.env["stock.move"].sudo().browse((step.data or {}).get("back_ids"))
        if moves and all(move.state == "done" for move in moves):
            return []
        return [self.env._("The parts of %s are not used again.", step.res_name)]


class StockMove(models.Model):
    """Parts of a repair."""

    _inherit = "stock.move"

    def _reversal_list(self):
        """The goods of these moves, for a person to read."""
        return ", ".join(
            f"{move.quantity:g} × {move.product_id.display_name}" for move in self
        )

    def _reversal_move_back(self):
        """Move the same goods, lots and quantities the other way.

        :return: `stock.move`, done
        """
        made = self.browse()
        for move in self:
            back = move.copy(
                {
                    "repair_id": False,
                    "repair_line_type": False,
                    "sale_line_id": False,
                    "location_id": move.location_dest_id.id,
                    "location_dest_id": move.location_id.id,
                    "origin_returned_move_id": move.id,
                    "product_uom_qty": move.quantity,
                }
            )
            back._action_confirm(merge=False)
            back.move_line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom_id": line.product_uom_id.id,
                            "quantity": line.quantity,
                            "lot_id": line.lot_id.id,
                            "location_id": line.location_dest_id.id,
                            "location_dest_id": line.location_id.id,
                        }
                    )
                    for line in move.move_line_ids
                ),
            ]
            back.picked = True
            made |= back
        made._action_done()
        return made
