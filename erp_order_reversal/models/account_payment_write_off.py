from odoo import models
from odoo.fields import Command


class AccountPayment(models.Model):
    """Write-offs and discounts that a payment's entry carries beside the money.

    When the money is kept as a credit, only the money may be: what was written off to
    settle the invoice was never received.
    """

    _inherit = "account.payment"

    def _reversal_write_off(self, plan, releases):
        """Journal items to take back along with the release.

        :return: `account.move.line`, empty if there is no write-off or if the payment
            still settles something
        """
        self.ensure_one()
        lines = self.env["account.move.line"]
        if len(self.move_id.line_ids) <= 2 or not releases:
            return lines
        _liquidity, counterpart, write_off = self._seek_for_lines()
        write_off = write_off.filtered(
            lambda line: line.account_type
            not in ("asset_receivable", "liability_payable")
        )
        if not write_off:
            return lines
        released = {release["partial_id"] for release in releases}
        matched = counterpart.matched_debit_ids | counterpart.matched_credit_ids
        others = matched.filtered(
            lambda partial: partial.id not in released
            and not (
                partial.debit_move_id | partial.credit_move_id
            ).move_id.exchange_diff_partial_ids
        )
        if others or any(release["keep"] for release in releases):
            plan.warn(
                "write_off_kept",
                self.env._(
                    "%s also wrote something off and settles other documents: the "
                    "write-off stays as it is.",
                    self.display_name,
                ),
                self,
                remedy=self.env._("Check whether a part of it has to be taken back."),
            )
            return lines
        return write_off

    def _reversal_take_back_write_off(self, step):
        """Post the opposite of the write-off, matched with the payment's credit.

        :return: the new `account.move`
        """
        self.ensure_one()
        write_off = self.env["account.move.line"].browse(step.data["write_off_ids"])
        _liquidity, counterpart, _write_off = self._seek_for_lines()
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        values = []
        for line in write_off:
            copied = line.copy_data()[0]
            copied.pop("move_id", None)
            values.append(
                Command.create(
                    {
                        **copied,
                        "amount_currency": -line.amount_currency,
                        "balance": -line.balance,
                    }
                )
            )
        amount = sum(write_off.mapped("amount_currency"))
        balance = sum(write_off.mapped("balance"))
        values.append(
            Command.create(
                {
                    "name": step.reversal_id.name,
                    "account_id": counterpart[:1].account_id.id,
                    "partner_id": counterpart[:1].partner_id.id,
                    "currency_id": counterpart[:1].currency_id.id,
                    "amount_currency": amount,
                    "balance": balance,
                }
            )
        )
        entry = (
            self.env["account.move"]
            .with_context(skip_invoice_sync=True)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": (journal or self.journal_id).id,
                    "date": step.reversal_id.entry_date,
                    "partner_id": self.partner_id.id,
                    "ref": self.env._(
                        "%(reversal)s: write-off of %(payment)s taken back",
                        reversal=step.reversal_id.name,
                        payment=self.name,
                    ),
                    "line_ids": values,
                }
            )
        )
        entry.action_post()
        (entry.line_ids[-1:] | counterpart).filtered(
            lambda line: not line.reconciled
        ).reconcile()
        return entry
