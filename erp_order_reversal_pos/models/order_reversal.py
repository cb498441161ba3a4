from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.erp_order_reversal.plan import Operation

POS = "pos.order"
CASHIER = "point_of_sale.group_pos_user"


class OrderReversalStep(models.Model):
    """Steps at the till."""

    _inherit = "order.reversal.step"

    operation = fields.Selection(
        selection_add=[
            ("refund_at_till", "Pay back at the till"),
            ("sell_at_till", "Sold again at the till"),
        ],
        ondelete={"refund_at_till": "cascade", "sell_at_till": "cascade"},
    )

    @api.model
    def _get_operation_rows(self):
        """Add what becomes of orders of the till, before anything else is undone."""
        return super()._get_operation_rows() + [
            Operation(
                "refund_at_till",
                15,
                (POS,),
                "sell_at_till",
                right=CASHIER,
            ),
            Operation("sell_at_till", 295, (POS,)),
        ]


class OrderReversalPlan(models.AbstractModel):
    """Orders of the till answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `pos.order` answers as a document, for its lines, too."""
        return (*super()._get_known_models(), POS)


class OrderReversal(models.Model):
    """Paying back at the till is a cashier's."""

    _inherit = "order.reversal"

    def _pays_at_till(self):
        """Whether a refund order is made at a till."""
        self.ensure_one()
        return "refund_at_till" in self.step_ids.mapped("operation")

    def _check_may_execute(self):
        result = super()._check_may_execute()
        paying = self.filtered(lambda reversal: reversal._pays_at_till())
        if paying and not self._holds(CASHIER):
            raise AccessError(
                self.env._(
                    "%(user)s may not pay back at the till, which %(reversals)s needs. "
                    "Somebody with the right “Point of Sale: User” has to carry it "
                    "out.",
                    user=self.env.user.name,
                    reversals=", ".join(paying.mapped("name")),
                )
            )
        return result

    def _may_carry_out(self, user):
        return super()._may_carry_out(user) and (
            not self._pays_at_till() or self._holds(CASHIER, user)
        )
