from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    reversal_approval = fields.Selection(
        related="company_id.reversal_approval", readonly=False, required=True
    )
    reversal_approval_amount = fields.Monetary(
        related="company_id.reversal_approval_amount", readonly=False
    )
    reversal_approval_age = fields.Integer(
        related="company_id.reversal_approval_age", readonly=False
    )
    reversal_approval_locked = fields.Boolean(
        related="company_id.reversal_approval_locked", readonly=False
    )
    reversal_approval_money = fields.Selection(
        related="company_id.reversal_approval_money", readonly=False
    )
    reversal_approval_days = fields.Integer(
        related="company_id.reversal_approval_days", readonly=False
    )
    reversal_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Reversal Currency"
    )
    reversal_head_folder = fields.Char(
        related="company_id.reversal_head_folder", readonly=False
    )
    reversal_head_email = fields.Char(
        related="company_id.reversal_head_email", readonly=False
    )
    reversal_guard = fields.Boolean(related="company_id.reversal_guard", readonly=False)
    reversal_verify_limit = fields.Integer(
        related="company_id.reversal_verify_limit", readonly=False
    )
    reversal_archive_age = fields.Integer(
        related="company_id.reversal_archive_age", readonly=False
    )
    reversal_archive_folder = fields.Char(
        related="company_id.reversal_archive_folder", readonly=False
    )
