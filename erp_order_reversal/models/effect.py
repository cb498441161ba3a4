from odoo import fields, models


class OrderReversalEffect(models.Model):
    """One document that a reversal changes: how it stood before, and afterwards.

    Acted on or not: an invoice whose payment is taken off has no step of its own.
    Foreseen by a rehearsal, and recorded as it really came when it is carried out.
    """

    _name = "order.reversal.effect"
    _inherit = "order.reversal.link.mixin"
    _description = "Effect of a Reversal"
    _order = "reversal_id, sequence, id"

    reversal_id = fields.Many2one(
        "order.reversal", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    before = fields.Char(translate=True, help="Empty for a document that it makes.")
    after = fields.Char(translate=True)
    acted = fields.Boolean(help="Whether a step acts on the document.")
    kind = fields.Char(help="Its place in the picture: order, invoice, payment…")
    key = fields.Char(help="Names the document among the effects of its reversal.")
    origins = fields.Json(help="Keys of the documents that it came from.")
