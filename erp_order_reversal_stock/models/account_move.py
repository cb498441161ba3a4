from collections import defaultdict
from types import MappingProxyType

from odoo import api, models

# What makes a cost line of an invoice, as `stock_account` fills it.
COST_FIELDS = (
    "account_id",
    "amount_currency",
    "analytic_distribution",
    "balance",
    "cogs_origin_id",
    "display_type",
    "move_id",
    "name",
    "partner_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "quantity",
)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _reversal_findings(self, plan):
        super()._reversal_findings(plan)
        if plan.reaches("invoice") and not plan.reaches("draft"):
            orders = self.line_ids.sale_line_ids.order_id
            if plan.root._name == "sale.order":
                orders &= plan.root
            for order in orders.filtered(lambda o: o._reversal_has_goods_out()):
                plan.inform(
                    "goods_stay",
                    self.env._(
                        "Goods that %s delivered are not touched: the order stays "
                        "confirmed and can be invoiced again.",
                        order.name,
                    ),
                    order,
                )
        return plan

    # ------------------------------------------------------------------
    # Cost of goods
    # ------------------------------------------------------------------

    def _reversal_share_extras(self, share, exact):
        """Override to take back the cost of goods of the lines of a share.

        The host would compute it anew, from the first cost line of the product
        (`stock_account`, `account.move.line._get_cogs_value`): wrong as soon as two
        lines of a product had another cost, and never exact to the cent.
        """
        extras = super()._reversal_share_extras(share, exact)
        parts = defaultdict(list)
        for line in self.line_ids:
            rest = share.lines.get(line.cogs_origin_id)
            if line.display_type == "cogs" and rest:
                quantity = line.cogs_origin_id.quantity
                parts[line._reversal_key()].append(
                    (line, rest.quantity / quantity if quantity else 0.0)
                )
        for key, lines in parts.items():
            extras.update(self._reversal_cogs_rest(share, key, lines, exact))
        return extras

    def _reversal_cogs_rest(self, share, key, lines, exact):
        """What is taken back of the cost lines of one product and account.

        :param list lines: (cost line, part of it)
        :return: {cost line: (amount in currency, balance)}
        """
        found = {}
        for line, part in lines:
            found[line] = [
                line.currency_id.round(line.amount_currency * part),
                line.company_currency_id.round(line.balance * part),
            ]
        if share.last and exact and not share.whole:
            taken = share.credits.line_ids.filtered(
                lambda other: other._reversal_key() == key
            )
            of_key = self.line_ids.filtered(lambda line: line._reversal_key() == key)
            for index, name in enumerate(("amount_currency", "balance")):
                rest = sum(of_key.mapped(name)) + sum(taken.mapped(name))
                last = found[lines[-1][0]]
                last[index] += rest - sum(values[index] for values in found.values())
        return {line: tuple(values) for line, values in found.items() if any(values)}

    def _stock_account_prepare_realtime_out_lines_vals(self):
        """Override of `stock_account` to keep the cost lines of a reversal.

        The host takes cost lines off every draft; a credit note of a reversal has
        been given the exact ones, and a restored invoice gets back what it had.
        """
        running = self.env["order.reversal"]._is_running()
        ready = self.filtered(
            lambda move: move.reversed_entry_id
            and any(
                line.display_type == "cogs"
                # A price correction has none, where the invoice has.
                for line in (running and move.reversed_entry_id | move or move).line_ids
            )
        )
        restored = self.env.context.get("order_reversal_costs")
        rows = []
        if isinstance(restored, MappingProxyType):
            known = (self - ready).filtered(lambda move: move.id in restored)
            rows = [row for move in known for row in restored[move.id]]
            ready |= known
        rest = self - ready
        return (
            rows
            + super(AccountMove, rest)._stock_account_prepare_realtime_out_lines_vals()
        )

    @api.private
    def _reversal_apply_post(self, steps):
        """Override to post invoices again with the cost that they had.

        The host would compute it anew, from what goods cost today.
        """
        costs = {step.res_id: [] for step in steps}
        for reversal in steps.reversal_id.restores_id:
            for row in reversal._image_rows("account_move_line"):
                if row["display_type"] == "cogs" and row["move_id"] in costs:
                    costs[row["move_id"]].append(
                        {**{name: row[name] for name in COST_FIELDS}, "tax_ids": []}
                    )
        return super()._reversal_apply_post(
            steps.with_context(order_reversal_costs=MappingProxyType(costs))
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _reversal_counter_vals(self, amount, balance):
        values = super()._reversal_counter_vals(amount, balance)
        if self.display_type == "cogs" and self.balance:
            values["quantity"] = self.quantity * abs(balance / self.balance)
        return values
