from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.erp_order_reversal.checks import check_one


class OrderReversal(models.Model):
    """What becomes of the goods, and who may say so."""

    _inherit = "order.reversal"

    return_count = fields.Integer(compute="_compute_return_count")

    @api.depends("step_ids.result_model")
    def _compute_return_count(self):
        for reversal in self:
            reversal.return_count = len(reversal._get_returns())

    def _get_returns(self):
        """The returns that this reversal made or received."""
        return self.env["stock.picking"].browse(
            {
                step.result_id
                for step in self.step_ids
                if step.result_model == "stock.picking"
            }
        )

    def action_view_returns(self):
        """Open the returns that this reversal made or received."""
        check_one(self)
        self.check_access("read")
        returns = self._get_returns().exists()
        return returns._get_records_action(name=self.env._("Returns"))

    @api.onchange("delivery_method")
    def _onchange_delivery_method(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()

    def _moves_goods(self):
        """Whether returns are made or received: the warehouse's business."""
        self.ensure_one()
        return any(step._moves_goods() for step in self.step_ids)

    def _may_move_goods(self, user=None):
        return self._holds("stock.group_stock_user", user)

    def _check_may_execute(self):
        result = super()._check_may_execute()
        moving = self.filtered(lambda reversal: reversal._moves_goods())
        if moving and not self._may_move_goods():
            raise AccessError(
                self.env._(
                    "%(user)s may not make returns, which %(reversals)s needs. "
                    "Somebody with the right “Inventory: User” has to carry it out; or "
                    "choose that the goods stay with the customer.",
                    user=self.env.user.name,
                    reversals=", ".join(moving.mapped("name")),
                )
            )
        return result

    def _may_carry_out(self, user):
        return super()._may_carry_out(user) and (
            not self._moves_goods() or self._may_move_goods(user)
        )

    def _get_value_labels(self):
        return {
            **super()._get_value_labels(),
            "status": self.env._("its status changed"),
            "moves": self.env._("its goods changed"),
        }

    def _get_approval_rules(self):
        rules = super()._get_approval_rules()
        asker = self._get_asker()
        if not self._moves_goods() or self._may_move_goods(asker):
            return rules
        if asker == self.env.user:
            rules.append(
                self.env._(
                    "You may not make returns, so somebody with the right “Inventory: "
                    "User” has to approve it."
                )
            )
        else:
            rules.append(
                self.env._(
                    "%s may not make returns, so somebody with the right “Inventory: "
                    "User” has to approve it.",
                    asker.name,
                )
            )
        return rules
