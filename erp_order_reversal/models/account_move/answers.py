from odoo import api, fields, models
from odoo.fields import Domain

from ...const import CREDIT_TYPES, PAYMENT_IN_FORCE, REVERSIBLE_TYPES
from ...plan import TrimData


class AccountMove(models.Model):
    """What an invoice answers to a reversal, and what guards it."""

    _name = "account.move"
    _inherit = ["account.move", "order.reversal.mixin"]
    _reversal_root_field = "move_id"
    reversal_count = fields.Integer(compute="_compute_reversal_count")

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for move in self:
            move.reversal_count = counts.get(move.id, 0)

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

    @api.private
    def _reversal_read_chain(self):
        """Read at once what hangs on these entries, down to matches and payments.

        Whoever goes from one to the next reads the items of each alone. Of an entry
        that is deleted there is nothing to read.
        """
        # browse(): all of them are read together, however they were found.
        items = self.browse(self.ids).line_ids
        matches = items.matched_debit_ids | items.matched_credit_ids
        matches.mapped("amount")
        items.sale_line_ids.mapped("is_downpayment")
        items.move_id.origin_payment_id.mapped("state")

    @api.private
    def _reversal_read_around(self):
        """As `_reversal_read_chain`, and what belongs to no single document."""
        # All at once: some of the host asks for one, some for every one of them.
        self.env.companies.mapped("currency_id.name")
        items = self.browse(self.ids).line_ids
        items.mapped("account_id.account_type")
        items.move_id.journal_id.mapped("name")
        self._reversal_read_chain()

    def _reversal_read_ahead(self):
        payments = self._reversal_counterparts().move_id.origin_payment_id
        (payments | self.matched_payment_ids).mapped("state")
        order_lines = self.line_ids.sale_line_ids
        order_lines.mapped("is_downpayment")
        lines = order_lines.invoice_lines | self.reversal_move_ids.line_ids
        lines.mapped("move_name")
        return super()._reversal_read_ahead()

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
            if plan.part is not None:
                continue
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
                    "%s is not an invoice. Only invoices, bills and receipts can be "
                    "taken back.",
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
                self.env._("%s is cancelled already.", self._reversal_name())
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
                remedy=self._reversal_lone_credit_remedy(),
                who=self.env._("An accountant may do that."),
            )

    def _reversal_lone_credit_remedy(self):
        """What to do with a credit note that stands alone, and with its money."""
        payments = self._reversal_counterparts().move_id.origin_payment_id
        if not payments:
            return self.env._(
                "Reset %s to draft and cancel it, then take the order back.", self.name
            )
        return self.env._(
            "%(payments)s paid %(amount)s of it out already: ask the customer for it, "
            "or cancel the payment if it never left. Then reset %(credit)s to draft "
            "and cancel it, and take the order back.",
            payments=", ".join(payments.mapped("name")),
            amount=self.currency_id.format(
                abs(self.amount_total) - abs(self.amount_residual)
            ),
            credit=self.name,
        )

    def _reversal_report_rate(self, plan, share):
        """Sales figures of an order that was invoiced in another currency.

        The host converts invoice and credit note each at the rate of its own day
        (`sale.order.line._compute_untaxed_amount_invoiced`), so that a difference
        stays on the order. The books know nothing of it.
        """
        left = {}
        for line, rest in share.lines.items():
            for order_line in line.sale_line_ids[:1]:
                if order_line.currency_id != self.currency_id:
                    then, now = (
                        self.currency_id._convert(
                            abs(rest.amount),
                            order_line.currency_id,
                            self.company_id,
                            day,
                        )
                        for day in (self.invoice_date or self.date, plan.date)
                    )
                    order = order_line.order_id
                    left[order] = left.get(order, 0.0) + then - now
        for order, amount in left.items():
            if not order.currency_id.is_zero(amount):
                plan.inform(
                    "invoiced_amount_left",
                    self.env._(
                        "%(order)s is in %(own)s, and %(invoice)s in %(other)s. Its "
                        "sales figures keep %(amount)s as invoiced, because each "
                        "document counts at the rate of its day; the books don't.",
                        order=order.name,
                        own=order.currency_id.name,
                        invoice=self.name,
                        other=self.currency_id.name,
                        amount=order.currency_id.format(amount),
                    ),
                    order,
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

    def _reversal_plan_draft(self, plan):
        """A draft is cancelled, or loses the lines of the orders taken back."""
        if not plan.reaches("invoice"):
            return
        if plan.part is not None:
            self._reversal_report_draft(plan)
            return
        values = {
            "amount": self.amount_total,
            "currency_id": self.currency_id.id,
            "invoice_method": "void",
        }
        orders = self.line_ids.sale_line_ids.order_id
        foreign = orders - plan.records("sale.order")
        if foreign and plan.root != self:
            plan.add_step(
                self,
                "trim",
                self.env._("Loses the lines of this order"),
                why=self.env._(
                    "The draft also invoices %s.", ", ".join(foreign.mapped("name"))
                ),
                data=TrimData(plan.records("sale.order").ids),
                **values,
            )
        else:
            plan.add_step(
                self,
                "void",
                self.env._("Cancelled"),
                why=self.env._("It is a draft: nothing is posted."),
                **values,
            )

    def _reversal_plan_posted(self, plan):
        self.ensure_one()
        share = plan.shares[self]
        if plan.reaches("invoice"):
            if plan.part is not None and not share.lines:
                return
            if not share.lines and not share.extras:
                self._reversal_report_credited(plan, share)
                return
            self._reversal_plan_invoice(plan, share)
        elif plan.rank and share.foreign:
            self._reversal_block_shared_payment(plan, share)
        elif plan.rank:
            self._reversal_plan_settlements(plan, share, everything=True)

    def _reversal_report_credited(self, plan, share):
        """Nothing of the invoice is left to credit."""
        names = ", ".join((share.credits or self.browse()).mapped("name"))
        earlier = plan.reversal._get_earlier(self)
        message = self.env._("%s is taken back already", self.name)
        if names:
            message += " " + self.env._("(%s)", names)
        if earlier:
            message += " " + self.env._("by %s", ", ".join(earlier.mapped("name")))
        finding = plan.block if plan.root == self else plan.inform
        finding(
            "already_reversed",
            message + ".",
            self,
            remedy=self.env._("Nothing is left to do with it."),
        )
        # A payment that never happened, or goes back, is still to be taken off.
        if any(
            plan.method(payment, "payment_method") in ("void", "refund")
            for payment in self._reversal_counterparts().move_id.origin_payment_id
        ):
            self._reversal_plan_settlements(plan, share)

    def _reversal_plan_invoice(self, plan, share):
        """Choose between credit note and void, and say why."""
        self.ensure_one()
        wanted = plan.method(self, "invoice_method")
        obstacles = self._reversal_void_obstacles(plan, share)
        period = self.date.replace(day=1) == plan.date.replace(day=1)
        if wanted == "void" and obstacles:
            plan.block(
                "void_refused",
                self.env._(
                    "%(invoice)s can't be voided: %(why)s",
                    invoice=self.name,
                    why=" ".join(obstacles),
                ),
                self,
                remedy=self.env._("Choose a credit note for it."),
            )
        if wanted == "auto":
            void = not obstacles and period
            if obstacles:
                why = " ".join(obstacles)
            elif period:
                why = self.env._("Not sent, not locked, and of the same month.")
            else:
                why = self.env._("It belongs to an earlier month.")
        else:
            void = wanted == "void"
            why = self.env._("Chosen by the requester.")
        values = {
            "amount": share.total,
            "currency_id": self.currency_id.id,
            "why": why,
            "invoice_method": self._reversal_own_method(plan),
            "closed_methods": {"void": " ".join(obstacles)} if obstacles else False,
        }
        self._reversal_plan_settlements(plan, share, everything=void)
        if void:
            plan.add_step(
                self, "void", self.env._("Cancelled, keeps its number"), **values
            )
        else:
            self._reversal_plan_credit(plan, share, values)

    def _reversal_own_method(self, plan):
        own = plan.reversal._get_overrides().get((self._name, self.id), {})
        return own.get("invoice_method") or False

    def _reversal_name(self):
        """Not the host's display name: it goes on with the reference, and cuts it."""
        self.ensure_one()
        if self.name and self.name != "/":
            return self.name
        return super()._reversal_name()

    def _reversal_kind(self):
        self.ensure_one()
        if self.move_type in CREDIT_TYPES:
            return "credit"
        if self.statement_line_id:
            return "bank"
        return "invoice" if self.is_invoice(include_receipts=True) else "entry"

    def _reversal_scope_obstacles(self):
        self.ensure_one()
        obstacles = {"unlock": ""}
        if not self._reversal_counterparts() and not self.matched_payment_ids:
            obstacles["payment"] = self.env._("Nothing was paid.")
        if not self.line_ids.sale_line_ids:
            obstacles.update(draft="", cancel="")
        return obstacles

    def _reversal_label(self):
        self.ensure_one()
        if self.state == "draft":
            return self.env._("Draft")
        if self.state == "cancel":
            return self.env._("Cancelled")
        if self.statement_line_id:
            if self.statement_line_id.is_reconciled:
                return self.env._("Matched with the bank")
            return self.env._("Not matched with the bank")
        if not self.is_invoice(include_receipts=True):
            return self.env._("Posted")
        open_amount = self.currency_id.format(abs(self.amount_residual))
        if self.move_type in CREDIT_TYPES:
            if self.currency_id.is_zero(self.amount_residual):
                return self.env._("Matched")
            return self.env._("Open credit of %s", open_amount)
        if self.payment_state == "partial":
            return self.env._("Partly paid, %s open", open_amount)
        labels = {
            "paid": self.env._("Paid"),
            "in_payment": self.env._("In payment"),
            "not_paid": self.env._("Not paid"),
            "reversed": self.env._("Taken back by a credit note"),
        }
        # A state that another addon of the host adds, in its own words.
        known = dict(self._fields["payment_state"]._description_selection(self.env))
        return labels.get(self.payment_state) or known.get(self.payment_state, "")

    @api.private
    def _reversal_origins(self):
        self.ensure_one()
        if self.reversed_entry_id:
            return [self.reversed_entry_id]
        if self.statement_line_id:
            lines = self.line_ids
            matched = lines.matched_debit_ids.debit_move_id
            matched |= lines.matched_credit_ids.credit_move_id
            paid = matched.move_id.filtered(lambda move: not move.origin_payment_id)
            return [matched.move_id.origin_payment_id, paid]
        return [self.line_ids.sale_line_ids.order_id]

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
