"""Batches of settled orders."""

from unittest.mock import patch

from odoo import Command

from .common import ReversalCase

MODELS = "odoo.addons.erp_order_reversal.models."


class BatchCase(ReversalCase):
    def settle_many(self, count, **values):
        orders = self.env["sale.order"]
        for _number in range(count):
            orders |= self.settle(**values)[0]
        return orders

    def batch(self, records, user=None, **values):
        field = {
            "sale.order": "order_ids",
            "account.move": "move_ids",
            "account.payment": "payment_ids",
        }[records._name]
        model = self.env["order.reversal.batch"].with_user(user or self.clerk)
        return model.create(
            {
                field: [Command.set(records.ids)],
                "reason_id": self.reason.id,
                **values,
            }
        )

    def background(self, direct=0, chunk=50, create=500):
        """As if a few were many."""
        return (
            patch(MODELS + "order_reversal_batch.control.DIRECT_LIMIT", direct),
            patch(MODELS + "order_reversal_batch.work.CHUNK", chunk),
            patch(MODELS + "order_reversal_batch.control.CREATE_LIMIT", create),
        )

    def in_background(self, batch, **limits):
        patches = self.background(**limits)
        for item in patches:
            item.start()
            self.addCleanup(item.stop)
        batch.action_start()
        return batch
