from odoo import api, fields, models
from odoo.fields import Domain

from ...const import OWED, PAYMENT_IN_FORCE


class AccountPayment(models.Model):
    """What a payment answers to a reversal, and what guards it."""

    _name = "account.payment"
    _inherit = ["account.payment", "order.reversal.mixin"]
    _reversal_root_field = "payment_id"
    reversal_count = fields.Integer(compute="_compute_reversal_count")

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for payment in self:
            payment.reversal_count = counts.get(payment.id, 0)

    def _reversal_related(self, plan):
        related = super()._reversal_related(plan)
        if self == plan.root:
            related.append(self._reversal_get_invoices())
        return related

    def _reversal_get_invoices(self):
        """Invoices that these payments settle, by journal items or by link."""
        linked = self.filtered(lambda payment: not payment.move_id).invoice_ids
        lines = self.move_id.line_ids
        matched = (
            lines.matched_debit_ids.debit_move_id
            | lines.matched_credit_ids.credit_move_id
        )
        return linked | matched.move_id.filtered(
            lambda move: move.is_invoice(include_receipts=True)
        )

    def _reversal_findings(self, plan):
        super()._reversal_findings(plan)
        if self == plan.root and self.state in ("draft", "canceled", "rejected"):
            earlier = plan.reversal._get_earlier(self)
            plan.block(
                "payment_not_settled",
                self.env._(
                    "%(payment)s is %(state)s: there is no settlement to take back.",
                    payment=self.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
                + (
                    " " + self.env._("It was taken back by %s.", earlier[0].name)
                    if earlier
                    else ""
                ),
                self,
                remedy=self.env._(
                    "Restore %s to have it in force again.", earlier[0].name
                )
                if earlier
                else self.env._("There is nothing to take back of it."),
            )
        return plan

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        for payment in self:
            releases = plan.releases.get(payment, [])
            method = plan.method(payment, "payment_method")
            if payment == plan.root and method == "void":
                payment._reversal_plan_void(plan, releases)
            elif payment == plan.root and method == "refund" and not releases:
                payment._reversal_plan_refund_of_credit(plan)
            elif releases:
                planner = {
                    "void": payment._reversal_plan_void,
                    "refund": payment._reversal_plan_refund,
                }.get(method, payment._reversal_plan_credit)
                planner(plan, releases)
            payment._reversal_close_methods(plan, releases)
        return plan

    def _reversal_close_methods(self, plan, releases):
        """Say on the steps of this payment which method can't be chosen, and why."""
        blockers = self._reversal_void_blockers(plan, releases)
        if not blockers:
            return
        why = " ".join(message for _code, message, _remedy in blockers)
        for step in plan.steps:
            if step["res_model"] == self._name and step["res_id"] == self.id:
                step["closed_methods"] = {"void": why}

    def _reversal_own_method(self, plan):
        own = plan.reversal._get_overrides().get((self._name, self.id), {})
        return own.get("payment_method") or False

    def _reversal_warn_bank(self, plan):
        if lines := self._reversal_statement_lines():
            plan.warn(
                "bank_matched",
                self.env._(
                    "%(payment)s is matched with the bank statement line %(line)s; "
                    "the statement stays as it is.",
                    payment=self.display_name,
                    line=", ".join(lines.mapped("display_name")),
                ),
                self,
            )

    def _reversal_statement_lines(self):
        """Bank statement lines that this payment is matched with.

        The same as `reconciled_statement_line_ids`, from matches that are read
        already.
        """
        lines = self.move_id.line_ids
        matched = (
            lines.matched_debit_ids.debit_move_id
            | lines.matched_credit_ids.credit_move_id
        )
        return matched.move_id.statement_line_id

    def _reversal_kind(self):
        return "payment"

    def _reversal_scope_obstacles(self):
        self.ensure_one()
        invoices = self._reversal_get_invoices()
        obstacles = {"unlock": ""}
        if not invoices:
            obstacles["invoice"] = ""
        if not invoices.line_ids.sale_line_ids:
            obstacles.update(draft="", cancel="")
        return obstacles

    def _reversal_label(self):
        self.ensure_one()
        if self.state not in PAYMENT_IN_FORCE:
            states = dict(self._fields["state"]._description_selection(self.env))
            return states[self.state]
        if not self.move_id:
            if self.invoice_ids:
                return self.env._("Matched")
            return self.env._("Not matched")
        counterpart = self._reversal_counterpart_lines()
        currency = counterpart.currency_id[:1] or self.currency_id
        amount = abs(sum(counterpart.mapped("amount_residual_currency")))
        if currency.is_zero(amount):
            return self.env._("Matched")
        if self.partner_type == "customer" and self.payment_type == "inbound":
            return self.env._("Open credit of %s", currency.format(amount))
        return self.env._("%s not matched", currency.format(amount))

    def _reversal_counterpart_lines(self):
        """The journal items of this payment on what is owed (HOST: `_seek_for_lines`).

        Without asking for the accounts of its journal, which are never among these.
        """
        transfer = self.company_id.transfer_account_id
        return self.move_id.line_ids.filtered(
            lambda line: line.account_type in OWED or line.account_id == transfer
        )

    @api.private
    def _reversal_origins(self):
        self.ensure_one()
        lines = self.move_id.line_ids
        others = lines.matched_debit_ids.debit_move_id
        others |= lines.matched_credit_ids.credit_move_id
        # A refund comes from the payment that it pays back.
        return [
            self._reversal_get_invoices(),
            others.move_id.origin_payment_id - self
            if self.payment_type == "outbound"
            else self.browse(),
        ]

    def _reversal_older_domain(self, limit):
        return Domain("date", "<", limit)

    def _reversal_lies_in_locked_period(self):
        limit = self.company_id._get_reversal_lock_date("payment")
        return self.state in PAYMENT_IN_FORCE and self.date <= limit

    def _reversal_fingerprint(self):
        return {
            "state": self.state,
            "amount": self.amount,
            "date": str(self.date),
            "matched": sorted(
                (self.move_id.line_ids.matched_debit_ids.ids)
                + (self.move_id.line_ids.matched_credit_ids.ids)
            ),
        }

    def _reversal_removal_obstacles(self):
        self.ensure_one()
        if self.state != "canceled":
            return [self.env._("%s is not cancelled.", self.display_name)]
        entry = self.move_id
        if not entry:
            return []
        if entry.inalterable_hash or entry._is_protected_by_audit_trail():
            return [self.env._("The entry of %s has to be kept.", self.display_name)]
        if entry.name and entry.name != "/" and not entry._is_end_of_seq_chain():
            return [
                self.env._(
                    "Without %s its numbered sequence would have a gap.",
                    self.display_name,
                )
            ]
        return []
