from odoo import api, models
from odoo.tools import float_is_zero

from odoo.addons.erp_order_reversal.plan import LowerData

from ..values import CancelTransferData, GoodsData


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_correct(self):
        """Override: goods that were delivered stay, as the order is settled again."""
        action = super().action_correct()
        action["context"] |= {"default_delivery_method": "keep"}
        return action

    def _reversal_pickings(self):
        """Transfers that move goods of these orders, cancelled ones left out."""
        pickings = self.picking_ids | self.order_line.move_ids.picking_id
        return pickings.filtered(lambda picking: picking.state != "cancel")

    def _get_settlement_documents(self):
        """Override: what was delivered, and what came back."""
        own, beside = super()._get_settlement_documents()
        return [*own, self._reversal_pickings()], beside

    def _reversal_related(self, plan):
        related = super()._reversal_related(plan)
        if plan.reaches("draft"):
            related.append(self._reversal_pickings())
        return related

    def _reversal_has_goods_out(self):
        """Whether goods that were delivered did not all come back."""
        self.ensure_one()
        return any(self.order_line.move_ids._reversal_outstanding().values())

    @api.private
    def _reversal_apply_cancel(self, steps):
        """Let live what the plan doesn't cancel.

        The host cancels every open transfer of an order along with it
        (`sale_stock`, `sale.order._action_cancel`): returns that are on their way, and
        goods that lie in the reception zone, too.
        """
        whole = self.env["stock.picking"]
        for step in steps.reversal_id.step_ids:
            if step.operation == "cancel" and step.res_model == "stock.picking":
                if CancelTransferData.from_json(step.data).whole:
                    whole |= whole.browse(step.res_id)
        kept = steps._get_document()._reversal_pickings() - whole
        whole._reversal_leave_locked_period()
        steps = steps.with_context(order_reversal_kept_pickings=frozenset(kept.ids))
        return super()._reversal_apply_cancel(steps)

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Confirmed again, only what the reversal kept back is to be delivered."""
        origins = steps.reversal_id.restores_id
        due = frozenset(origins._get_goods_due().items())
        return super()._reversal_apply_confirm(
            steps.with_context(order_reversal_due=due)
        )

    def _reversal_change_ordered(self, step, sign):
        """Override to deliver less, or again, what no return brings back.

        What comes back was delivered: lowering the order takes none of that off the
        transfers that are open. Ordered again, what was received back is delivered
        anew.
        """
        due = self._reversal_due_of_part(step, sign)
        order = self.with_context(order_reversal_due=frozenset(due.items()))
        return super(SaleOrder, order)._reversal_change_ordered(step, sign)

    def _reversal_due_of_part(self, step, sign):
        """{id of an order line: change of what is to be delivered, in its unit}."""
        steps = step.reversal_id.step_ids.filtered(
            lambda other: other.operation in ("return", "request_return")
            and not GoodsData.from_json(other.data).open
        )
        back, received = {}, {}
        for other in steps:
            for move_id, quantity in GoodsData.from_json(other.data).moves:
                move = self.env["stock.move"].browse(move_id)
                line = move.sale_line_id
                quantity = move.product_uom._compute_quantity(
                    quantity, line.product_uom_id, round=False
                )
                back[line.id] = back.get(line.id, 0.0) + quantity
                if other.operation == "return":
                    received[line.id] = received.get(line.id, 0.0) + quantity
        due = {}
        for line_id, quantity in LowerData.from_json(step.data).lines:
            due[line_id] = sign * (quantity - back.get(line_id, 0.0))
            if sign > 0:
                due[line_id] += received.get(line_id, 0.0)
        return due

    def _reversal_problems(self, reversal, fresh):
        problems = super()._reversal_problems(reversal, fresh)
        if fresh and reversal.scope in ("draft", "cancel"):
            for order in self:
                problems += order._reversal_delivered_problems(reversal)
        return problems

    def _reversal_delivered_problems(self, reversal):
        """Lines that count as delivered although all of it was received back."""
        self.ensure_one()
        operations = {
            step.operation
            for step in reversal.step_ids
            if step.res_model == "stock.picking"
        }
        if operations & {"keep", "request_return"}:
            return []
        return [
            self.env._(
                "%(order)s: %(quantity)s of “%(line)s” still count as delivered.",
                order=self.name,
                quantity=line.qty_delivered,
                line=line.name,
            )
            for line in self.order_line
            if line.qty_delivered_method == "stock_move"
            and line._reversal_comes_back()
            and not float_is_zero(
                line.qty_delivered,
                precision_rounding=line.product_uom_id.rounding or 0.01,
            )
        ]
