from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

APPROVER = "erp_order_reversal.group_reversal_approver"


class OrderReversalStandIn(models.Model):
    """Who decides for an approver who is away.

    A stand-in holds the right to approve already: what is handed over is what is asked
    of the other, and the limits that name the other.
    """

    _name = "order.reversal.stand.in"
    _description = "Stand-In of an Approver"
    _inherit = ["order.reversal.policy.row.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        "Away",
        required=True,
        default=lambda self: self.env.uid,
        index=True,
        ondelete="cascade",
    )
    stand_in_id = fields.Many2one(
        "res.users", "Decides Instead", required=True, ondelete="cascade"
    )
    date_from = fields.Date(
        "From", required=True, default=fields.Date.context_today, index=True
    )
    date_to = fields.Date("To", required=True)

    _dates_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day can't be before the first one."
    )

    @api.constrains("user_id", "stand_in_id", "company_id")
    def _check_users(self):
        """:raise ValidationError: the same person, or somebody who may not approve"""
        for row in self:
            if row.user_id == row.stand_in_id:
                raise ValidationError(
                    self.env._("Nobody can stand in for oneself. Choose somebody else.")
                )
            # sudo: who holds a group is the administrator's business to read.
            for user in (row.user_id | row.stand_in_id).sudo():
                if not user.has_group(APPROVER) or (
                    row.company_id not in user.company_ids
                ):
                    raise ValidationError(
                        self.env._(
                            "%(users)s can't approve in %(company)s. An administrator "
                            "can give the right “Order Reversal: Approver”, or choose "
                            "somebody else.",
                            users=user.name,
                            company=row.company_id.name,
                        )
                    )

    @api.constrains("user_id")
    def _check_own(self):
        """:raise AccessError: somebody else's, by who is no manager"""
        manager = self.env.user.has_group("erp_order_reversal.group_reversal_manager")
        foreign = self.filtered(lambda row: row.user_id != self.env.user)
        if foreign and not manager and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only %(users)s or a reversal manager may name a stand-in for "
                    "them. Ask one of them.",
                    # sudo: the names of users, which not everybody may read.
                    users=", ".join(foreign.sudo().user_id.mapped("name")),
                )
            )

    def _describe_policy(self):
        self.ensure_one()
        row = self.sudo()  # the names of users, which not everybody may read
        return f"{row.user_id.name} → {row.stand_in_id.name}, " + (
            f"{row.date_from} … {row.date_to}"
        )

    @api.model
    def _get_of(self, company, users):
        """Who stands in for approvers today.

        :param company: `res.company`
        :param users: `res.users`
        :return: {who is away: who decides instead}, `res.users` both
        """
        today = fields.Date.context_today(self)
        # sudo: who may decide must not depend on who asks.
        rows = self.sudo().search(
            Domain("company_id", "=", company.id)
            & Domain("user_id", "in", users.ids)
            & Domain("date_from", "<=", today)
            & Domain("date_to", ">=", today)
        )
        found = {}
        for row in rows.filtered(lambda row: row.stand_in_id.active):
            found[row.user_id] = (
                found.get(row.user_id, rows.stand_in_id.browse()) | row.stand_in_id
            )
        return found
