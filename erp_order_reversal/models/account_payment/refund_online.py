import logging

import psycopg2

from odoo import api, fields, models

from ...const import PAYMENT_IN_FORCE
from ...plan import RefundData

_logger = logging.getLogger(__name__)


class AccountPayment(models.Model):
    """Money that came in online goes back through its provider."""

    _inherit = "account.payment"

    def _reversal_plan_online_refund(self, plan, values):
        """Whether the payment provider pays this amount back.

        Rule: `payment.refund.wizard`, what provider and method support.
        """
        # sudo: what a provider supports; an invoicing clerk may not read providers.
        source = self.sudo().payment_transaction_id
        if not source:
            return False
        # sudo: as the read below; what was cached is from before the refunds.
        self.sudo().invalidate_recordset(["amount_available_for_refund"])
        self._reversal_check_refunded(plan, values["amount"])
        method = source.payment_method_id
        support = {
            source.provider_id.support_refund,
            (method.primary_payment_method_id or method).support_refund,
        }
        amount = values["amount"]
        on_its_way = sum(self._reversal_open_refunds().mapped("amount"))
        available = self.sudo().amount_available_for_refund - on_its_way
        compare = self.currency_id.compare_amounts
        if (
            source.state == "done"
            and "none" not in support
            and compare(amount, available) <= 0
            and not ("full_only" in support and compare(amount, source.amount))
        ):
            plan.inform(
                "refund_by_provider",
                self.env._(
                    "%(payment)s was received online: %(provider)s is asked to pay it "
                    "back as soon as the books are done.",
                    payment=self.display_name,
                    provider=source.provider_id.name,
                ),
                self,
            )
            return True
        plan.warn(
            "refund_online",
            self.env._(
                "%(payment)s was received online, and %(provider)s can't pay this "
                "amount back by itself. The refund is recorded here only.",
                payment=self.display_name,
                provider=source.provider_id.name,
            ),
            self,
            remedy=self.env._("Pay the money back by hand, or at the provider."),
        )
        return False

    def _reversal_findings(self, plan):
        """While a provider may be paying back, the money is not ours to keep or give.

        Another part of it may be asked for: what is on its way is no longer available.
        """
        super()._reversal_findings(plan)
        for payment in self:
            steps = payment._reversal_open_refunds()
            if steps and (
                payment == plan.root
                or plan.method(payment, "payment_method") != "refund"
            ):
                plan.block(
                    "refund_pending",
                    self.env._(
                        "%(provider)s was asked by %(reversal)s to pay %(payment)s "
                        "back, and has not answered yet.",
                        provider=steps[0].refund_transaction_id.provider_id.name,
                        reversal=", ".join(steps.reversal_id.mapped("name")),
                        payment=payment.display_name,
                    ),
                    payment,
                    remedy=self.env._(
                        "Wait for the answer, which is recorded by itself. If the "
                        "provider refuses, the money can be kept or paid back "
                        "otherwise."
                    ),
                )
        return plan

    def _reversal_open_refunds(self):
        """Steps whose provider was asked to pay this back, without an answer so far.

        :return: `order.reversal.step` as sudo
        """
        self.ensure_one()
        # sudo: whether a refund is on its way must not depend on who asks.
        steps = self.env["order.reversal.step"].sudo()
        if not self.sudo().payment_transaction_id:
            return steps
        found = steps.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("operation", "=", "refund"),
                ("done", "=", False),
                ("reversal_id.state", "=", "done"),
            ]
        )
        return found.filtered(
            lambda step: step._is_online_refund() and not step._refund_failed()
        )

    def _reversal_check_refunded(self, plan, amount):
        """Money that its provider paid back already can't go back once more.

        :param float amount: to pay back, in the payment's currency
        """
        # sudo: refunds of this payment, as the host's refund wizard.
        refunds = self.sudo().search(
            [("source_payment_id", "=", self.id), ("state", "in", PAYMENT_IN_FORCE)]
        )
        left = self.amount - sum(refunds.mapped("amount"))
        if refunds and self.currency_id.compare_amounts(amount, left) > 0:
            plan.block(
                "refunded_before",
                self.env._(
                    "%(payment)s was paid back in part by %(refunds)s already: "
                    "%(left)s is left of it.",
                    payment=self.display_name,
                    refunds=", ".join(refunds.mapped("display_name")),
                    left=self.currency_id.format(left),
                ),
                self,
                remedy=self.env._(
                    "Keep it as customer credit, match the credit with %s, and refund "
                    "what is left.",
                    ", ".join(refunds.mapped("display_name")),
                ),
            )


class OrderReversal(models.Model):
    """Refunds that a provider has not answered yet."""

    _inherit = "order.reversal"

    refund_state = fields.Selection(
        [("pending", "On its way"), ("failed", "Failed")],
        compute="_compute_refund_state",
        help="What of the refunds through a payment provider is not finished yet.",
    )
    refund_message = fields.Text(compute="_compute_refund_state")

    @api.depends(
        "state",
        "step_ids.done",
        "step_ids.refund_due",
        "step_ids.refund_transaction_id.state",
    )
    def _compute_refund_state(self):
        for reversal in self:
            # sudo: the state of a refund, and what the provider said.
            steps = reversal.sudo()._open_refunds()
            failed = steps.filtered(lambda step: step._refund_failed())
            reversal.refund_state = (
                "failed" if failed else "pending" if steps else False
            )
            reversal.refund_message = (
                "\n".join(step._refund_text() for step in steps) or False
            )

    def _open_refunds(self):
        return self.filtered(
            lambda reversal: reversal.state == "done"
        ).step_ids.filtered(lambda step: step._is_online_refund() and not step.done)

    def action_retry_refunds(self):
        """Ask the providers again for the refunds that failed.

        The books are not touched twice: the same refund transaction is sent again, and
        what is on its way or done is left alone.

        :raise AccessError: without the host's right to invoice
        :raise UserError: a provider is being asked right now
        """
        self.check_access("write")
        self._check_roots_readable()
        self._check_may_execute()
        self._check_state("done")
        # sudo: a lock changes nothing; these are steps of the user's reversal.
        steps = self._open_refunds().sudo()
        if steps - steps.try_lock_for_update():
            raise self._error(
                self.env._(
                    "Somebody else is asking for this refund right now. Wait a moment, "
                    "then reload the page."
                )
            )
        self._send_open_refunds()
        return True

    def _send_open_refunds(self):
        """Write down which refunds to ask for: those not asked for yet, or failed.

        Providers are asked after the commit (`_cron_send_refunds`): what is rolled
        back was never sent, and nobody waits for a provider.
        """
        for company, reversals in self.grouped("company_id").items():
            steps = reversals._working_in(company)._open_refunds()
            # sudo: the state of the refund alone.
            steps.filtered(lambda step: step.sudo()._refund_failed())._request_refunds()


class OrderReversalStep(models.Model):
    """A refund that the payment provider carries out.

    An outbox: what to ask for is committed along with the books (`refund_due`). Then,
    in a transaction that holds nothing but the step, the provider is asked, and its
    answer is committed before anything follows from it. Whoever dies in between leaves
    the step due, and the next one sends the same request: the transaction's reference
    is what a provider recognises it by (`payment_utils.generate_idempotency_key`).
    """

    _inherit = "order.reversal.step"

    refund_transaction_id = fields.Many2one(
        "payment.transaction",
        "Refund Transaction",
        readonly=True,
        index="btree_not_null",
    )
    refund_due = fields.Boolean(
        readonly=True,
        help="The provider is to be asked, or its answer is not known yet.",
    )
    # As the host asks for it: else the database would not use it.
    _refund_due_idx = models.Index("(id) WHERE refund_due IS TRUE")

    def _is_online_refund(self):
        self.ensure_one()
        return self.operation == "refund" and RefundData.from_json(self.data).online

    def _refund_failed(self):
        """Whether no request is on its way or answered: the money is with us."""
        self.ensure_one()
        return not self.refund_due and self.refund_transaction_id.state in (
            False,
            "error",
            "cancel",
        )

    def _refund_text(self):
        self.ensure_one()
        refund = self.refund_transaction_id
        if not self._refund_failed():
            return self.env._(
                "%(payment)s: %(provider)s was asked to pay it back.",
                payment=self.res_name,
                provider=refund.provider_id.name,
            )
        return self.env._(
            "%(payment)s: %(provider)s did not pay it back, so it is a credit of the "
            "customer. Ask again, or pay it back at the provider. %(message)s",
            payment=self.res_name,
            provider=self._get_document().payment_transaction_id.provider_id.name,
            message=refund.state_message or "",
        )

    def _request_refunds(self):
        """Write down the requests, and wake up who sends them."""
        for step in self:
            values = {"refund_due": True}
            if not step.refund_transaction_id:
                # sudo: as the host's refund wizard; who may was checked before.
                source = step._get_document().sudo().payment_transaction_id
                refund = source._create_child_transaction(step.amount, is_refund=True)
                values["refund_transaction_id"] = refund.id
            step._engine().write(values)
        if self:
            self.env["order.reversal.log"]._record(
                [step._refund_entry("asked") for step in self]
            )
            # sudo: to wake up the scheduler takes no right of the user's.
            self.env.ref("erp_order_reversal.cron_refund").sudo()._trigger()

    @api.model
    def _cron_send_refunds(self):
        """Ask the providers for what is due, one refund after the other."""
        cron = self.env["ir.cron"]
        tried = []
        while step := self.search(
            [("refund_due", "=", True), ("id", "not in", tried)], order="id", limit=1
        ):
            tried.append(step.id)
            step._send_refund()
            left = self.search_count(
                [("refund_due", "=", True), ("id", "not in", tried)]
            )
            if not cron._commit_progress(1, remaining=left):
                break

    def _send_refund(self):
        """Ask the provider, commit its answer, then do what follows from it.

        Nothing is locked meanwhile but this step: a provider may take its time.
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            return  # somebody else is asking
        self.invalidate_recordset()
        if not self.refund_due:
            return
        refund = self.refund_transaction_id
        # A notification may have come before the answer that a crash took away.
        if refund.state in ("draft", "error", "cancel"):
            refund._reversal_send_refund()
        self._engine().refund_due = False
        self.env["order.reversal.log"]._record([self._refund_entry(refund.state)])
        # If this fails, the step stays due, and the same request is sent again.
        self.env["ir.cron"]._commit_progress()
        try:
            with self.env.cr.savepoint():
                self._finish_refund()
        except psycopg2.Error:
            raise
        except Exception:  # noqa: BLE001  the host tries it again (`_cron_post_process`)
            _logger.exception("The refund %s is not in the books yet", refund.reference)
        if self._refund_failed():
            self._tell_refund_failed()

    def _tell_refund_failed(self):
        """Whoever carried it out has to know that the money is still here."""
        person = self.reversal_id.done_by_id
        reader = self.with_context(lang=person.lang)
        self.reversal_id.message_post(
            body=reader._refund_text(), partner_ids=person.partner_id.ids
        )

    def _finish_refund(self):
        """Match the provider's refund with the released credit, once it is done."""
        # sudo: a transaction of the step's own payment.
        refund = self.sudo().refund_transaction_id
        if self.done or refund.state != "done":
            return
        if not refund.payment_id:
            refund._post_process()  # makes the payment, and comes back here
            return
        self._get_document()._reversal_match_refund(refund.payment_id)
        self._set_result(refund.payment_id.sudo(False))

    def _refund_entry(self, after):
        # sudo: a transaction of the step's own payment.
        refund = self.sudo().refund_transaction_id
        return {
            "event": "step",
            "reversal": self.reversal_id,
            "record": self._get_document(),
            "res_name": self.res_name,
            "detail": {
                "operation": "refund",
                "transaction": refund.reference,
                "after": after,
                "message": refund.state_message or "",
                "amount": self.amount,
                "currency": self.currency_id.name or "",
                "result": self.result_name or "",
            },
        }


class PaymentTransaction(models.Model):
    """Refunds that a reversal asked for."""

    _inherit = "payment.transaction"

    def _reversal_send_refund(self):
        """Send this refund to its provider, or send it again.

        The same transaction each time: its reference is what a provider recognises a
        repeated request by (`payment_utils.generate_idempotency_key`).
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._ensure_provider_is_not_disabled()
                self._send_refund_request()
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001  whatever a provider's code raises
            self._set_error(str(error), extra_allowed_states=("error",))

    def _post_process(self):
        """Override to match a refund that the provider confirms later."""
        result = super()._post_process()
        refunds = self.filtered(
            lambda tx: tx.operation == "refund" and tx.state == "done" and tx.payment_id
        )
        if refunds:
            domain = [
                ("refund_transaction_id", "in", refunds.ids),
                ("done", "=", False),
                ("reversal_id.state", "=", "done"),
            ]
            # sudo: the provider's notification comes from nobody in particular.
            for step in self.env["order.reversal.step"].sudo().search(domain):
                step._finish_refund()
        return result
