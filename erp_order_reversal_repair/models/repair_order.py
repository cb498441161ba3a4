from odoo import models


class RepairOrder(models.Model):
    """A repair that an order asked for, or that asks an order to charge it."""

    _name = "repair.order"
    _inherit = ["repair.order", "order.reversal.made.mixin"]
    _reversal_fresh = ("draft", "confirmed")

    def _reversal_made_for(self):
        """An order that only charges it is not what it was made for."""
        self.ensure_one()
        return self.sale_order_id, not self.sale_order_line_id

    def _reversal_cancel_made(self):
        """The order keeps its quantities, which the host sets to 0.

        It is cancelled; with a restore, they are what was invoiced.
        """
        lines = self.sale_order_line_id | self.move_ids.sale_line_id
        before = {line: line.product_uom_qty for line in lines}
        answer = self.action_repair_cancel()
        for line, quantity in before.items():
            if line.product_uom_qty != quantity:
                line.product_uom_qty = quantity
        return answer

    def _reversal_reopen_made(self, before):
        """Confirming the order has opened it again, but begun it is not."""
        if self.state == "cancel":
            self.action_repair_cancel_draft()
            self._action_repair_confirm()
        if self.state == "confirmed" and before["made_state"] == "under_repair":
            self.action_repair_start()
