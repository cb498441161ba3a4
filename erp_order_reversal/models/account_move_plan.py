from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """What becomes of an invoice: a credit note, void, or left as it is; and why."""

    _inherit = "account.move"

    def _reversal_plan_draft(self, plan):
        """A draft is cancelled, or loses the lines of the orders taken back."""
        if not plan.reaches("invoice"):
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
                data={"order_ids": plan.records("sale.order").ids},
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
            if not share.lines and not share.extras:
                self._reversal_report_credited(plan, share)
                return
            self._reversal_plan_invoice(plan, share)
        elif plan.rank and share.foreign:
            self._reversal_block_shared_payment(plan, share)
        elif plan.rank:
            self._reversal_plan_settlements(plan, share, everything=True)

    def _reversal_block_shared_payment(self, plan, share):
        """A payment of an invoice can't be split by the orders on the invoice."""
        if self._reversal_settlements(plan):
            plan.block(
                "payment_of_shared_invoice",
                self.env._(
                    "%(invoice)s also invoices %(others)s: its payment can't be taken "
                    "off for one order alone.",
                    invoice=self.name,
                    others=", ".join(share.foreign),
                ),
                self,
                remedy=self.env._(
                    "Take the payment off from the invoice or the payment itself, or "
                    "take the invoice lines of this order back, too."
                ),
            )

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

    def _reversal_plan_credit(self, plan, share, values):
        self._reversal_check_credit(plan, share)
        date = format_date(self.env, plan.date)
        if share.whole:
            outcome = self.env._("Stays, with a credit note dated %s", date)
        elif share.foreign:
            outcome = self.env._(
                "Stays; only the lines of this order are credited, dated %s", date
            )
        else:
            outcome = self.env._("Stays; what is left is credited, dated %s", date)
        plan.add_step(self, "credit", outcome, data=share.to_json(), **values)

    def _reversal_check_credit(self, plan, share):
        """What stands against a credit note, or has to be known about it."""
        if self.need_cancel_request:
            plan.warn(
                "cancel_request",
                self.env._(
                    "%s was sent to the authorities. The credit note has to be sent "
                    "too.",
                    self.name,
                ),
                self,
            )
        self._reversal_check_exceeded(plan, share)
        if archived := self._reversal_archived_accounts(share):
            plan.block(
                "account_archived",
                self.env._(
                    "%(invoice)s uses the archived account %(account)s: no credit note "
                    "can be posted.",
                    invoice=self.name,
                    account=", ".join(
                        f"{account.code} {account.name}" for account in archived
                    ),
                ),
                self,
                remedy=self.env._("Activate the account for the time of the reversal."),
                who=self.env._("An accounting administrator may do that."),
            )

    def _reversal_check_exceeded(self, plan, share):
        """A credit note can't be negative (`account.move._post`)."""
        if share.exceeded and not share.credits:
            plan.block(
                "credit_negative",
                self.env._(
                    "%s deducts more of this order than it charges: a credit note of "
                    "that part would be negative.",
                    self.name,
                ),
                self,
                remedy=self.env._("Take the whole invoice back, from the invoice."),
            )
        elif share.exceeded:
            credits = ", ".join(share.credits.mapped("name"))
            plan.block(
                "credit_exceeds",
                self.env._(
                    "%(credits)s took back more than what was due on %(invoice)s: a "
                    "credit note of the rest would be negative.",
                    credits=credits,
                    invoice=self.name,
                ),
                self,
                remedy=self.env._(
                    "Reset %s to draft or cancel it, then take the invoice back as a "
                    "whole.",
                    credits,
                ),
                who=self.env._("An accountant may do that."),
            )

    def _reversal_archived_accounts(self, share):
        lines = self.line_ids.browse(line.id for line in share.lines)
        lines |= self.line_ids.browse(line.id for line in share.extras)
        return lines.account_id.filtered(lambda account: not account.active)

    def _reversal_void_obstacles(self, plan, share):
        """Why law or host forbid to cancel the entry itself.

        Rules: `account.move.button_draft` and `_check_draftable` (hash, request to
        the authorities), `_check_fiscal_lock_dates`; a sent invoice stays, as the
        customer holds it.

        :return: list of sentences
        """
        self.ensure_one()
        obstacles = []
        if self.is_move_sent:
            obstacles.append(self.env._("It was sent to the customer."))
        if self.inalterable_hash:
            obstacles.append(self.env._("It is secured by a hash."))
        if self.need_cancel_request:
            obstacles.append(self.env._("It was sent to the authorities."))
        if self._reversal_is_locked():
            obstacles.append(self.env._("Its period is locked."))
        if self.checked and not self._is_user_able_to_review():
            obstacles.append(self.env._("It was reviewed."))
        if share.credits:
            obstacles.append(
                self.env._(
                    "%s took back a part of it.",
                    ", ".join(share.credits.mapped("name")),
                )
            )
        if share.foreign:
            obstacles.append(
                self.env._("It also invoices %s.", ", ".join(share.foreign))
            )
        return obstacles

    def _reversal_is_locked(self):
        """Whether the period of the entry itself is locked.

        Its taxes, which take four queries, are asked for only if they may matter.
        """
        self.ensure_one()
        violated = self._get_violated_lock_dates
        return bool(
            violated(self.date, True) and violated(self.date, self._affect_tax_report())
        )
