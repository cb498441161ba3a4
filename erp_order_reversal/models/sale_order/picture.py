from odoo import models

from ...checks import check_one
from ...const import PAYMENT_IN_FORCE


class SaleOrder(models.Model):
    """How an order is settled, as a picture: what is settled by what."""

    _inherit = "sale.order"

    def action_open_settlement(self):
        """Show the settlement of this order; read only.

        :raise AccessError: the order, or reversals, may not be read
        :return: a client action, as a dialog
        """
        check_one(self)
        self._check_may_see_settlement()
        return {
            "type": "ir.actions.client",
            "tag": "order_reversal_settlement",
            "name": self.env._("Settlement of %s", self.name),
            "target": "new",
            "params": {"order_id": self.id},
            "context": {"dialog_size": "extra-large"},
        }

    def get_settlement(self):
        """The documents that settle this order, and those that they settle, too.

        :raise AccessError: the order, or reversals, may not be read
        :return: list of effects as `order.reversal.rehearse` returns them, before and
            after alike; `res_id` is False for what the user may not open
        """
        check_one(self)
        self._check_may_see_settlement()
        # sudo: names and states alone, as a rehearsal tells them of the same documents.
        own, beside = self.sudo()._get_settlement_documents()
        nodes = []
        for documents, acted in ((own, True), (beside, False)):
            for records in documents:
                readable = records.sudo(False)._filtered_access("read")
                for record in records:
                    nodes.append(
                        record._reversal_node(acted, record.id in readable._ids)
                    )
        keys = {node["key"] for node in nodes}
        for node in nodes:
            node["origins"] = [key for key in node["origins"] if key in keys]
        return nodes

    def _check_may_see_settlement(self):
        self.check_access("read")
        self.env["order.reversal"].check_access("read")

    def _get_settlement_documents(self):
        """What settles this order, and what hangs on that; override point.

        :return: (list of recordsets, list of recordsets)
        """
        moves = self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.state != "cancel"
        )
        matched = moves._reversal_counterparts().move_id - moves
        payments = matched.origin_payment_id
        payments |= moves.matched_payment_ids.filtered(
            lambda payment: not payment.move_id and payment.state in PAYMENT_IN_FORCE
        )
        rest = matched.filtered(lambda move: not move.origin_payment_id)
        statements = payments._reversal_statement_lines().move_id - rest
        paid = payments._reversal_get_invoices() - moves - rest
        orders = (moves | paid).line_ids.sale_line_ids.order_id - self
        return [self, moves, payments, rest, statements], [orders, paid]
