from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class OrderReversalLimit(models.Model):
    """Who decides on what is worth more than an amount.

    Limits don't say when an approval is needed (the policy of the company does), but
    who may give it. Without any, every approver may.
    """

    _name = "order.reversal.limit"
    _description = "Approval Limit"
    _inherit = ["order.reversal.policy.row.mixin"]
    _order = "company_id, amount"

    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        "Above",
        required=True,
        help="Of what is worth more, only these approvers decide: in the company's "
        "currency, taxes included.",
    )
    approver_ids = fields.Many2many(
        "res.users",
        "order_reversal_limit_approver_rel",
        string="Approvers",
        required=True,
        domain="[('share', '=', False)]",
    )

    _amount_unique = models.UniqueIndex(
        "(company_id, amount)",
        "There is a limit of this amount already. Add the approvers to it.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)",
        "A limit can't be negative. Use 0 for every amount.",
    )

    @api.depends("amount", "currency_id")
    def _compute_display_name(self):
        for limit in self:
            amount = (limit.currency_id or self.env.company.currency_id).format(
                limit.amount
            )
            limit.display_name = self.env._("Above %s", amount)

    @api.constrains("approver_ids", "company_id")
    def _check_approvers(self):
        """:raise ValidationError: nobody, or somebody who may not approve there"""
        for limit in self:
            if not limit.approver_ids:
                raise ValidationError(
                    self.env._(
                        "Name at least one approver for “%s”: otherwise nobody could "
                        "decide.",
                        limit.display_name,
                    )
                )
            # sudo: who holds a group is the administrator's business to read.
            if wrong := limit.approver_ids.sudo().filtered(
                lambda user, limit=limit: not user.has_group(
                    "erp_order_reversal.group_reversal_approver"
                )
                or limit.company_id not in user.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(users)s can't approve in %(company)s. An administrator can "
                        "give the right “Order Reversal: Approver”, or choose somebody "
                        "else.",
                        users=", ".join(wrong.mapped("name")),
                        company=limit.company_id.name,
                    )
                )

    def _describe_policy(self):
        self.ensure_one()
        # sudo: the names of users, which not everybody may read.
        names = ", ".join(self.sudo().approver_ids.mapped("name"))
        return f"> {self.amount:.2f} {self.currency_id.name}: {names}"

    @api.model
    def _get_of(self, company, amount):
        """The limit that an amount is above: the highest of them, or none.

        :param company: `res.company`
        :param float amount: in its currency
        :return: `order.reversal.limit`
        """
        compare = company.currency_id.compare_amounts
        above = [
            limit_id
            for limit_id, limit in self._get_amounts(company.id)
            if compare(amount, limit) > 0
        ]
        # sudo: who may decide must not depend on who asks.
        return self.sudo().browse(above[-1:])

    @api.model
    @tools.ormcache("company_id")
    def _get_amounts(self, company_id):
        """[(id of a limit, its amount)] of a company, the lowest first."""
        limits = self.sudo().search([("company_id", "=", company_id)], order="amount")
        return [(limit.id, limit.amount) for limit in limits]
