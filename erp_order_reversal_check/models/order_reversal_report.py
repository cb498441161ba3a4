from odoo import fields, models
from odoo.tools import SQL


class OrderReversalReport(models.Model):
    """Which rules of the check would have caught what was taken back."""

    _inherit = "order.reversal.report"

    seen_by_check = fields.Selection(
        [("seen", "Would have been seen"), ("unseen", "Seen by no rule")],
        "Seen by the Check",
        readonly=True,
    )
    check_codes = fields.Char("Rules of the Check", readonly=True)

    def _get_dimensions(self):
        return {
            **super()._get_dimensions(),
            "check_codes": SQL("reversal.check_codes"),
            "seen_by_check": SQL(
                "CASE WHEN reversal.check_codes IS NULL THEN 'unseen' ELSE 'seen' END"
            ),
        }
