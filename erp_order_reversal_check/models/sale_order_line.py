from odoo import fields, models


class SaleOrderLine(models.Model):
    """A line that is invoiced otherwise is marked."""

    _inherit = "sale.order.line"

    settlement_check_differs = fields.Boolean(
        "Differs", compute="_compute_settlement_check_differs"
    )

    def _compute_settlement_check_differs(self):
        differing = self.env["settlement.check"]._get_differing(self.order_id._origin)
        for line in self:
            line.settlement_check_differs = (self._name, line._origin.id) in differing
