from odoo import models


class IrSequence(models.Model):
    """A rehearsal uses up no number: a rollback would not give it back."""

    _inherit = "ir.sequence"

    def _next_do(self):
        """Override to predict the number while something is only tried out."""
        rehearsal = self.env["order.reversal"]._get_rehearsal()
        if rehearsal and self.implementation == "standard":
            return self.get_next_char(rehearsal.draw(self, self.number_increment))
        return super()._next_do()


class IrSequenceDateRange(models.Model):
    """As the sequence itself, for its numbers of one period."""

    _inherit = "ir.sequence.date_range"

    def _next(self):
        """Override to predict the number while something is only tried out."""
        sequence = self.sequence_id
        rehearsal = self.env["order.reversal"]._get_rehearsal()
        if rehearsal and sequence.implementation == "standard":
            number = rehearsal.draw(self, sequence.number_increment)
            return sequence.get_next_char(number)
        return super()._next()
