from odoo import api, fields, models


class AccountMove(models.Model):
    """One button for one thing: the host's credit note where ours is not the one."""

    _inherit = "account.move"

    reversal_credits = fields.Boolean(
        compute="_compute_reversal_credits",
        help="Whether a reversal is the way to credit it, for this user: it invoices "
        "an order, and the user may take orders back.",
    )

    @api.depends("state", "move_type", "line_ids.sale_line_ids")
    @api.depends_context("uid")
    def _compute_reversal_credits(self):
        may = self.env.user.has_group("erp_order_reversal.group_reversal_user")
        for move in self:
            # sudo: whether there is an order, which the user may not read.
            move.reversal_credits = (
                may
                and move._reversal_may_be_settled()
                and bool(move.sudo().line_ids.sale_line_ids)
            )
