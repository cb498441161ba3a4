from odoo import api, models
from odoo.exceptions import UserError

from ...const import PAYMENT_IN_FORCE
from ...plan import RefundData


class AccountPayment(models.Model):
    """The money goes back: a payment in the other direction."""

    _inherit = "account.payment"

    def _reversal_plan_refund(self, plan, releases):
        """The money goes back: a payment in the other direction."""
        self.ensure_one()
        self._reversal_plan_credit(
            plan,
            releases,
            outcome=self.env._("Taken off, to be paid back"),
            why=self.env._("It is paid back in a step of its own."),
        )
        self._reversal_plan_paying_back(
            plan, self._reversal_release_vals(plan, releases)
        )

    def _reversal_plan_refund_of_credit(self, plan):
        """A credit that was kept goes back after all: nothing has to be released."""
        self.ensure_one()
        _liquidity, counterpart, _write_off = self._seek_for_lines()
        open_amount = abs(sum(counterpart.mapped("amount_residual_currency")))
        currency = counterpart.currency_id[:1] or self.currency_id
        if self.state in PAYMENT_IN_FORCE and not currency.is_zero(open_amount):
            self._reversal_warn_bank(plan)
            self._reversal_plan_paying_back(
                plan, {"amount": open_amount, "currency_id": currency.id}
            )

    def _reversal_plan_paying_back(self, plan, values):
        """The step that pays `values["amount"]` back, by the provider if it can."""
        online = self._reversal_plan_online_refund(plan, values)
        if not self.move_id:
            plan.block(
                "refund_without_entry",
                self.env._(
                    "%s has no journal entry that a refund could be matched with.",
                    self.display_name,
                ),
                self,
                remedy=self.env._("Keep it as customer credit, or void it."),
            )
        journal_id = 0 if online else self._reversal_foresee_refund(plan)
        values["data"] = RefundData(values["amount"], online, journal_id)
        outcome = self.env._("Paid back to the customer")
        plan.add_step(
            self,
            "refund",
            outcome + self._reversal_journal_words(journal_id),
            why=self.env._("The provider pays it back, right after the books are done.")
            if online
            else self.env._("A new payment, matched with the open credit."),
            **values,
        )

    @api.private
    def _reversal_apply_refund(self, steps):
        """Pay back what was released, and match it with the released credit.

        Money that came in online is sent back later, by its provider, see
        `order.reversal.step._cron_send_refunds`. A rehearsal shows the payment that
        it would make.
        """
        if not self.env["order.reversal"]._get_rehearsal():
            steps = steps.filtered(lambda step: not step._is_online_refund())
        refunds = self.create(
            [step._get_document()._reversal_refund_vals(step) for step in steps]
        )
        refunds._reversal_acted(refunds.action_post(), *PAYMENT_IN_FORCE)
        for step, refund in zip(steps, refunds, strict=True):
            step._get_document()._reversal_match_refund(refund)
            step._set_result(refund)

    def _reversal_match_refund(self, refund):
        """Match a refund with the credit that the payment left."""
        self.ensure_one()
        lines = (self.move_id | refund.move_id).line_ids.filtered(
            lambda line: line.account_id == self.destination_account_id
            and not line.reconciled
        )
        lines.reconcile()

    def _reversal_journal_words(self, journal_id):
        """What a step adds to its outcome where another journal stands in, or ""."""
        if not journal_id:
            return ""
        return self.env._(
            "; in the journal %s", self.journal_id.browse(journal_id).name
        )

    def _reversal_refund_method(self, online, journal):
        """Journal and payment method line of the refund.

        A provider's refund uses its own, as `payment.transaction._create_payment`.

        :param journal: `account.journal`, where a plan names one that stands in
        """
        if online:
            # sudo: an invoicing clerk may not read providers.
            provider = self.sudo().payment_transaction_id.provider_id
            journal = provider.journal_id.sudo(False)
            lines = journal.inbound_payment_method_line_ids
            method = lines.filtered(
                lambda line: line.payment_provider_id.id == provider.id
            )
            return journal, method
        journal = journal or self._reversal_refund_journals()[:1] or self.journal_id
        return journal, self._reversal_manual_method(journal)

    def _reversal_manual_method(self, journal):
        """The method of a journal by which a person pays this back, else its first."""
        self.ensure_one()
        methods = (
            journal.outbound_payment_method_line_ids
            if self.payment_type == "inbound"
            else journal.inbound_payment_method_line_ids
        )
        return methods.filtered(lambda line: line.code == "manual")[:1] or methods[:1]

    def _reversal_refund_vals(self, step):
        self.ensure_one()
        data = RefundData.from_json(step.data)
        return self._reversal_paying_back_vals(
            data.amount,
            step.currency_id,
            step.reversal_id.entry_date,
            step.reversal_id.name,
            online=step._is_online_refund(),
            journal=self.journal_id.browse(data.journal_id or []),
        )

    def _reversal_paying_back_vals(
        self, amount, currency, date, source, online=False, journal=None
    ):
        """Values of a payment in the other direction, to the same account.

        :param float amount: in `currency`
        :param str source: the name of what it is paid back for
        :param bool online: by the provider that it came in by
        :param journal: `account.journal` that it leaves from, else its own one
        :raise UserError: the journal has no payment method for it
        """
        self.ensure_one()
        outbound = self.payment_type == "inbound"
        journal, method = self._reversal_refund_method(online, journal)
        if not method:
            raise UserError(
                self.env._(
                    "The journal %(journal)s has no payment method to refund "
                    "%(payment)s with. Add one to the journal, or keep the payment as "
                    "customer credit.",
                    journal=journal.display_name,
                    payment=self.display_name,
                )
            )
        return {
            "payment_type": "outbound" if outbound else "inbound",
            "partner_type": self.partner_type,
            "partner_id": self.partner_id.id,
            "amount": amount,
            "currency_id": currency.id,
            "date": date,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "destination_account_id": self.destination_account_id.id,
            "memo": self.env._(
                "%(reversal)s: refund of %(payment)s",
                reversal=source,
                payment=self.name,
            ),
        }

    def _reversal_check_refund(self, step, books):
        """:return: list of str"""
        if step._is_online_refund() and not step.done:
            # Asked for after this check, or on its way.
            failed = step.refund_transaction_id and step._refund_failed()
            return [step._refund_text()] if failed else []
        # sudo: the state alone, of a payment that the step made.
        refund = self.sudo().browse(step.result_id)
        if not books.has(refund) or refund.state not in PAYMENT_IN_FORCE:
            return [self.env._("The refund of %s is not posted.", step.res_name)]
        return []

    def _reversal_obstacles_refund(self, step, plan):
        """The money must not have left the house."""
        self.ensure_one()
        if step._is_online_refund():
            if not step._refund_failed():
                plan.block(
                    "refund_left",
                    self.env._(
                        "%s was paid back by the payment provider.", self.display_name
                    ),
                    self,
                    remedy=self.env._(
                        "Register a new payment when the money comes in again."
                    ),
                )
            return
        refund = self.browse(step.result_id).exists()
        if refund.reconciled_statement_line_ids:
            plan.block(
                "refund_left",
                self.env._(
                    "The refund %s left the bank: the customer has the money.",
                    refund.display_name,
                ),
                self,
                remedy=self.env._(
                    "Register a new payment when the money comes in again."
                ),
            )
        refund.move_id._reversal_block_kept(plan)

    @api.private
    def _reversal_apply_unrefund(self, steps):
        """Cancel the refunds: the money is with us."""
        refunds = self.browse(steps.origin_id.filtered("result_id").mapped("result_id"))
        refunds._reversal_acted(refunds.action_cancel(), "canceled")
        for step in steps:
            step._set_result(self.browse(step.origin_id.result_id or []))

    def _reversal_check_unrefund(self, step, books):
        """:return: list of str"""
        refund = self.browse(step.origin_id.result_id or []).exists()
        if books.fresh and refund.filtered(lambda paid: paid.state != "canceled"):
            return [self.env._("%s is not cancelled.", refund.display_name)]
        return []
