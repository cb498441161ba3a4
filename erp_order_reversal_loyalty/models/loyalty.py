from odoo import models
from odoo.tools import float_compare

from .rewards import Rewards


class SaleOrderCouponPoints(models.Model):
    """Points that an order gave to a card."""

    _inherit = "sale.order.coupon.points"

    def unlink(self):
        """Override: a reversal keeps the points of an order that it cancels."""
        kept = Rewards.held(self)
        if self.env["order.reversal"]._is_running():
            kept |= self.filtered(lambda entry: entry.order_id.state == "cancel")
        return super(SaleOrderCouponPoints, self - kept).unlink()

    def _reversal_check(self, plan):
        """Say what becomes of the points, and what was spent of them already.

        A card that was paid for and spent must not be paid back; with the order
        cancelled, it is overdrawn.
        """
        self.ensure_one()
        card = self.coupon_id
        missing = self.points - card.points
        bought = card.program_id.is_payment_program
        digits = {"precision_rounding": card.currency_id.rounding or 0.01}
        spent = float_compare(missing, 0.0, **digits) > 0
        if spent and (bought or plan.reaches("draft")):
            self._reversal_report_spent(plan, missing)
        elif bought and plan.reaches("draft"):
            plan.inform(
                "card_closed",
                self.env._(
                    "%(card)s loses the %(points)s that %(order)s put on it.",
                    card=card.display_name,
                    points=card._format_points(self.points),
                    order=self.order_id.name,
                ),
                card,
            )
        elif bought and plan.refunds():
            plan.warn(
                "card_stays",
                self.env._(
                    "%(card)s stays valid, as %(order)s stays confirmed: the money "
                    "goes back, and the card can be spent.",
                    card=card.display_name,
                    order=self.order_id.name,
                ),
                card,
                remedy=self.env._("Cancel the order, too, to close the card."),
            )

    def _reversal_report_spent(self, plan, missing):
        """:param float missing: points that are not on the card any more"""
        card = self.coupon_id
        refunded = card.program_id.is_payment_program and plan.refunds()
        report = plan.block if refunded else plan.warn
        report(
            "card_spent",
            self.env._(
                "%(spent)s of the %(points)s that %(order)s put on %(card)s are spent.",
                spent=card._format_points(missing),
                points=card._format_points(self.points),
                order=self.order_id.name,
                card=card.display_name,
            ),
            card,
            remedy=self.env._(
                "Keep the payment as a credit of the customer, and settle what was "
                "spent with it."
            )
            if refunded
            else self.env._("The card is overdrawn afterwards: settle it by hand."),
        )


class LoyaltyCard(models.Model):
    """A gift card, wallet or coupon."""

    _inherit = "loyalty.card"

    def unlink(self):
        """Override: a reversal closes the unspent cards of an order that it cancels.

        The customer has their numbers: after a restore, the same ones are valid.
        """
        kept = Rewards.held(self)
        if self.env["order.reversal"]._is_running():
            closed = self.filtered(lambda card: card.order_id.state == "cancel")
            closed.active = False
            kept |= closed
        return super(LoyaltyCard, self - kept).unlink()
