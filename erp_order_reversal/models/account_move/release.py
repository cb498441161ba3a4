from odoo import api, models

from ...const import CREDIT_TYPES, PAYMENT_IN_FORCE
from ...plan import Release, ReleaseData


class AccountMove(models.Model):
    """What settles an invoice, and how it is taken off."""

    _inherit = "account.move"

    def _reversal_settlements(self, plan):
        """What the invoice is matched with, newest first.

        Credit notes of the same documents stay, exchange differences follow their
        match (`account.partial.reconcile.unlink`).

        :return: list of (document, Release), see `_reversal_plan_settlements`
        """
        self.ensure_one()
        found = []
        lines = self.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        for line in lines:
            for partials, side, ours, theirs in (
                (line.matched_credit_ids, "credit_move_id", "debit", "credit"),
                (line.matched_debit_ids, "debit_move_id", "credit", "debit"),
            ):
                for partial in partials:
                    counterpart = partial[side]
                    move = counterpart.move_id
                    if not move.origin_payment_id and (
                        move.exchange_diff_partial_ids
                        or move._reversal_is_credit_of(plan)
                    ):
                        continue
                    found.append(
                        (
                            move.origin_payment_id or move,
                            self._reversal_release(
                                partial[f"{ours}_amount_currency"],
                                partial=partial,
                                line=line,
                                counterpart=counterpart,
                                own_amount=partial._reversal_amount_of(theirs),
                            ),
                        )
                    )
        found.sort(key=lambda item: -item[1].partial_id)
        for payment in self.matched_payment_ids:
            if not payment.move_id and payment.state in PAYMENT_IN_FORCE:
                found.append(
                    (
                        payment,
                        self._reversal_release(
                            min(payment.amount, abs(self.amount_residual))
                        ),
                    )
                )
        if plan.root._name == "account.payment" and not plan.reaches("invoice"):
            found = [item for item in found if item[0] == plan.root]
        return found

    def _reversal_release(
        self, amount, partial=None, line=None, counterpart=None, own_amount=None
    ):
        """One match to unlink.

        :param float amount: in the invoice's currency
        :param float own_amount: in the currency of what is matched with it
        :return: Release
        """
        currency = counterpart.currency_id if counterpart else self.currency_id
        return Release(
            partial_id=partial.id if partial else False,
            line_id=line.id if line else False,
            counterpart_id=counterpart.id if counterpart else False,
            invoice_id=self.id,
            document=self.display_name,
            amount=amount,
            keep=0.0,
            currency_id=self.currency_id.id,
            own_amount=amount if own_amount is None else own_amount,
            own_currency_id=currency.id,
        )

    def _reversal_is_credit_of(self, plan):
        """Whether this is a credit note of the documents that are taken back."""
        self.ensure_one()
        if self.move_type not in CREDIT_TYPES:
            return False
        invoices = plan.records("account.move")
        return bool(
            self.reversed_entry_id & invoices
            or self.line_ids.sale_line_ids & invoices.line_ids.sale_line_ids
        )

    def _reversal_plan_settlements(self, plan, share, everything=False):
        """Decide what is taken off the invoice, into `plan.releases`.

        No more is released than the part that is taken back: newest match first,
        and what a released payment settles beyond that is matched again.
        """
        self.ensure_one()
        settlements = self._reversal_settlements(plan)
        open_credit = self._reversal_open_credit(share)
        credited = max(0.0, abs(self.amount_total) - share.total)
        needed = share.total
        if plan.reaches("invoice"):
            needed += min(open_credit, credited) - abs(self.amount_residual)
            needed = max(0.0, needed)
        chosen = []
        for record, release in settlements:
            if not release.partial_id:
                # A payment without an entry: it lowers no residual, only the state.
                chosen.append((record, release, True))
                continue
            forced = everything or (
                plan.part is None
                and record._name == "account.payment"
                and plan.method(record, "payment_method") == "void"
            )
            if forced:
                chosen.append((record, release, True))
                needed -= release.amount
        # Of a payment that never happened, a fee is not paid either.
        beyond = -needed - (share.fee.total if share.fee else 0.0)
        if not everything and self.currency_id.compare_amounts(beyond, 0.0) > 0:
            if share.credits:
                self._reversal_block_paid_back(plan, share)
            elif chosen:
                # It pays somebody else's part, too.
                beyond = self.currency_id.round(beyond)
                chosen[-1][1].keep = min(beyond, chosen[-1][1].amount)
        for record, release in settlements:
            if any(release is other for _r, other, _f in chosen):
                continue
            if self.currency_id.compare_amounts(needed, 0.0) > 0:
                chosen.append((record, release, False))
                kept = self.currency_id.round(release.amount - needed)
                release.keep = max(0.0, kept)
                needed -= release.amount
        for record, release, _forced in chosen:
            plan.releases[record].append(release)
        self._reversal_plan_rematch(plan, share, chosen, open_credit)

    def _reversal_block_paid_back(self, plan, share):
        """The invoice would stay open by what was refunded on a credit note."""
        plan.block(
            "credit_paid_back",
            self.env._(
                "A part of %(invoice)s was paid back on %(credits)s, so its payment "
                "did happen and can't be voided.",
                invoice=self.name,
                credits=", ".join(share.credits.mapped("name")),
            ),
            self,
            remedy=self.env._("Keep the payment as customer credit, or refund it."),
        )

    def _reversal_open_credit(self, share):
        """What earlier credit notes still have open (positive, in currency)."""
        if not share.credits or self.currency_id != share.credits.currency_id:
            return 0.0
        return abs(sum(share.credits.mapped("amount_residual")))

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

    def _reversal_plan_other_release(self, plan, releases):
        """An entry, a bank line or somebody's credit note that settled it."""
        self.ensure_one()
        if line := self.statement_line_id:
            plan.warn(
                "bank_line_released",
                self.env._(
                    "The bank statement line %(line)s paid %(documents)s. It stays as "
                    "it is; its amount becomes a credit of the customer.",
                    line=line.display_name,
                    documents=", ".join(release.document for release in releases),
                ),
                self,
                remedy=self.env._("Match the credit with what it was meant for."),
            )
        else:
            plan.warn(
                "entry_released",
                self.env._(
                    "%(entry)s settled %(documents)s without a payment. It stays "
                    "posted, and its amount is open again.",
                    entry=self.display_name,
                    documents=", ".join(release.document for release in releases),
                ),
                self,
                remedy=self.env._("Match it again, or reverse it, if it was wrong."),
            )
        plan.add_step(
            self,
            "release",
            self.env._("Stays, open again"),
            why=self.env._("It is not a payment of this document."),
            amount=sum(release.taken for release in releases),
            currency_id=releases[0].currency_id,
            data=ReleaseData(releases),
        )

    # ------------------------------------------------------------------
    # Carried out
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_release(self, steps):
        steps._reversal_unlink_partials()
        steps._set_result()

    def _reversal_check_release(self, step, books):
        """:return: list of str"""
        return step._find_still_matched(books)

    def _reversal_obstacles_release(self, step, plan):
        """What is open of the entry must not have paid something else since."""
        step._block_used_credit(plan)

    @api.private
    def _reversal_apply_match(self, steps):
        """Nothing by itself: all is matched again at once, see `settle`."""
        steps._set_result()

    def _reversal_check_match(self, step, books):
        """:return: list of str"""
        if books.fresh and step._get_document().state != "posted":
            return [self.env._("%s is not posted.", step.res_name)]
        return []
