import json

from odoo import api, fields, models

from ..const import INVOICE_METHODS, PAYMENT_METHODS, SCOPES
from .guarded_mixin import marked_fields


class OrderReversalRequestMixin(models.AbstractModel):
    """What is asked for, of one document or of many: the same fields, the same way."""

    _name = "order.reversal.request.mixin"
    _inherit = ["order.reversal.guarded.mixin"]
    _description = "Reversal Request"

    scope = fields.Selection(
        SCOPES,
        required=True,
        default="cancel",
        help="Unlock only: the order is opened for editing.\n"
        "Payments: they are taken off the invoices.\n"
        "Payments and invoices: the invoices are taken back, too; the order "
        "stays confirmed and can be invoiced again.\n"
        "Back to quotation: the order becomes a quotation again, too.\n"
        "Cancel the order: everything is taken back, and the order is cancelled.",
        request=True,
    )
    reason_id = fields.Many2one(
        "order.reversal.reason", required=True, check_company=True, request=True
    )
    note_required = fields.Boolean(related="reason_id.note_required")
    note = fields.Text(
        "Explanation",
        help="It is written on every document that changes.",
        request=True,
    )
    invoice_method = fields.Selection(
        INVOICE_METHODS,
        required=True,
        default="auto",
        help="Automatic: a draft, or an invoice of the same month that was neither "
        "sent nor locked, is voided; any other one gets a credit note.",
        request=True,
    )
    payment_method = fields.Selection(
        PAYMENT_METHODS,
        required=True,
        default="auto",
        help="Automatic: the money stays with you as a credit of the customer. Void "
        "only a payment that never happened; a refund is recorded as a payment of its "
        "own.",
        request=True,
    )
    date = fields.Date(
        "Accounting Date",
        required=True,
        default=fields.Date.context_today,
        help="Date of the new entries. It is moved to the first open day if the "
        "period is locked.",
        request=True,
    )
    # What the reason set, as JSON: it is taken back when another one is chosen.
    proposal = fields.Char(store=False, request=True)

    @property
    def _reason_defaults(self):
        """What a reason proposes: its fields that say so (`proposal=True`)."""
        return marked_fields(self.env["order.reversal.reason"], "proposal")

    def _get_usual(self):
        """What is chosen as long as no reason proposes something else.

        :return: {name of a field that a reason proposes: value}
        """
        self.ensure_one()
        return self.default_get(list(self._reason_defaults))

    def _get_impossible(self, name):
        """The values of a choice that the documents leave no room for."""
        return ()

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        """Take over what the reason proposes, and give back what another one did.

        What a person chose differs from what was proposed: it stays.
        """
        usual = self._get_usual()
        proposed = {**usual, **json.loads(self.proposal or "{}")}
        taken = {}
        for name in self._reason_defaults:
            if self[name] == proposed.get(name):
                value = self.reason_id[name] or usual.get(name)
                if value in self._get_impossible(name):
                    value = usual[name]
                self[name] = value
                if value != usual.get(name):
                    taken[name] = value
        self.proposal = json.dumps(taken)

    @api.model
    def _set_defaults_of_reason(self, vals):
        """What the request leaves open is what its reason sets by default."""
        reason = self.env["order.reversal.reason"].browse(vals.get("reason_id"))
        for name in self._reason_defaults:
            if name not in vals and reason[name]:
                vals[name] = reason[name]
