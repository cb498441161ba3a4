from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_is_zero

from ..const import REVERSIBLE_TYPES


class SaleOrder(models.Model):
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
    reversal_count = fields.Integer(compute="_compute_reversal_count")

    @api.depends(
        "state",
        "invoice_status",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.payment_state",
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

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for order in self:
            order.reversal_count = counts.get(order.id, 0)

    def _reversal_invoices_in_force(self):
        """Posted invoices that no credit note took back as a whole."""
        return self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted"
            and move.move_type in REVERSIBLE_TYPES
            and move.payment_state != "reversed"
        )

    # ------------------------------------------------------------------
    # Answers to a reversal
    # ------------------------------------------------------------------

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

        return plan

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
            if order.locked and order._reversal_needs_unlock(plan):
                plan.add_step(
                    order, "unlock", self.env._("Unlocked for edit"), **amounts
                )
            if plan.reaches("draft"):
                plan.add_step(order, "cancel", self.env._("Cancelled"), **amounts)
                if plan.reversal.scope == "draft":
                    plan.add_step(
                        order, "draft", self.env._("Quotation again"), **amounts
                    )

        return plan

    def _reversal_needs_unlock(self, plan):
        """The root is opened; an order of an invoice only if it is cancelled."""
        self.ensure_one()
        return plan.root == self or plan.reaches("draft")

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

    # ------------------------------------------------------------------
    # Operations, each once over the steps of all reversals of a run
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_unlock(self, steps):
        steps._get_document().action_unlock()
        steps._set_result()

    @api.private
    def _reversal_apply_cancel(self, steps):
        steps._get_document().action_cancel()
        steps._set_result()

    @api.private
    def _reversal_apply_draft(self, steps):
        steps._get_document().action_draft()
        steps._set_result()

    def _reversal_undo_blockers(self, step):
        self.ensure_one()
        blockers = super()._reversal_undo_blockers(step)
        if step.operation == "cancel":
            lines = {line[0]: line[1:4] for line in step._before().get("lines", [])}
            now = {
                line.id: [line.product_id.id, line.product_uom_qty, line.price_unit]
                for line in self.order_line
                # The host sets the price of a down payment line by its invoices.
                if not line.is_downpayment
            }
            if any(lines.get(line_id) != values for line_id, values in now.items()):
                blockers.append(
                    self.env._(
                        "The lines of %s were edited since. Confirm and settle it by "
                        "hand.",
                        self.name,
                    )
                )
        return blockers

    @api.private
    def _reversal_undo_cancel(self, steps):
        """Confirm the orders again, without writing to the customer."""
        orders = steps._get_document()
        orders.filtered(lambda order: order.state == "cancel").action_draft()
        orders.filtered(lambda order: order.state in ("draft", "sent")).action_confirm()

    def _reversal_restore_down_payments(self, lines):
        """Give down payment lines the prices that their invoices stand for.

        `sale`'s `action_post` sets them to 0 when a credit note is posted.

        :param lines: the lines of a frozen plan, see `_reversal_fingerprint`
        """
        prices = {line[0]: line[3] for line in lines}
        for line in self.order_line.filtered("is_downpayment"):
            if line.price_unit != prices.get(line.id, line.price_unit):
                line.price_unit = prices[line.id]

    # ------------------------------------------------------------------
    # After it
    # ------------------------------------------------------------------

    def _reversal_problems(self, reversal, fresh):
        """What of a done reversal doesn't hold on these orders.

        :param bool fresh: right after it was carried out; later an order may have
            been settled anew, which is no problem
        :return: list of str
        """
        problems = []
        for order in self:
            if reversal.scope == "cancel" and order.state != "cancel":
                if fresh or not order._reversal_is_confirmed_anew(reversal):
                    problems.append(self.env._("%s is not cancelled.", order.name))
            if reversal.scope == "draft" and fresh and order.state != "draft":
                problems.append(self.env._("%s is no quotation.", order.name))
            if fresh or order.state == "cancel":
                problems += order._reversal_invoiced_problems()
        return problems

    def _reversal_is_confirmed_anew(self, reversal):
        """Whether the order was opened again after it was taken back, as the host does.

        Rule: `sale.order.action_draft`, and `_prepare_confirmation_values`, which dates
        a confirmation.
        """
        self.ensure_one()
        return self.state in ("draft", "sent") or (
            self.state == "sale" and self.date_order > reversal.done_on
        )

    def _reversal_invoiced_problems(self):
        return [
            self.env._(
                "%(order)s: %(quantity)s of “%(line)s” still count as invoiced.",
                order=line.order_id.name,
                quantity=line.qty_invoiced,
                line=line.name,
            )
            for line in self.order_line
            if not line.display_type
            and not float_is_zero(
                line.qty_invoiced,
                precision_rounding=line.product_uom_id.rounding or 0.01,
            )
        ]

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------

    def _reversal_is_settled(self):
        # Not by `settlement_state`: a stored field, which a client may write.
        return self.state == "sale" and bool(self._reversal_invoices_in_force())

    def write(self, vals):
        """Guard cancel, mass cancel, back to quotation and unlock, on every path."""
        if vals.get("state") in ("cancel", "draft", "sent"):
            self._reversal_guard(vals["state"])
        elif "locked" in vals and not vals["locked"]:
            self.filtered("locked")._reversal_guard("unlock")
        return super().write(vals)
