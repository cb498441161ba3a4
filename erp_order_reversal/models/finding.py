from odoo import fields, models

from ..const import SEVERITIES


class OrderReversalFinding(models.Model):
    """One thing that the assessment of a reversal found."""

    _name = "order.reversal.finding"
    _inherit = "order.reversal.link.mixin"
    _description = "Reversal Finding"
    _order = "reversal_id, sequence, id"

    reversal_id = fields.Many2one(
        "order.reversal", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    severity = fields.Selection(SEVERITIES, required=True)
    code = fields.Char(required=True, help="Stable identifier of the rule.")
    message = fields.Char(required=True, translate=True, help="Which rule stands.")
    remedy = fields.Char(translate=True, help="What to do next.")
    who = fields.Char(translate=True, help="Who may do it.")
