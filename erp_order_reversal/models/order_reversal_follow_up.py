from odoo import models


class OrderReversal(models.Model):
    """After it: the people concerned are told, and asked to settle again."""

    _inherit = "order.reversal"

    def _hook_if_success(self):
        result = super()._hook_if_success()
        for reversal in self:
            reversal._schedule_recheck()
        return result

    def _schedule_recheck(self):
        """An activity on the order for its salesperson.

        Orders that stay, or go back to quotation, have to be checked and settled again;
        of a cancelled one, the salesperson is told, unless he or she did it.
        """
        self.ensure_one()
        orders = self.order_id
        if not orders and self.scope != "unlock":
            lines = self.move_id.line_ids
            orders = lines.sale_line_ids.order_id
        for order in orders:
            person = order.user_id
            if not person.active or person.share:
                continue
            if self.scope == "cancel":
                if person == self.env.user:
                    continue
                summary = self.env._("Taken back: tell the customer")
            elif self.scope == "unlock":
                continue
            else:
                summary = self.env._("Check the order and settle it again")
            # sudo: the one who takes back may not be allowed to assign work on the
            # order; the order itself is not changed.
            order.sudo().activity_schedule(
                "erp_order_reversal.mail_activity_recheck",
                user_id=person.id,
                summary=summary,
                note=f"{self.name}: {self.reason_id.name}",
            )
