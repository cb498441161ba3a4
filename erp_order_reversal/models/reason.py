from odoo import api, fields, models

from ..checks import check_one
from ..const import INVOICE_METHODS, PAYMENT_METHODS, SCOPES


class OrderReversalReason(models.Model):
    """Why an order is taken back, and what that reason asks for."""

    _name = "order.reversal.reason"
    _description = "Reversal Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short code for reports and exchanges.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to offer the reason in every company."
    )
    note_required = fields.Boolean(
        help="Whoever gives this reason has to explain it in a note."
    )
    approval_required = fields.Boolean(
        help="Reversals with this reason need a second person, whatever the "
        "company's policy says."
    )
    scope = fields.Selection(
        SCOPES,
        "Default Scope",
        proposal=True,
    )
    invoice_method = fields.Selection(
        INVOICE_METHODS,
        "Default Invoice Method",
        proposal=True,
    )
    payment_method = fields.Selection(
        PAYMENT_METHODS,
        "Default Payment Method",
        proposal=True,
    )
    reversal_count = fields.Integer(compute="_compute_reversal_count")

    _code_unique = models.UniqueIndex(
        "(code, company_id) WHERE code IS NOT NULL",
        "This code is used by another reversal reason.",
    )

    def _valid_field_parameter(self, field, name):
        return name == "proposal" or super()._valid_field_parameter(field, name)

    def _compute_reversal_count(self):
        counts = dict(
            self.env["order.reversal"]._read_group(
                [("reason_id", "in", self.ids)], ["reason_id"], ["__count"]
            )
        )
        for reason in self:
            reason.reversal_count = counts.get(reason, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Reasons that were given are evidence: archive them instead."""
        used = self.filtered("reversal_count")
        if used:
            raise self.env["order.reversal"]._error(
                self.env._(
                    "The reasons %(names)s were given for reversals and are part of "
                    "the records. Archive them instead of deleting them.",
                    names=", ".join(used.mapped("name")),
                )
            )

    def action_view_reversals(self):
        """The reversals that give this reason."""
        check_one(self)
        return (
            self.env["order.reversal"]
            .search([("reason_id", "=", self.id)])
            ._get_records_action(name=self.name)
        )
