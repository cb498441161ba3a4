from odoo import api, models
from odoo.tools import float_is_zero


class SaleOrder(models.Model):
    """An order is cancelled, and confirmed again."""

    _inherit = "sale.order"

    def _reversal_cancel_data(self, plan):
        """What an addon needs to know of this order after it was cancelled.

        Override to add what becomes of tickets and the like that go with the order;
        `step.data` has it when the order is cancelled, `step.origin_id.data` when it
        is confirmed again.

        :return: dict of JSON values
        """
        self.ensure_one()
        return {}

    @api.private
    def _reversal_apply_cancel(self, steps):
        """Cancel the orders (`sale.order.action_cancel`)."""
        orders = steps._get_document()
        orders._reversal_acted(orders.action_cancel(), "cancel")
        steps._set_result()

    def _reversal_check_cancel(self, step, books):
        """:return: list of str; an order that was opened again since is no problem"""
        order, reversal = step._get_document(), step.reversal_id
        if reversal.scope != "cancel" or order.state == "cancel":
            return []
        if not books.fresh and order._reversal_is_confirmed_anew(reversal):
            return []
        return [self.env._("%s is not cancelled.", order.name)]

    def _reversal_obstacles_cancel(self, step, plan):
        """The lines must be what they were: they are what was invoiced."""
        self._reversal_block_edited(step, plan)

    def _reversal_block_edited(self, step, plan):
        """Block the restore of an order whose lines others changed.

        :param step: the `order.reversal.step` that is taken back
        :param Plan plan: of the restore
        """
        self.ensure_one()
        lines = {line[0]: line[1:4] for line in step._before().get("lines", [])}
        now = {
            line.id: [line.product_id.id, line.product_uom_qty, line.price_unit]
            for line in self.order_line
            # The host sets the price of a down payment line by its invoices.
            if not line.is_downpayment
        }
        if any(lines.get(line_id) != values for line_id, values in now.items()) or (
            lines.keys() - set(self.order_line.ids)
        ):
            plan.block(
                "order_edited",
                self.env._("The lines of %s have been edited since.", self.name),
                self,
                remedy=self.env._("Confirm and settle it by hand."),
            )

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Confirm the orders again, without writing to the customer."""
        orders = steps._get_document()
        cancelled = orders.filtered(lambda order: order.state == "cancel")
        cancelled._reversal_acted(cancelled.action_draft(), "draft")
        open_orders = orders.filtered(lambda order: order.state in ("draft", "sent"))
        orders._reversal_acted(open_orders.action_confirm(), "sale")
        steps._set_result()

    def _reversal_check_confirm(self, step, books):
        """:return: list of str"""
        order = step._get_document()
        if books.fresh and order.state != "sale":
            return [self.env._("%s is not confirmed.", order.name)]
        return []

    def _reversal_restore_down_payments(self, lines):
        """Give down payment lines the prices that their invoices stand for.

        `sale`'s `action_post` sets them to 0 when a credit note is posted.

        :param lines: the lines of a frozen plan, see `_reversal_fingerprint`
        """
        prices = {line[0]: line[3] for line in lines}
        for line in self.order_line.filtered("is_downpayment"):
            if line.price_unit != prices.get(line.id, line.price_unit):
                line.price_unit = prices[line.id]

    def _reversal_problems(self, reversal, fresh):
        """What of a done reversal doesn't hold on the lines of these orders.

        :param bool fresh: right after it was carried out; later an order may have
            been settled anew, which is no problem
        :return: list of str
        """
        problems = []
        for order in self:
            if fresh or order.state == "cancel":
                problems += order._reversal_invoiced_problems()
        return problems

    def _reversal_is_confirmed_anew(self, reversal):
        """Whether the order was opened again after it was taken back, as the host does.

        Rule: `sale.order.action_draft`, and `_prepare_confirmation_values`, which dates
        a confirmation: later than the reversal, or in its very second, but then not as
        it was dated before.
        """
        self.ensure_one()
        if self.state != "sale" or self.date_order != reversal.done_on:
            return self.state in ("draft", "sent") or (
                self.state == "sale" and self.date_order > reversal.done_on
            )
        before = {
            row["id"]: row["date_order"] for row in reversal._image_rows("sale_order")
        }
        return before.get(self.id) != self.date_order.isoformat()

    def _reversal_invoiced_problems(self):
        return [
            self.env._(
                "%(order)s: %(quantity)s of “%(line)s” still count as invoiced.",
                order=line.order_id.name,
                quantity=line.qty_invoiced,
                line=line.name,
            )
            for line in self.order_line
            if not line.display_type
            and not float_is_zero(
                line.qty_invoiced,
                precision_rounding=line.product_uom_id.rounding or 0.01,
            )
        ]
