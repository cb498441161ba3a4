from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override to deliver again what a reversal kept back, no more and no less.

        A kit is left to the host: its parts may stand in any proportion.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        due = self.env.context.get("order_reversal_due")
        kit = self.move_ids.product_id - self.product_id
        # Of the addon alone: no client can send a frozenset.
        if not isinstance(due, frozenset) or kit:
            return quantity
        return self.product_uom_qty - dict(due).get(self.id, 0.0)

    def _update_line_quantity(self, values):
        """Override to order less than was delivered, where the rest is on its way back.

        The host wants the return done before (`sale_stock`); a reversal has asked the
        warehouse for it.
        """
        asked = self.browse()
        if self.env["order.reversal"]._is_running():
            asked = self.filtered(
                lambda line: line.product_uom_id.compare(
                    line.qty_delivered - line._reversal_asked_back(),
                    values["product_uom_qty"],
                )
                <= 0
            )
        return super(SaleOrderLine, self - asked)._update_line_quantity(values)

    def _reversal_comes_back(self):
        """Whether what was delivered counts no more once it was received back."""
        self.ensure_one()
        return all(self.move_ids.mapped("to_refund"))

    def _reversal_asked_back(self):
        """What open returns will bring back of this line, in its unit."""
        self.ensure_one()
        return sum(
            move.product_uom._compute_quantity(
                move.product_uom_qty, self.product_uom_id
            )
            for move in self.move_ids
            if move.state not in ("done", "cancel")
            and move.product_id == self.product_id
            and move._reversal_comes_back()
        )

    def _reversal_part_back(self, quantity, outstanding):
        """What comes back if so much less is ordered: the last delivered goods first.

        Goods that were not delivered yet are simply not delivered.

        :param float quantity: in the line's unit
        :param dict outstanding: {delivery of this line: quantity that is out there}
        :return: {move: quantity in its own unit}
        """
        self.ensure_one()
        stays = max(0.0, self.product_uom_qty - quantity)
        if any(move.product_id != self.product_id for move in outstanding):
            # A kit: of each of its parts as much.
            delivered = self.qty_delivered
            part = min(quantity, max(0.0, delivered - stays))
            ratio = part / delivered if delivered else 0.0
            return {
                move: move.product_uom.round(left * ratio)
                for move, left in outstanding.items()
            }
        unit = self.product_uom_id
        delivered = {
            move: move.product_uom._compute_quantity(left, unit, round=False)
            for move, left in outstanding.items()
        }
        left = min(quantity, max(0.0, sum(delivered.values()) - stays))
        back = {}
        for move in sorted(delivered, key=lambda move: (move.date, move.id))[::-1]:
            taken = max(0.0, min(left, delivered[move]))
            back[move] = unit._compute_quantity(taken, move.product_uom)
            left -= taken
        return back

    def _reversal_kept_cost(self, plan, quantity, spent):
        """Journal items that keep the cost of goods which stay with the customer.

        The same accounts and amounts as the invoices had, in proportion: no more than
        what the plan takes back of them.

        :param float quantity: what stays, in the line's unit
        :param dict spent: {order line: part of its cost that other steps keep}
        :return: list of values, without the entry
        """
        self.ensure_one()
        credited, costs = self._reversal_cost_of_plan(plan)
        if not credited:
            # No invoice of the line goes now, so that none bears its cost.
            credited, costs = self._reversal_cost_taken_back()
        if not costs or credited <= 0.0:
            return []
        before = spent.get(self, 0.0)
        after = spent[self] = min(1.0, before + quantity / credited)
        currency = self.company_id.currency_id
        rows = []
        for values in costs:
            whole = values["balance"]
            part = currency.round(whole * after) - currency.round(whole * before)
            if not currency.is_zero(part):
                rows.append({**values, "balance": currency.round(part)})
        return rows

    def _reversal_cost_of_plan(self, plan):
        """The cost that a plan takes back with its invoices.

        :return: (quantity in the line's unit, list of values of journal items)
        """
        credited, costs = 0.0, []
        for share in plan.shares.values():
            for line, rest in share.lines.items():
                if line.sale_line_ids[:1] == self:
                    credited += line.product_uom_id._compute_quantity(
                        rest.quantity, self.product_uom_id
                    )
                    costs += [
                        {
                            "account_id": cost.account_id.id,
                            "product_id": cost.product_id.id,
                            "partner_id": cost.partner_id.id,
                            "name": cost.name,
                            "balance": balance,
                            "analytic_distribution": cost.analytic_distribution
                            or False,
                        }
                        for cost, (_amount, balance) in share.extras.items()
                        if cost.cogs_origin_id == line
                    ]
        return credited, costs

    def _reversal_cost_taken_back(self):
        """The cost that went with an invoice which an earlier reversal took back.

        Such a reversal left the order confirmed, or as a quotation, to be invoiced
        anew: the goods never came back, and their cost is in no book since. The
        before-image has it, as the host deletes it from a cancelled invoice.

        :return: as `_reversal_cost_of_plan`, of the latest one
        """
        self.ensure_one()
        lines = self.invoice_lines.filtered(lambda ln: ln.display_type == "product")
        # sudo: reversals of others of the same invoices; amounts alone.
        steps = (
            self.env["order.reversal.step"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "account.move"),
                    ("res_id", "in", lines.move_id.ids),
                    ("operation", "in", ("credit", "void")),
                    ("reversal_id.state", "=", "done"),
                    ("reversal_id.scope", "in", ("invoice", "draft")),
                ],
                order="id desc",
            )
        )
        names = (
            "account_id",
            "product_id",
            "partner_id",
            "name",
            "balance",
            "analytic_distribution",
        )
        for step in steps:
            own = lines.filtered(lambda ln, step=step: ln.move_id.id == step.res_id)
            costs = [
                {name: row[name] for name in names}
                for row in step.reversal_id._image_rows("account_move_line")
                if row["cogs_origin_id"] in own.ids
            ]
            if costs:
                quantity = sum(
                    line.product_uom_id._compute_quantity(
                        line.quantity, self.product_uom_id
                    )
                    for line in own
                )
                return quantity, costs
        return 0.0, []
