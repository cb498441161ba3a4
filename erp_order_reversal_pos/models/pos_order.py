from odoo import models
from odoo.tools import float_compare


class PosOrder(models.Model):
    """An order of the till stands against a reversal in the office."""

    _inherit = "pos.order"

    def _reversal_name(self):
        """What the cashier knows it by."""
        self.ensure_one()
        return self.pos_reference or self.name

    def _reversal_block(self, plan, record):
        """Add the blocker that names this order.

        :param Plan plan: the working paper
        :param record: the order or invoice that the till took
        """
        self.ensure_one()
        state = dict(self._fields["state"]._description_selection(self.env))
        plan.block(
            "paid_at_till",
            self.env._(
                "%(document)s was paid at the till, with %(pos_order)s (%(state)s) of "
                "%(till)s.",
                document=record.display_name,
                pos_order=self._reversal_name(),
                state=state[self.state],
                till=self.config_id.display_name,
            ),
            record,
            remedy=self.env._(
                "Refund %s at the till first, in an open session.",
                self._reversal_name(),
            ),
            who=self.env._("A cashier may do that."),
        )


class PosOrderLine(models.Model):
    """Lines of the till that settled a sales order."""

    _inherit = "pos.order.line"

    def _reversal_standing(self):
        """Those of paid orders that no refund at the till took back.

        :return: `pos.order.line`
        """
        return self.filtered(
            lambda line: line.order_id.state in ("paid", "done")
            and not line.refunded_orderline_id
            and float_compare(
                line.qty
                + sum(
                    refund.qty
                    for refund in line.refund_orderline_ids
                    if refund.order_id.state not in ("draft", "cancel")
                ),
                0.0,
                precision_digits=4,
            )
            > 0
        )
