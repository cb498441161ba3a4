from odoo import fields, models


class OrderReversalLog(models.Model):
    _inherit = "order.reversal.log"

    # Rows are evidence, which nothing changes: they stay when the addon goes.
    event = fields.Selection(
        selection_add=[("accepted", "Difference accepted")],
        ondelete={"accepted": lambda rows: None},
    )

    def _describe(self):
        return [*super()._describe(), *(self.detail or {}).get("differences", [])]
