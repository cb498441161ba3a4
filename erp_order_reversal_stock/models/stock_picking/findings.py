from odoo import models
from odoo.tools import format_date


class StockPicking(models.Model):
    """What stands against moving the goods of a transfer, and what to know of it."""

    _inherit = "stock.picking"

    def _reversal_block_locked(self, plan):
        """Goods can't move on a day of a locked fiscal period."""
        locks = self.company_id._reversal_locks_goods()
        if locks:
            plan.block(
                "stock_period_locked",
                self.env._(
                    "Goods of %(picking)s can't be moved: the fiscal period is locked "
                    "until %(date)s.",
                    picking=self.name,
                    date=format_date(self.env, max(lock[0] for lock in locks)),
                ),
                self,
                remedy=self.env._(
                    "Let the goods stay with the customer, or wait until the period is "
                    "open."
                ),
                who=self.env._("An accounting administrator may open the period."),
            )

    def _reversal_block_dropship(self, plan, quantities):
        if any(move._is_dropshipped() for move in quantities):
            plan.block(
                "dropshipped",
                self.env._(
                    "%s was shipped by the vendor: its goods never were in a warehouse "
                    "that could receive them now.",
                    self.name,
                ),
                self,
                remedy=self.env._(
                    "Ask for the return, or let the goods stay with the customer."
                ),
            )

    def _reversal_block_exchanged(self, plan, moves):
        """Goods that the order itself took back: a line with a negative quantity."""
        taken = moves.filtered(
            lambda move: move._reversal_comes_back()
            and not move.origin_returned_move_id
            and move.sale_line_id.product_uom_qty < 0
        )
        if taken and self._reversal_method(plan) != "keep":
            plan.block(
                "goods_exchanged",
                self.env._(
                    "%(picking)s took %(goods)s back from the customer, as ordered: a "
                    "reversal can't send that out again.",
                    picking=self.name,
                    goods=self._reversal_goods_text(
                        {move: move.quantity for move in taken}
                    ),
                ),
                self,
                remedy=self.env._(
                    "Let the goods stay where they are, and move them by hand where "
                    "that is needed."
                ),
            )

    def _reversal_warn_kept(self, plan, goods):
        reconfirmed = plan.reversal.scope == "draft"
        plan.warn(
            "goods_kept",
            self.env._(
                "%(picking)s: %(goods)s stay with the customer without an invoice.",
                picking=self.name,
                goods=goods,
            ),
            self,
            remedy=self.env._(
                "Confirm the quotation again and invoice it: what was delivered is not "
                "delivered twice."
            )
            if reconfirmed
            else self.env._("Agree with the customer on what becomes of them."),
        )

    def _reversal_report_uncounted(self, plan, moves):
        """Returns that were told not to lower the delivered quantity."""
        uncounted = moves.filtered(
            lambda move: move.state == "done"
            and move._reversal_comes_back()
            and not move.to_refund
        )
        for picking in uncounted.picking_id:
            plan.warn(
                "return_not_counted",
                self.env._(
                    "%s brought goods back without lowering the delivered quantity; "
                    "the order keeps showing them as delivered.",
                    picking.name,
                ),
                picking,
                remedy=self.env._("Nothing is left to return, nothing has to be done."),
            )
