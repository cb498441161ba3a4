from odoo import api, fields, models
from odoo.fields import Domain

from ..const import CREDIT_TYPES, PAYMENT_IN_FORCE, REVERSIBLE_TYPES


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "order.reversal.mixin"]

    _reversal_root_field = "move_id"

    reversal_count = fields.Integer(compute="_compute_reversal_count")

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for move in self:
            move.reversal_count = counts.get(move.id, 0)

    # ------------------------------------------------------------------
    # Answers to a reversal
    # ------------------------------------------------------------------

    def _reversal_related(self, plan):
        related = super()._reversal_related(plan)
        invoices = self.filtered(lambda move: move.move_type in REVERSIBLE_TYPES)
        if plan.root != self and plan.root._name == "account.payment":
            if not plan.reaches("invoice"):
                return related
        if plan.reaches("draft") and plan.root._name != "sale.order":
            related.append(invoices.line_ids.sale_line_ids.order_id)
        counterparts = invoices._reversal_counterparts()
        related.append(counterparts.move_id.origin_payment_id)
        related.append(
            invoices.matched_payment_ids.filtered(
                lambda payment: not payment.move_id
                and payment.state in PAYMENT_IN_FORCE
            )
        )
        return related

    def _reversal_counterparts(self):
        """Journal items that these invoices are matched with."""
        lines = self.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        return (
            lines.matched_debit_ids.debit_move_id
            | lines.matched_credit_ids.credit_move_id
        )

    def _reversal_findings(self, plan):
        super()._reversal_findings(plan)
        if self == plan.root:
            self._reversal_check_root(plan)
        for move in self.filtered(lambda move: move.move_type in CREDIT_TYPES):
            move._reversal_check_lone_credit(plan)
        for move in self.filtered(lambda move: move.state == "draft"):
            if plan.reaches("invoice") and plan.root == move:
                plan.inform(
                    "draft_invoice",
                    self.env._("The draft %s is cancelled.", move.display_name),
                    move,
                )
        return plan

    def _reversal_check_root(self, plan):
        if self.move_type not in REVERSIBLE_TYPES:
            plan.block(
                "not_an_invoice",
                self.env._(
                    "%s is no invoice. Only invoices, bills and receipts are taken "
                    "back.",
                    self.display_name,
                ),
                self,
                remedy=self.env._(
                    "Take back the invoice, the order or the payment it belongs to."
                ),
            )
        elif self.state == "cancel":
            earlier = plan.reversal._get_earlier(self)
            plan.block(
                "invoice_cancelled",
                self.env._("%s is cancelled already.", self.display_name)
                + (
                    " " + self.env._("It was taken back by %s.", earlier[0].name)
                    if earlier
                    else ""
                ),
                self,
            )

    def _reversal_check_lone_credit(self, plan):
        """A credit note of the order that charges what no invoice did.

        The order of a return, or one that is worth less than its down payment. No
        credit note can take that back.
        """
        if self.state != "posted" or not plan.reaches("invoice"):
            return
        lines = self.line_ids.sale_line_ids & plan.records("sale.order").order_line
        alone = lines.filtered(
            lambda line: not line.invoice_lines.move_id.filtered(
                lambda move: move.state == "posted"
                and move.move_type in REVERSIBLE_TYPES
            )
        )
        if alone:
            plan.block(
                "credit_without_invoice",
                self.env._(
                    "%(credit)s settles lines of %(order)s that are on no invoice: "
                    "%(lines)s.",
                    credit=self.name,
                    order=", ".join(alone.order_id.mapped("name")),
                    lines=", ".join(alone.mapped("name")),
                ),
                self,
                remedy=self.env._(
                    "Reset %s to draft and cancel it, then take the order back.",
                    self.name,
                ),
                who=self.env._("An accountant may do that."),
            )

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        self._reversal_plan_shares(plan)
        invoices = self.filtered(lambda move: move.move_type in REVERSIBLE_TYPES)
        for move in self.filtered(lambda move: move.state == "draft"):
            move._reversal_plan_draft(plan)
        for move in invoices.filtered(lambda move: move.state == "posted"):
            move._reversal_plan_posted(plan)
        for record, releases in plan.releases.items():
            if record._name == "account.move":
                record._reversal_plan_other_release(plan, releases)
        return plan

    def _reversal_older_domain(self, limit):
        undated = Domain("invoice_date", "=", False) & Domain("date", "<", limit)
        return Domain("invoice_date", "<", limit) | undated

    def _reversal_lies_in_locked_period(self):
        kind = "purchase" if self.is_purchase_document(True) else "sale"
        return (
            self.state == "posted"
            and self.is_invoice(include_receipts=True)
            and self.date <= self.company_id._get_reversal_lock_date(kind)
        )

    def _reversal_fingerprint(self):
        return {
            "state": self.state,
            "date": str(self.date),
            "amount_total": self.amount_total,
            "amount_residual": self.amount_residual,
            "payment_state": self.payment_state,
            "is_move_sent": self.is_move_sent,
            "lines": [
                [line.id, line.account_id.id, line.amount_currency, line.balance]
                for line in self.line_ids.sorted("id")
            ],
        }

    # ------------------------------------------------------------------
    # Operations
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_void(self, steps):
        """Cancel entries; their journal items stay what they were, to the cent.

        The host would compute the taxes of each once more on the way through draft.
        """
        moves = steps._get_document()
        with moves._reversal_keep_names():
            moves.with_context(skip_invoice_sync=True).button_cancel()
        steps._set_result()

    @api.private
    def _reversal_keep_names(self):
        """While it lasts, the numbers of these entries are not computed again.

        They would stay the same; but the host (`_inverse_name`) would write on the
        next entry of each sequence, which is somebody else's.
        """
        return self.env.protecting([self._fields["name"]], self)

    @api.private
    def _reversal_apply_trim(self, steps):
        """Take the order's lines off a draft that it shares with other orders."""
        for step in steps:
            move = step._get_document()
            orders = self.env["sale.order"].browse(step.data["order_ids"])
            move.invoice_line_ids.filtered(
                lambda line, orders=orders: line.sale_line_ids.order_id
                and line.sale_line_ids.order_id <= orders
            ).unlink()
            step._set_result()

    @api.private
    def _reversal_apply_release(self, steps):
        steps._reversal_unlink_partials()
        steps._set_result()

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------

    def _reversal_is_settled(self):
        return (
            self.state == "posted"
            and self.is_invoice(include_receipts=True)
            and self.move_type not in ("out_refund", "in_refund")
            and (
                self.payment_state in ("partial", "paid", "in_payment")
                or bool(self.line_ids.sale_line_ids)
            )
        )

    def write(self, vals):
        """Guard reset to draft and cancel, on every path."""
        if vals.get("state") in ("cancel", "draft"):
            self._reversal_guard(vals["state"])
            self.origin_payment_id._reversal_guard(vals["state"])
        return super().write(vals)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Guard credit notes made by the wizard or by another addon."""
        self._reversal_guard("credit_note")
        return super()._reverse_moves(default_values_list, cancel)
