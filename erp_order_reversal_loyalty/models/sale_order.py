from odoo import api, models


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
        kept = self.browse()
        if self.env["order.reversal"]._is_running():
            kept = self.filtered(
                lambda line: line.is_reward_line and line.order_id.state == "cancel"
            )
        return super(SaleOrderLine, self - kept).unlink()
