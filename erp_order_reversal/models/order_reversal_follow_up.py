from odoo import models


class OrderReversal(models.Model):
    """After it: the people concerned are told, and asked to settle again."""

    _inherit = "order.reversal"

    def _hook_if_success(self):
        result = super()._hook_if_success()
        todo = {}
        for reversal in self:
            # Of a batch, the orders of a person are assigned together.
            source = reversal.batch_id or reversal
            for order, summary in reversal._get_rechecks():
                key = (order.user_id, summary, source, reversal.reason_id)
                todo[key] = todo.get(key, order.browse()) | order
        for (person, summary, source, reason), orders in todo.items():
            # sudo: the one who takes back may not be allowed to assign work on the
            # order; the order itself is not changed.
            orders.sudo().with_context(
                # A mail for each order of a batch would be too much.
                mail_activity_quick_update=source._name == "order.reversal.batch"
            ).activity_schedule(
                "erp_order_reversal.mail_activity_recheck",
                user_id=person.id,
                summary=summary,
                note=f"{source.name}: {reason.name}",
            )
        return result

    def _get_rechecks(self):
        """Orders that their salesperson has to look at, each with what to do.

        Orders that stay, or go back to quotation, have to be checked and settled again;
        of a cancelled one, the salesperson is told, unless he or she did it.

        :return: list of (order, summary)
        """
        self.ensure_one()
        if self.scope == "unlock":
            return []
        orders = self.order_id or self.move_id.line_ids.sale_line_ids.order_id
        found = []
        for order in orders:
            person = order.user_id
            if not person.active or person.share:
                continue
            if self.scope != "cancel":
                found.append((order, self.env._("Check the order and settle it again")))
            elif person != self.env.user:
                found.append((order, self.env._("Taken back: tell the customer")))
        return found
