from datetime import timedelta

from odoo import api, models
from odoo.fields import Command
from odoo.tools import format_date

from ...engine import ENGINE


class OrderSettlement(models.Model):
    """What stands against it, all at once, each with what to do and who may."""

    _inherit = "order.settlement"

    def _write_findings(self):
        for settlement in self:
            settlement._engine_env(settlement).write(
                {"finding_ids": settlement._finding_commands()}
            )

    def _finding_commands(self):
        return [
            Command.clear(),
            *(
                Command.create({**found, "sequence": sequence})
                for sequence, found in enumerate(self._get_findings())
            ),
        ]

    def write(self, vals):
        """A choice by RPC is assessed like one in the dialog."""
        result = super().write(vals)
        assesses = not self._is_engine() and not self._is_choosing()
        if assesses and set(vals) & self._request_fields:
            self._assess()
        return result

    def _choose(self, vals):
        """Write choices, for whoever looks at what comes out of them by himself."""
        return self.with_context(order_settlement_choosing=ENGINE).write(vals)

    @api.model
    def _is_choosing(self):
        """Whether whoever writes assesses it afterwards; can't be sent over RPC."""
        return self.env.context.get("order_settlement_choosing") is ENGINE

    def _get_findings(self):
        """Blockers first; override point.

        :return: list of values of `order.settlement.finding`
        """
        self.ensure_one()
        # sudo: read for what is told; the user's own rights are asked for below.
        reader = self.sudo()
        found = reader._find_reversal() or [
            *reader._find_orders(),
            *self._find_rights(),
            *reader._find_date(),
            *reader._find_refund(),
            *reader._find_money(),
            *reader._find_customer(),
        ]
        if self.rehearsal_error:
            found.append(
                self._finding(
                    "blocker",
                    "refused",
                    self.rehearsal_error,
                    remedy=self.env._("Put it right, then open this dialog again."),
                )
            )
        order = {"blocker": 0, "warning": 1, "info": 2}
        return sorted(found, key=lambda one: order[one["severity"]])

    def _finding(self, severity, code, message, record=None, remedy="", who=""):
        return {
            "severity": severity,
            "code": code,
            "message": message,
            "remedy": remedy,
            "who": who,
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
            "res_name": record.display_name if record else False,
        }

    def _find_reversal(self):
        """What of the reversal leaves nothing to settle again."""
        reversal = self.reversal_id
        if reversal.state != "done":
            states = dict(reversal._fields["state"]._description_selection(self.env))
            message = self.env._(
                "%(reversal)s is “%(state)s”: only what was taken back and stands can "
                "be settled again.",
                reversal=reversal.name,
                state=states[reversal.state],
            )
            remedy = self.env._("Open the document itself to go on with it.")
        elif reversal.scope == "unlock":
            message = self.env._(
                "%s only unlocked the order: its invoices and payments stand.",
                reversal.name,
            )
            remedy = self.env._("Invoice what you changed from the order.")
        elif reversal.scope == "cancel" and not reversal.replacement_id:
            message = self.env._(
                "%(reversal)s cancelled %(document)s, and no order replaces it yet.",
                reversal=reversal.name,
                document=reversal.root_name,
            )
            remedy = self.env._("Make one by “New Quotation from It” on the reversal.")
        elif not self.order_ids and not self._get_invoices():
            message = self.env._(
                "%s took back nothing that belongs to an order or is still open.",
                reversal.name,
            )
            remedy = self.env._("Create the invoice again, and match the credit there.")
        else:
            return []
        return [self._finding("blocker", "nothing_left", message, reversal, remedy)]

    def _find_orders(self):
        found = []
        for order in self.order_ids.filtered(lambda order: order.state == "cancel"):
            found.append(
                self._finding(
                    "blocker",
                    "order_cancelled",
                    self.env._("%s is cancelled.", order.name),
                    order,
                    remedy=self.env._("Set it to quotation first."),
                    who=self.env._("Its salesperson may do that."),
                )
            )
        for move in self._get_stale_drafts():
            found.append(
                self._finding(
                    "blocker",
                    "draft_stale",
                    self.env._(
                        "%(credit)s would take back %(invoice)s once more, which was "
                        "taken back already.",
                        credit=move.display_name,
                        invoice=move.reversed_entry_id.display_name,
                    ),
                    move,
                    remedy=self.env._("Delete this draft first."),
                )
            )
        for move in self._get_invoices().filtered(lambda move: move.state == "draft"):
            foreign = move.line_ids.sale_line_ids.order_id - self.order_ids
            if foreign:
                found.append(
                    self._finding(
                        "blocker",
                        "draft_shared",
                        self.env._(
                            "The draft %(invoice)s also invoices %(orders)s, which "
                            "would be posted along.",
                            invoice=move.display_name,
                            # sudo: the names alone of what is in the way.
                            orders=", ".join(foreign.sudo().mapped("name")),
                        ),
                        move,
                        remedy=self.env._("Post or delete the draft first."),
                    )
                )
        return found

    def _find_rights(self):
        found = []
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            found.append(
                self._finding(
                    "blocker",
                    "invoicing_right",
                    self.env._("You may not make or match invoices."),
                    remedy=self.env._("Ask somebody to open it and confirm it."),
                    who=self.env._("Anybody with the right “Invoicing” may."),
                )
            )
        # sudo: which orders they are; access to them is what is checked.
        orders = self.sudo().order_ids.with_env(self.env)
        closed = orders - orders._filtered_access("write")
        if closed:
            # sudo: the names of what the user can't change.
            names = ", ".join(closed.sudo().mapped("name"))
            found.append(
                self._finding(
                    "blocker",
                    "order_right",
                    self.env._("You may not change %s.", names),
                    remedy=self.env._("Ask somebody to open it and confirm it."),
                    who=self.env._(
                        "Its salesperson, or anybody with the right “Sales: All "
                        "Documents”, may."
                    ),
                )
            )
        return found

    def _find_date(self):
        if not self.date or not self._makes_entries():
            return []
        company, journal = self.company_id, self.journal_id
        day = self.date
        locks = company._get_violated_lock_dates(day, True, journal)
        while locks:
            day = locks[-1][0] + timedelta(days=1)
            locks = company._get_violated_lock_dates(day, True, journal)
        if day == self.date:
            return []
        return [
            self._finding(
                "blocker",
                "date_locked",
                self.env._(
                    "%s lies in a locked period.", format_date(self.env, self.date)
                ),
                remedy=self.env._(
                    "The first open day is %s.", format_date(self.env, day)
                ),
                who=self.env._("Only an accountant can open the period."),
            )
        ]

    def _makes_entries(self):
        """Whether it makes an invoice or a refund, which its date is for."""
        self.ensure_one()
        return self.reversal_id.scope != "payment" or self.rest_method == "refund"

    def _find_refund(self):
        """What speaks against paying back what is over."""
        if self.rest_method != "refund" or not self.amount_rest:
            return []
        keep = self.env._("Keep it as customer credit.")
        if self.company_id.reversal_approval_money:
            return [
                self._finding(
                    "blocker",
                    "refund_policy",
                    self.env._(
                        "Your company wants a second person for money that is paid "
                        "back."
                    ),
                    remedy=keep,
                    who=self.env._(
                        "An approver may refund it from the payment afterwards."
                    ),
                )
            ]
        found = []
        for credit in self.credit_ids:
            payment = credit.payment_id
            # sudo: a clerk may not read providers' transactions.
            if not payment or payment.sudo().payment_transaction_id:
                message = (
                    self.env._(
                        "%s was paid online: its provider has to pay it back.",
                        credit.name,
                    )
                    if payment
                    else self.env._(
                        "%s is not a payment, so it can't be refunded here.",
                        credit.name,
                    )
                )
                found.append(
                    self._finding(
                        "blocker", "refund_impossible", message, payment or None, keep
                    )
                )
            elif known := payment._reversal_refund_finding():
                code, message, remedy, who = known
                usable = payment._reversal_refund_journals()
                severity = "warning" if usable else "blocker"
                found.append(
                    self._finding(severity, code, message, payment, remedy, who)
                )
        return found

    def _find_money(self):
        found = []
        for credit in self.credit_ids:
            if not self._is_own_money(credit.line_id):
                found.append(
                    self._finding(
                        "warning",
                        "other_customer",
                        self.env._(
                            "%(document)s is money of %(payer)s, and the invoice goes "
                            "to %(customer)s now.",
                            document=credit.name,
                            payer=credit.partner_id.display_name,
                            customer=self.partner_id.display_name,
                        ),
                        credit.payment_id or None,
                        remedy=self.env._(
                            "Match it only if it was paid for this order."
                        ),
                    )
                )
        left = {line.id for line, _amount in self._get_kept()}
        lines = self.env["account.move.line"]
        for release in self._get_releases():
            line = lines.browse(release.counterpart_id or []).exists()
            if line and line.id not in left:
                found.append(
                    self._finding(
                        "info",
                        "money_used",
                        self.env._(
                            "The credit of %s has been used or paid back since.",
                            line.move_id.name,
                        ),
                        line.move_id,
                    )
                )
        return found

    def _find_customer(self):
        """Who the invoice goes to now, and went to before."""
        before = self._get_taken_back_moves().partner_id
        after = self.order_ids.partner_invoice_id
        if not before or not after or after <= before:
            return []
        return [
            self._finding(
                "info",
                "customer_changed",
                self.env._(
                    "The invoice goes to %(after)s; before, it went to %(before)s.",
                    after=", ".join(after.mapped("display_name")),
                    before=", ".join(before.mapped("display_name")),
                ),
                self.order_ids[:1],
            )
        ]
