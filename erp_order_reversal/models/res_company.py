from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    reversal_approval = fields.Selection(
        [
            ("never", "Never"),
            ("above", "Above an amount"),
            ("always", "Always"),
        ],
        "Approval of Reversals",
        required=True,
        default="never",
    )
    reversal_approval_amount = fields.Monetary(
        "Approval Limit", help="In the company's currency, taxes included."
    )
    reversal_guard = fields.Boolean(
        "Only by a Reversal",
        help="Settled documents can be taken back by a reversal only: Odoo's own "
        "cancel, unlock, reset to draft and credit note are closed for them.",
    )
