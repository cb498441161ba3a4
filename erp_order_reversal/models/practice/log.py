from odoo import models


class OrderReversalLog(models.Model):
    """Rows of practice stay, like all rows: they say that they are practice."""

    _inherit = "order.reversal.log"

    def _prepare_row(self, entry):
        """Override to mark what happened to practice documents."""
        reversal = entry.get("reversal")
        if reversal and reversal.is_practice:
            entry = {
                **entry,
                "detail": {**(entry.get("detail") or {}), "practice": True},
            }
        return super()._prepare_row(entry)
