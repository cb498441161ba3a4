from odoo import api, models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    """Operations on payments, each once over the steps of all reversals of a run."""

    _inherit = "account.payment"

    @api.private
    def _reversal_apply_release(self, steps):
        steps._reversal_unlink_partials()
        write_offs = steps.filtered(lambda step: step.data.get("write_offs"))
        (steps - write_offs)._set_result()
        for step in write_offs:
            step._set_result(step._get_document()._reversal_take_back_write_off(step))

    @api.private
    def _reversal_apply_void_payment(self, steps):
        """Cancel payments, or take back an entry that is locked (HOST: §11 h).

        `account.payment.action_cancel` keeps the entry and its number; going
        through draft would delete it.
        """
        steps._reversal_unlink_partials()
        counter = steps.filtered(lambda step: step.data.get("counter"))
        direct = steps - counter
        if direct:
            payments = direct._get_document()
            with payments.move_id._reversal_keep_names():
                payments.with_context(skip_invoice_sync=True).action_cancel()
            direct._set_result()
        for step in counter:
            payment = step._get_document()
            date = step.reversal_id.entry_date
            entry = payment.move_id._reverse_moves(
                [
                    {
                        "date": date,
                        "ref": self.env._("Reversal of: %s", payment.name),
                    }
                ],
                cancel=True,
            )
            payment.state = "canceled"
            step._set_result(entry)

    @api.private
    def _reversal_apply_refund(self, steps):
        """Pay back what was released, and match it with the released credit.

        Money that came in online is sent back later, by its provider, see
        `order.reversal.step._send_refunds`. A preview shows the payment it would make.
        """
        if not self.env.context.get("reversal_preview"):
            steps = steps.filtered(lambda step: not step._is_online_refund())
        refunds = self.create(
            [step._get_document()._reversal_refund_vals(step) for step in steps]
        )
        refunds.action_post()
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

    def _reversal_refund_method(self, step, outbound):
        """Journal and payment method line of the refund.

        A provider's refund uses its own, as `payment.transaction._create_payment`.
        """
        journal = self.journal_id
        if step._is_online_refund():
            # sudo: an invoicing clerk may not read providers.
            provider = self.sudo().payment_transaction_id.provider_id
            journal = provider.journal_id.sudo(False)
            lines = journal.inbound_payment_method_line_ids
            method = lines.filtered(
                lambda line: line.payment_provider_id.id == provider.id
            )
            return journal, method
        methods = (
            journal.outbound_payment_method_line_ids
            if outbound
            else journal.inbound_payment_method_line_ids
        )
        method = methods.filtered(lambda line: line.code == "manual")[:1] or methods[:1]
        return journal, method

    def _reversal_refund_vals(self, step):
        self.ensure_one()
        outbound = self.payment_type == "inbound"
        journal, method = self._reversal_refund_method(step, outbound)
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
            "amount": step.data["amount"],
            "currency_id": step.currency_id.id,
            "date": step.reversal_id.entry_date,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "destination_account_id": self.destination_account_id.id,
            "memo": self.env._(
                "%(reversal)s: refund of %(payment)s",
                reversal=step.reversal_id.name,
                payment=self.name,
            ),
        }
