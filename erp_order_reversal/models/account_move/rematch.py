from odoo import api, models

from ...engine import ENGINE
from ...plan import CreditData, RematchData


class AccountMove(models.Model):
    """An invoice that keeps a part is matched again with what it keeps."""

    _inherit = "account.move"

    def _reversal_plan_rematch(self, plan, share, chosen, open_credit):
        """Match again what the invoice keeps after its part was taken off."""
        if not plan.reaches("invoice"):
            open_credit = 0.0
        kept = [
            (record, release)
            for record, release, _forced in chosen
            if not self.currency_id.is_zero(release.keep)
        ]
        if not kept and not open_credit:
            return
        names = [record.display_name for record, _release in kept]
        if open_credit:
            names += share.credits.mapped("name")
        plan.add_step(
            self,
            "rematch",
            self.env._("Stays matched with %s", ", ".join(names)),
            amount=sum(release.keep for _record, release in kept) + open_credit,
            currency_id=self.currency_id.id,
            data=RematchData(
                credit_ids=share.credits.ids if open_credit else [],
                counterpart_ids=[release.counterpart_id for _r, release in kept],
            ),
        )

    @api.private
    def _reversal_apply_rematch(self, steps):
        """Match invoices again with what they keep."""
        for step in steps:
            move = step._get_document()
            data = RematchData.from_json(step.data)
            credits = self.browse(data.credit_ids)
            counterparts = self.env["account.move.line"].browse(data.counterpart_ids)
            for others in (credits.line_ids, counterparts):
                lines = (move.line_ids | others).filtered(
                    lambda line: line.account_type
                    in ("asset_receivable", "liability_payable")
                    and not line.reconciled
                    and line.parent_state == "posted"
                )
                for account_lines in lines.grouped("account_id").values():
                    if account_lines & move.line_ids and account_lines & others:
                        account_lines.with_context(
                            order_reversal_rematch=ENGINE
                        ).reconcile()
            step._set_result()

    def _reversal_check_rematch(self, step, books):
        """What the invoice keeps must still be matched with it.

        :return: list of str
        """
        data = RematchData.from_json(step.data)
        wanted = self.env["account.move.line"].browse(data.counterpart_ids)
        wanted |= self.browse(data.credit_ids).line_ids
        lines = step._get_document().line_ids
        matched = lines.matched_debit_ids.debit_move_id
        matched |= lines.matched_credit_ids.credit_move_id
        if books.fresh and not wanted & matched:
            return [self.env._("%s is not matched with what it keeps.", step.res_name)]
        return []

    def _reversal_obstacles_rematch(self, step, plan):
        """Matches can always be taken off."""

    @api.private
    def _reversal_apply_unmatch(self, steps):
        """Unlink the matches made instead of the ones that are restored."""
        steps.origin_id._reversal_unmatch()
        steps._set_result()

    def _reversal_check_unmatch(self, step, books):
        """:return: list of str"""
        if books.fresh and step._get_document().state != "posted":
            return [self.env._("%s is not posted.", step.res_name)]
        return []

    def _reversal_exactly(self, cancelled=False):
        """These moves, matched with credit notes to the cent of both currencies.

        :param bool cancelled: the credit notes take back all of the invoice, so that
            no cash-basis tax is due (`account.move._reverse_moves`)
        """
        return self.with_context(
            order_reversal_exact=ENGINE, move_reverse_cancel=cancelled
        )

    def _reversal_unmatch_earlier(self, step):
        """Take the earlier credit notes off, with the entries of their matches."""
        partials = (
            self.env["account.partial.reconcile"]
            .browse(CreditData.from_json(step.data).rematch_ids)
            .exists()
        )
        partials._reversal_unlink_full()
        partials.with_context(skip_invoice_sync=True).unlink()

    def _reversal_match_again(self, credits):
        """Match what is open of this invoice and of all its credit notes."""
        lines = (self | credits).line_ids.filtered(
            lambda line: line.account_id.reconcile and not line.reconciled
        )
        groups = lines.grouped(lambda line: (line.account_id, line.currency_id))
        for group in groups.values():
            group.reconcile()


class AccountMoveLine(models.Model):
    """Journal items of an invoice and of a credit note, matched to the cent."""

    _inherit = "account.move.line"

    def _reversal_reconcile_as_made(self, parts):
        """Match again what had been matched: credit notes of parts to the cent.

        :param parts: `account.move`, the credit notes of parts (`_reversal_made`)
        """
        moves = self.move_id
        if moves & parts:
            moves = moves._reversal_exactly()
        self.with_env(moves.env).reconcile()

    def _prepare_reconciliation_single_partial(
        self, debit_values, credit_values, shadowed_aml_values=None
    ):
        """Override to match credit notes of a reversal at their own balance.

        The host converts the amount at each document's rate; the sums of rounded
        lines then differ by cents, which it books as exchange difference. But nothing
        was exchanged: what a credit note takes back is what was invoiced.
        """
        sides = (debit_values, credit_values)
        exact = self._reversal_exact_balance(sides)
        if not exact:
            return super()._prepare_reconciliation_single_partial(
                debit_values, credit_values, shadowed_aml_values
            )
        before = [values["amount_residual"] for values in sides]
        result = super(
            AccountMoveLine, self.with_context(no_exchange_difference=True)
        )._prepare_reconciliation_single_partial(
            debit_values, credit_values, shadowed_aml_values
        )
        result["partial_values"]["amount"] = exact
        names = ("debit_values", "credit_values")
        for name, residual, values in zip(names, before, sides, strict=True):
            taken = exact if residual > 0 else -exact
            values["amount_residual"] = residual - taken
            item = values["aml"]
            done = item.currency_id.is_zero(
                values["amount_residual_currency"]
            ) and item.company_currency_id.is_zero(values["amount_residual"])
            result[name] = None if done else values
        return result

    def _reversal_exact_balance(self, sides):
        """The balance of the one that is matched wholly, if the other has as much.

        :param sides: residual values of an invoice and of a credit note
        :return: float in the company's currency; 0.0 where the host has to decide
        """
        items = self.browse(values["aml"].id for values in sides)
        if not self._reversal_is_exact(items):
            return 0.0
        amounts = [abs(values["amount_residual_currency"]) for values in sides]
        balances = [abs(values["amount_residual"]) for values in sides]
        currency, company_currency = items.currency_id, items.company_currency_id
        order = currency.compare_amounts(*amounts)
        if order == 0 and company_currency.compare_amounts(*balances) != 0:
            return 0.0
        exact, other = balances if order <= 0 else reversed(balances)
        if currency.is_zero(min(amounts)):
            return 0.0
        return exact if company_currency.compare_amounts(exact, other) <= 0 else 0.0

    def _reversal_is_exact(self, items):
        """Whether this is an invoice and a credit note in one foreign currency."""
        return (
            self.env.context.get("order_reversal_exact") is ENGINE
            and len(items.currency_id) == 1
            and items.currency_id != items.company_currency_id
            and all(move.is_invoice(include_receipts=True) for move in items.move_id)
        )
