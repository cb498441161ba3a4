from collections import defaultdict

from odoo import models
from odoo.tools.misc import formatLang

from ...values import GoodsData

# Tables of the host that hold what moves; read only.
STOCK_TABLES = (
    ("stock_picking", "id IN %(stock_picking)s"),
    ("stock_move", "picking_id IN %(stock_picking)s"),
    ("stock_move_line", "picking_id IN %(stock_picking)s"),
)


class OrderReversal(models.Model):
    """The goods in the impact, in the before-image and in the verification.

    What the warehouse owes the customer again when a reversal is taken back.
    """

    _inherit = "order.reversal"

    def _snapshot_tables(self):
        return (*super()._snapshot_tables(), *STOCK_TABLES)

    def _step_entry(self, step):
        entry = super()._step_entry(step)
        documents = (self.fingerprint_data or {}).get("documents", {})
        before = documents.get(f"{step.res_model},{step.res_id}", {})
        if "status" in before:
            entry["detail"]["before"] = before["status"]
        return entry

    def _get_plan_impact(self, plan):
        """Add what becomes of the goods."""
        return {
            **super()._get_plan_impact(plan),
            "goods": [
                {
                    "what": step["operation"],
                    "product": product,
                    "quantity": quantity,
                    "unit": unit,
                }
                for step in plan.steps
                if step["res_model"] == "stock.picking"
                for row in GoodsData.from_json(step.get("data")).goods
                for product, quantity, unit in [row]
            ],
        }

    def _get_affected(self, shared):
        found = super()._get_affected(shared)
        # What waits to be sent is cancelled by the host along with its order.
        orders = self.env["sale.order"].browse(
            step.res_id for step in self.step_ids if step.res_model == "sale.order"
        )
        # Without a step on a transfer there is none yet.
        known = found.get("stock.picking", orders.browse())
        pickings = self.env["stock.picking"].browse(known._ids)
        found["stock.picking"] = pickings | orders.picking_ids
        return found

    def _group_entries(self, entries):
        """The cost of goods that stay is an entry of its own, on the same accounts."""
        accounts = {
            row["account_id"]
            for step in self.step_ids
            for row in GoodsData.from_json(step.data).cost
        }
        return super()._group_entries(
            [
                {**entry, "display_type": "cogs"}
                if entry["account_id"] in accounts
                else entry
                for entry in entries
            ]
        )

    def _get_impact_rows(self, impact=None):
        """Add what becomes of the goods, in the user's language."""
        rows = super()._get_impact_rows(impact)
        labels = {
            "return": self.env._("Received back now"),
            "request_return": self.env._("Comes back once the warehouse receives it"),
            "keep": self.env._("Stays with the customer"),
        }
        rows["goods"] = [
            {
                "product": row["product"],
                "quantity": formatLang(self.env, row["quantity"], dp="Product Unit"),
                "unit": row["unit"],
                "what": labels[row["what"]],
            }
            for row in (impact or self.impact or {}).get("goods", [])
        ]
        return rows

    def _get_goods_due(self):
        """What these reversals kept from delivery or took back: to be delivered again.

        The host, asked to confirm the order anew, would deliver what was ordered less
        what moved since; but more or less may have been delivered or given up.

        :return: {id of an order line: quantity in its unit}
        """
        due = defaultdict(float)
        # What would arrive at a place, less what would leave it: the steps of one
        # chain of transfers are not counted twice.
        waiting = defaultdict(float)
        for step in self.step_ids:
            data = GoodsData.from_json(step.data)
            if step.res_model != "stock.picking" or data.open:
                continue
            for move, quantity in step._get_kept_back():
                line = move.sale_line_id
                quantity = move.product_uom._compute_quantity(
                    quantity, line.product_uom_id, round=False
                )
                if move._reversal_goes_out():
                    due[line.id] += quantity
                else:
                    waiting[line.id, move.location_dest_id] += quantity
                if step.operation == "cancel":
                    waiting[line.id, move.location_id] -= quantity
        for (line_id, _place), quantity in waiting.items():
            due[line_id] += max(0.0, quantity)
        return dict(due)
