from odoo import fields, models

from ..checks import check_one


class OrderReversalReject(models.TransientModel):
    """Asks an approver why a request is rejected."""

    _name = "order.reversal.reject"
    _description = "Reject Reversals"

    reversal_ids = fields.Many2many("order.reversal", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Reject the requests with the reason given."""
        check_one(self)
        return self.reversal_ids.action_reject(self.reason)
