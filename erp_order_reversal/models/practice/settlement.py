from odoo import api, models


class OrderSettlement(models.Model):
    """Practice that is settled again has numbers of its own, too."""

    _inherit = "order.settlement"

    @api.model
    def _get_sequence_code(self, reversal):
        """Override: practice has numbers of its own."""
        if reversal.is_practice:
            return "order.settlement.practice"
        return super()._get_sequence_code(reversal)
