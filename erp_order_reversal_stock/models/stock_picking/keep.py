from odoo import api, models

from ...values import GoodsData


class StockPicking(models.Model):
    """Goods stay with the customer, and so does their cost where invoices book it.

    With perpetual valuation the host books the cost on the invoice, and takes it back
    with it. Goods that are given away would be on the stock account again, and nowhere
    in stock; so their cost is booked anew when the order is cancelled for good. An
    order that goes back to quotation is invoiced again, and books it itself.
    """

    _inherit = "stock.picking"

    @api.private
    def _reversal_apply_keep(self, steps):
        """Nothing moves; the cost of what is given away stays in the books."""
        for step in steps:
            step._set_result(self._reversal_post_cost(step))

    def _reversal_check_keep(self, step, books):
        """The cost of what is given away is in the books."""
        if not GoodsData.from_json(step.data).cost:
            return []
        entry = self.env["account.move"].browse(step.result_id).exists()
        if entry.state != "posted":
            return [
                self.env._(
                    "The cost of the goods of %s that stay with the customer is not "
                    "posted.",
                    step.res_name,
                )
            ]
        return []

    def _reversal_obstacles_keep(self, step, plan):
        """The entry of the cost must be one that can be cancelled."""
        step._get_result("account.move")._reversal_block_kept(plan)

    @api.private
    def _reversal_apply_unkeep(self, steps):
        """The invoice bears the cost again."""
        for step in steps:
            entry = step.origin_id._get_result("account.move")
            if entry.state == "posted":
                entry._reversal_acted(entry.button_cancel(), "cancel")
            step._set_result(entry)

    def _reversal_check_unkeep(self, step, books):
        """:return: list of str"""
        entry = step.origin_id._get_result("account.move")
        if books.fresh and entry.state == "posted":
            return [self.env._("%s is not cancelled.", entry.display_name)]
        return []

    def _reversal_plan_costs(self, plan, outstanding):
        """Add the cost that stays to the steps that keep goods."""
        if plan.reversal.scope != "cancel":
            return
        spent = {}
        for step in plan.steps:
            if step["operation"] == "keep" and step["res_model"] == self._name:
                cost = []
                for line, part in self._reversal_kept_parts(step, outstanding).items():
                    cost += line._reversal_kept_cost(plan, part, spent)
                if cost:
                    step["data"]["cost"] = cost
                    self._reversal_report_cost(plan, step, cost)

    def _reversal_kept_parts(self, step, outstanding):
        """{order line: quantity that stays, in the line's unit}, of one step."""
        quantities = {}
        kept = GoodsData.from_json(step["data"]).quantities
        moves = self.move_ids.browse(kept)
        for line in moves.sale_line_id:
            own = moves.filtered(lambda move, line=line: move.sale_line_id == line)
            if own.product_id == line.product_id:
                quantities[line] = sum(
                    move.product_uom._compute_quantity(
                        kept[move.id], line.product_uom_id
                    )
                    for move in own
                )
                continue
            # A kit: its components tell which part of it stays.
            total = sum(
                quantity
                for move, quantity in outstanding.items()
                if move.sale_line_id == line and move._reversal_goes_out()
            )
            part = sum(kept[move.id] for move in own) / total if total else 0.0
            quantities[line] = line.qty_delivered * part
        return quantities

    def _reversal_report_cost(self, plan, step, cost):
        picking = self.browse(step["res_id"])
        amount = sum(max(0.0, row["balance"]) for row in cost)
        currency = plan.company.currency_id
        if not self._reversal_cost_journal(plan.company):
            plan.block(
                "no_stock_journal",
                self.env._(
                    "The cost of what stays with the customer (%s) can't be booked: "
                    "the company has no journal for it.",
                    picking.name,
                ),
                picking,
                remedy=self.env._("Choose a stock journal in the inventory settings."),
            )
        step["why"] += " " + self.env._(
            "Its cost of %s stays in the books.", currency.format(amount)
        )

    def _reversal_cost_journal(self, company):
        return company.account_stock_journal_id or self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(company),
                ("type", "=", "general"),
            ],
            limit=1,
        )

    def _reversal_post_cost(self, step):
        """Post the cost of one step that keeps goods.

        :return: `account.move`, empty if there is none
        """
        moves = self.env["account.move"]
        rows = GoodsData.from_json(step.data).cost
        if not rows:
            return moves
        reversal = step.reversal_id
        entry = moves.create(
            {
                "journal_id": self._reversal_cost_journal(reversal.company_id).id,
                "date": reversal.entry_date,
                "ref": self.env._(
                    "%(reversal)s: cost of goods of %(picking)s that stay with the "
                    "customer",
                    reversal=reversal.name,
                    picking=step.res_name,
                ),
                "line_ids": [(0, 0, dict(row)) for row in rows],
            }
        )
        entry._reversal_acted(entry.action_post(), "posted")
        return entry
