from odoo import fields, models


class OrderSettlementFinding(models.Model):
    """One thing that the assessment of a settlement found."""

    _name = "order.settlement.finding"
    _inherit = "order.reversal.finding"
    _description = "Settlement Finding"
    _order = "settlement_id, sequence, id"

    reversal_id = fields.Many2one(required=False)
    settlement_id = fields.Many2one(
        "order.settlement", required=True, ondelete="cascade", index=True
    )
