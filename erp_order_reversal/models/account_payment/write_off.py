from odoo import models
from odoo.fields import Command

from ...plan import ItemPart, ReleaseData


class AccountPayment(models.Model):
    """Write-offs and discounts that a payment's entry carries beside the money.

    When the money is kept as a credit, only the money may be: what was written off to
    settle the invoice was never received.
    """

    _inherit = "account.payment"

    def _reversal_write_off(self, plan, releases, amount):
        """The part of the write-off that goes with what is released.

        In proportion; with the last match that is released goes the remainder, so
        that the parts of several reversals are the whole, to the cent.

        :param float amount: what is released, positive, in the payment's currency
        :return: list of ItemPart, often empty
        """
        self.ensure_one()
        if len(self.move_id.line_ids) <= 2 or not releases:
            return []
        _liquidity, counterpart, write_off = self._seek_for_lines()
        write_off = write_off.filtered(
            lambda line: line.account_type
            not in ("asset_receivable", "liability_payable")
        )
        whole = abs(sum(counterpart.mapped("amount_currency")))
        if not write_off or not whole:
            return []
        if self._reversal_still_settles(counterpart, releases):
            ratio = min(1.0, amount / whole)
            return [
                ItemPart(
                    line.id,
                    line.currency_id.round(line.amount_currency * ratio),
                    line.company_currency_id.round(line.balance * ratio),
                )
                for line in write_off
            ]
        taken = self._reversal_written_off_before(plan)
        return [
            ItemPart(
                line.id, line.amount_currency - before[0], line.balance - before[1]
            )
            for line in write_off
            for before in (taken.get(line.id, (0.0, 0.0)),)
        ]

    def _reversal_still_settles(self, counterpart, releases):
        """Whether the payment stays matched with an invoice."""
        released = {release.partial_id for release in releases}
        matched = counterpart.matched_debit_ids | counterpart.matched_credit_ids
        others = matched.filtered(
            lambda partial: partial.id not in released
            and (partial.debit_move_id | partial.credit_move_id).move_id.filtered(
                lambda move: move.is_invoice(include_receipts=True)
            )
        )
        return bool(others) or any(release.keep for release in releases)

    def _reversal_written_off_before(self, plan):
        """What done reversals took back of the write-off already.

        :return: {id of a journal item: (amount in currency, balance)}
        """
        # sudo: amounts of reversals that others made of the same payment.
        steps = (
            self.env["order.reversal.step"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("operation", "=", "release"),
                    ("reversal_id.state", "=", "done"),
                ]
            )
        )
        taken = {}
        for step in steps:
            for part in ReleaseData.from_json(step.data).write_offs:
                before = taken.get(part.line_id, (0.0, 0.0))
                taken[part.line_id] = (
                    before[0] + part.amount,
                    before[1] + part.balance,
                )
        return taken

    def _reversal_take_back_write_off(self, step):
        """Post the opposite of the write-off, matched with the payment's credit.

        :return: the new `account.move`
        """
        self.ensure_one()
        write_offs = ReleaseData.from_json(step.data).write_offs
        _liquidity, counterpart, _write_off = self._seek_for_lines()
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        values = []
        for part in write_offs:
            copied = self.env["account.move.line"].browse(part.line_id).copy_data()[0]
            copied.pop("move_id", None)
            copied.update(amount_currency=-part.amount, balance=-part.balance)
            values.append(Command.create(copied))
        amount = sum(part.amount for part in write_offs)
        balance = sum(part.balance for part in write_offs)
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
        entry._reversal_acted(entry.action_post(), "posted")
        (entry.line_ids[-1:] | counterpart).filtered(
            lambda line: not line.reconciled
        ).reconcile()
        return entry
