from odoo import api, models
from odoo.tools import float_compare

from .rewards import Rewards


class SaleOrder(models.Model):
    """Points, cards and rewards of an order."""

    _inherit = "sale.order"

    def _reversal_findings(self, plan):
        """Override: what the order gave may have been spent."""
        super()._reversal_findings(plan)
        if not plan.reaches("payment"):
            return plan
        for order in self:
            for entry in order.coupon_point_ids:
                entry._reversal_check(plan)
        return plan

    @api.private
    def _reversal_apply_draft(self, steps):
        """Override: a quotation promises its coupons again."""
        result = super()._reversal_apply_draft(steps)
        steps._get_document()._reversal_reopen_cards()
        return result

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Override: the cards that were closed are there before points are given.

        The customer was written to when they were made, and is not again.
        """
        steps._get_document()._reversal_reopen_cards()
        return super()._reversal_apply_confirm(steps.with_context(loyalty_no_mail=True))

    def _update_programs_and_rewards(self):
        """Override: a restored order has the rewards that it was invoiced with.

        Counted anew they are worth what the programs give today: nothing, where one
        has ended since. What the host counts is put back.
        """
        if not self.env["order.reversal"]._is_running():
            return super()._update_programs_and_rewards()
        rewards = Rewards(self)
        holding = self.with_context(**{Rewards.KEY: rewards})
        result = super(SaleOrder, holding)._update_programs_and_rewards()
        rewards.put_back()
        return result

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """Override: what a restored order puts on a card is there again.

        The host counts it after the confirmation only, and refuses an order whose
        card was spent in part before the order was taken back.
        """
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        if (
            self.env["order.reversal"]._is_running()
            and coupon.program_id.applies_on == "future"
            and self.state != "sale"
        ):
            points += self._reversal_points_given(coupon)
        return points

    def _reversal_points_given(self, card):
        entries = self.coupon_point_ids.filtered(lambda entry: entry.coupon_id == card)
        return sum(entries.mapped("points"))

    def _reversal_obstacles_cancel(self, step, plan):
        """Override: what the order takes from a card must be on it."""
        result = super()._reversal_obstacles_cancel(step, plan)
        self._reversal_block_spent_since(plan)
        return result

    def _reversal_block_spent_since(self, plan):
        """The points of its rewards were given back, and may be spent by now."""
        if self.state == "sale":
            return
        for card in self.order_line.coupon_id | self.coupon_point_ids.coupon_id:
            lines = self.order_line.filtered(
                lambda line, card=card: line.coupon_id == card
            )
            used = sum(lines.mapped("points_cost"))
            left = card.points + self._reversal_points_given(card) - used
            if float_compare(left, 0.0, precision_digits=2) < 0:
                plan.block(
                    "card_spent_since",
                    self.env._(
                        "%(order)s took %(used)s from %(card)s, and %(points)s are "
                        "left on it.",
                        order=self.name,
                        used=card._format_points(used),
                        card=card.display_name,
                        points=card._format_points(card.points),
                    ),
                    card,
                    remedy=self.env._(
                        "Take back what the card was spent for since, or make a new "
                        "order."
                    ),
                )

    def _reversal_reopen_cards(self):
        # sudo: the cards of these orders, which their cancelling closed as sudo too.
        cards = self.sudo().coupon_point_ids.coupon_id
        cards.filtered(lambda card: not card.active and card.order_id in self).write(
            {"active": True}
        )


class SaleOrderLine(models.Model):
    """A reward is a line of the order that its cancelling would delete."""

    _inherit = "sale.order.line"

    def unlink(self):
        """Override: a reversal keeps the rewards of an order that it cancels.

        Without them, the quotation or the restored order would be worth more
        (`sale_loyalty`, `sale.order._action_cancel`).
        """
        kept = Rewards.held(self)
        if self.env["order.reversal"]._is_running():
            kept |= self.filtered(
                lambda line: line.is_reward_line and line.order_id.state == "cancel"
            )
        return super(SaleOrderLine, self - kept).unlink()
