from odoo import api, fields, models
from odoo.fields import Domain

from ...const import REVERSIBLE_TYPES


class SaleOrder(models.Model):
    """What an order answers to a reversal, and what guards it."""

    _name = "sale.order"
    _inherit = ["sale.order", "order.reversal.mixin"]
    _reversal_root_field = "order_id"
    settlement_state = fields.Selection(
        [
            ("none", "Not settled"),
            ("partly", "Partly settled"),
            ("settled", "Settled"),
        ],
        compute="_compute_settlement_state",
        store=True,
        index="btree_not_null",
        help="Settled: confirmed, invoiced, and every invoice paid. Partly settled: "
        "an invoice stands, but the order is not all invoiced or not all paid.",
    )
    # Settled orders are looked for by their amount.
    _settled_amount_idx = models.Index(
        "(amount_total) WHERE settlement_state = 'settled'"
    )
    reversal_count = fields.Integer(compute="_compute_reversal_count")

    @api.depends(
        "state",
        "invoice_status",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.payment_state",
        "order_line.qty_invoiced",
    )
    def _compute_settlement_state(self):
        for order in self:
            invoices = order._reversal_invoices_in_force()
            if order.state != "sale" or not invoices:
                order.settlement_state = "none"
            elif order.invoice_status != "to invoice" and all(
                invoice.payment_state in ("paid", "in_payment") for invoice in invoices
            ):
                order.settlement_state = "settled"
            else:
                order.settlement_state = "partly"
        saved = self.browse(filter(None, self._ids))
        self.env["order.reversal"]._get_waiting_for(saved)._look_again()

    def unlink(self):
        """Override: a reversal does not wait for an order that is gone."""
        reversals = self.env["order.reversal"]._get_waiting_for(self)
        result = super().unlink()
        reversals._look_again()
        return result

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for order in self:
            order.reversal_count = counts.get(order.id, 0)

    def _reversal_invoices_in_force(self):
        """Posted invoices that no credit note took back as a whole.

        Of an invoice that other orders share, what counts is whether anything of these
        orders is left on it.
        """
        if not any(self.order_line.mapped("qty_invoiced")):
            return self.env["account.move"]
        return self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted"
            and move.move_type in REVERSIBLE_TYPES
            and move.payment_state != "reversed"
        )

    def _reversal_related(self, plan):
        related = super()._reversal_related(plan)
        if plan.reaches("payment"):
            related.append(
                self.order_line.invoice_lines.move_id.filtered(
                    lambda move: move.state in ("draft", "posted")
                )
            )
        return related

    def _reversal_findings(self, plan):
        super()._reversal_findings(plan)
        for order in self:
            if order.state in ("draft", "sent"):
                plan.block(
                    "order_not_confirmed",
                    self.env._(
                        "%s is a quotation: nothing was settled that could be taken "
                        "back.",
                        order.name,
                    ),
                    order,
                    remedy=self.env._("Edit or cancel the quotation itself."),
                )
            elif order.state == "cancel":
                order._reversal_block_cancelled(plan)
            for transaction in order.authorized_transaction_ids:
                if plan.reaches("draft"):
                    plan.block(
                        "transaction_authorized",
                        self.env._(
                            "The online payment %(reference)s of %(order)s is "
                            "authorised and may still be captured.",
                            reference=transaction.reference,
                            order=order.name,
                        ),
                        order,
                        remedy=self.env._("Void the transaction on the order first."),
                    )
            if plan.reaches("draft"):
                order._reversal_report_pending(plan)
        return plan

    def _reversal_report_pending(self, plan):
        """Money on its way confirms the order again when it arrives.

        Rule: `sale`'s `payment.transaction._post_process`.
        """
        self.ensure_one()
        # sudo: a salesperson may not read transactions; the references alone.
        pending = self.sudo().transaction_ids.filtered(
            lambda transaction: transaction.state == "pending"
        )
        if pending:
            plan.warn(
                "transaction_pending",
                self.env._(
                    "The online payment %(reference)s of %(order)s is still pending: "
                    "once it arrives, Odoo may confirm the order again.",
                    reference=", ".join(pending.mapped("reference")),
                    order=self.name,
                ),
                self,
                remedy=self.env._("Cancel it with the provider."),
                who=self.env._("Whoever manages the payment provider may do that."),
            )

    def _reversal_block_cancelled(self, plan):
        self.ensure_one()
        earlier = plan.reversal._get_earlier(self)
        if earlier:
            message = self.env._(
                "%(order)s is cancelled: it was taken back by %(reversal)s.",
                order=self.name,
                reversal=", ".join(earlier.mapped("name")),
            )
        else:
            message = self.env._("%s is cancelled already.", self.name)
        plan.block(
            "order_cancelled",
            message,
            self,
            remedy=self.env._(
                "Take back what is still open from the invoice or the payment."
            ),
        )

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        for order in self.filtered(lambda order: order.state == "sale"):
            amounts = {
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
            }
            if plan.reaches("draft") and plan.part is not None:
                order._reversal_plan_lower(plan)
            elif plan.reaches("draft"):
                data = order._reversal_cancel_data(plan) or None
                plan.add_step(
                    order, "cancel", self.env._("Cancelled"), data=data, **amounts
                )
                if plan.reversal.scope == "draft":
                    plan.add_step(
                        order, "draft", self.env._("Quotation again"), **amounts
                    )
            order._reversal_plan_unlock(plan, amounts)
        return plan

    def _reversal_kind(self):
        return "order"

    def _reversal_scope_obstacles(self):
        self.ensure_one()
        moves = self.order_line.invoice_lines.move_id
        posted = moves.filtered(lambda move: move.state == "posted")
        obstacles = {}
        if not self.locked:
            obstacles["unlock"] = self.env._("The order is not locked.")
        if not posted._reversal_counterparts() and not posted.matched_payment_ids:
            obstacles["payment"] = ""
        if not moves.filtered(lambda move: move.state != "cancel"):
            obstacles["invoice"] = ""
        return obstacles

    def _reversal_label(self):
        self.ensure_one()
        if self.state == "sale":
            label = {
                "settled": self.env._("Settled"),
                "partly": self.env._("Partly settled"),
                "none": self.env._("Confirmed, not settled"),
            }[self.settlement_state]
            return self.env._("%s, locked", label) if self.locked else label
        if self.state == "cancel":
            return self.env._("Cancelled")
        return self.env._("Quotation")

    def _reversal_older_domain(self, limit):
        return Domain("date_order", "<", fields.Datetime.to_datetime(limit))

    def _reversal_fingerprint(self):
        return {
            "state": self.state,
            "locked": self.locked,
            "amount_total": self.amount_total,
            "lines": [
                [
                    line.id,
                    line.product_id.id,
                    line.product_uom_qty,
                    line.price_unit,
                    line.qty_invoiced,
                ]
                for line in self.order_line.sorted("id")
            ],
        }
