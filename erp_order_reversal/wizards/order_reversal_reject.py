from odoo import fields, models

from ..checks import check_one


class OrderReversalReject(models.TransientModel):
    """Asks an approver why a request is rejected, or what has to be changed."""

    _name = "order.reversal.reject"
    _description = "Reject Reversals"

    reversal_ids = fields.Many2many("order.reversal", required=True)
    rework = fields.Boolean(help="It is sent back to be changed, not rejected.")
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Reject the requests, or send them back, with the reason given."""
        check_one(self)
        if self.rework:
            return self.reversal_ids.action_rework(self.reason)
        return self.reversal_ids.action_reject(self.reason)
