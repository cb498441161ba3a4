from odoo import api, fields, models

from ..order_reversal_batch.record import ROOTS


class OrderReversalBatch(models.Model):
    """A bulk reversal of practice orders is told apart, too."""

    _inherit = "order.reversal.batch"

    is_practice = fields.Boolean(
        "Practice",
        compute="_compute_is_practice",
        store=True,
        precompute=True,
        help="All that is taken back was made to practise on.",
    )

    @api.depends(*ROOTS.values())
    def _compute_is_practice(self):
        for batch in self:
            # sudo: the marks alone.
            marks = [
                bool(document.reversal_practice)
                for name in ROOTS.values()
                for document in batch.sudo()[name]
            ]
            # Practice that is removed leaves no documents, and the batch what it was.
            batch.is_practice = all(marks) if marks else batch.is_practice

    @api.model
    def _get_sequence_code(self, vals):
        """Override: practice has numbers of its own."""
        roots = {name: vals[name] for name in ROOTS.values() if name in vals}
        if self.new(roots).is_practice:
            return "order.reversal.practice.batch"
        return super()._get_sequence_code(vals)

    def _get_member_sequence(self):
        """Override: practice has numbers of its own."""
        if self.is_practice:
            return self.env["order.reversal"]._get_practice_sequence()
        return super()._get_member_sequence()
