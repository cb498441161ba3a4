from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override to deliver again what a reversal kept back, no more and no less.

        A kit is left to the host: its parts may stand in any proportion.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        due = self.env.context.get("order_reversal_due")
        if due is None or not self.env["order.reversal"]._is_running():
            return quantity
        if self.move_ids.product_id - self.product_id:
            return quantity
        return self.product_uom_qty - due.get(self.id, 0.0)

    def _reversal_kept_cost(self, plan, quantity, spent):
        """Journal items that keep the cost of goods which stay with the customer.

        The same accounts and amounts as the invoices had, in proportion: no more than
        what the plan takes back of them.

        :param float quantity: what stays, in the line's unit
        :param dict spent: {order line: part of its cost that other steps keep}
        :return: list of values, without the entry
        """
        self.ensure_one()
        credited = 0.0
        costs = {}
        for share in plan.shares.values():
            for line, rest in share.lines.items():
                if line.sale_line_ids[:1] == self:
                    credited += line.product_uom_id._compute_quantity(
                        rest.quantity, self.product_uom_id
                    )
                    costs.update(
                        (cost, values)
                        for cost, values in share.extras.items()
                        if cost.cogs_origin_id == line
                    )
        if not costs or credited <= 0.0:
            return []
        before = spent.get(self, 0.0)
        after = spent[self] = min(1.0, before + quantity / credited)
        rows = []
        for line, (_amount, balance) in costs.items():
            currency = line.company_currency_id
            part = currency.round(balance * after) - currency.round(balance * before)
            if not currency.is_zero(part):
                rows.append(
                    {
                        "account_id": line.account_id.id,
                        "product_id": line.product_id.id,
                        "partner_id": line.partner_id.id,
                        "name": line.name,
                        "balance": currency.round(part),
                        "analytic_distribution": line.analytic_distribution or False,
                    }
                )
        return rows
