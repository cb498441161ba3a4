from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.erp_order_reversal.checks import check_records

from ...const import DEFAULT_METHOD


class StockPicking(models.Model):
    """What a transfer answers to a reversal."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "order.reversal.mixin"]
    reversal_count = fields.Integer(compute="_compute_reversal_count")

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for picking in self:
            picking.reversal_count = counts.get(picking.id, 0)

    def action_open_reversal(self):
        """A transfer is taken back along with its order."""
        check_records(self)
        if not self.sale_id:
            raise UserError(
                self.env._(
                    "%s belongs to no sales order. Return its goods with the button "
                    "“Return” of the transfer.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        return self.sale_id.action_open_reversal()

    def action_cancel(self):
        """Override of `stock` to let live what a reversal keeps.

        The set comes from `sale.order._reversal_apply_cancel` alone: no client can
        send a frozenset.
        """
        kept = self.env.context.get("order_reversal_kept_pickings")
        if isinstance(kept, frozenset):
            kept = self.browse(kept) & self
            return super(StockPicking, self - kept).action_cancel()
        return super().action_cancel()

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        own = self.move_ids.filtered(lambda move: move._reversal_belongs_to(plan))
        outstanding = own._reversal_outstanding()
        if plan.part is not None:
            # Orders of which nothing is left go as a whole.
            gone = own.filtered(
                lambda move: ("sale.order", move.sale_line_id.order_id.id)
                in plan.get_targets("cancel")
            )
            self._reversal_plan_part(plan, own - gone, outstanding)
            own = gone
        for picking in self.sorted("id"):
            moves = picking.move_ids & own
            if picking.state == "done":
                picking._reversal_plan_done(plan, moves, outstanding)
            elif picking.state != "cancel":
                picking._reversal_plan_open(plan, moves)
        self._reversal_plan_costs(plan, outstanding)
        self._reversal_report_uncounted(plan, own)
        return plan

    def _reversal_method(self, plan):
        method = plan.method(self, "delivery_method")
        return DEFAULT_METHOD if method == "auto" else method

    def _reversal_own_method(self, plan):
        own = plan.reversal._get_overrides().get((self._name, self.id), {})
        return own.get("delivery_method") or False

    def _reversal_kind(self):
        return "delivery"

    def _reversal_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    @api.private
    def _reversal_origins(self):
        self.ensure_one()
        returned = self.move_ids.origin_returned_move_id.picking_id
        return [returned or self.sale_id]

    def _reversal_fingerprint(self):
        return {
            # Not “state”: a restored order gets new transfers for cancelled ones.
            "status": self.state,
            "moves": [
                [
                    move.id,
                    move.product_id.id,
                    move.state,
                    move.product_uom_qty,
                    move.quantity,
                    sorted(move.move_line_ids.lot_id.ids),
                ]
                for move in self.move_ids.sorted("id")
            ],
        }
