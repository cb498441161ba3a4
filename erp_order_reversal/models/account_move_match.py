from odoo import models

from .order_reversal import ENGINE


class AccountMove(models.Model):
    """Matches of an invoice with the credit notes that take back its parts."""

    _inherit = "account.move"

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
            .browse(step.data.get("rematch_ids", []))
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
