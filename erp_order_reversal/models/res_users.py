from odoo import api, fields, models

GROUPS = ("user", "approver", "manager", "auditor")


class ResUsers(models.Model):
    """Who may do what with reversals, as their manager reads it."""

    _inherit = "res.users"

    reversal_rights = fields.Char(
        "Rights on Reversals",
        compute="_compute_reversal_rights",
        groups="erp_order_reversal.group_reversal_manager",
        help="What the user may do with reversals.",
    )

    @api.depends("all_group_ids")
    @api.depends_context("lang")
    def _compute_reversal_rights(self):
        # sudo: names of our groups and who holds them, which not everybody may read.
        groups = self.env["res.groups"].sudo()
        for name in GROUPS:
            groups |= self.env.ref(f"erp_order_reversal.group_reversal_{name}").sudo()
        for user in self:
            held = groups & user.sudo().all_group_ids
            # What another one includes says nothing more.
            said = held.filtered(
                lambda group, held=held: group not in (held - group).all_implied_ids
            )
            user.reversal_rights = ", ".join(said.mapped("name"))
