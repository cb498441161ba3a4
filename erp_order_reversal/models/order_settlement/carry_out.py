from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...const import PAYMENT_IN_FORCE
from ...engine import ENGINE
from ...exceptions import retried_conflicts
from ...plan import Limits, Outcome


class OrderSettlement(models.Model):
    """By the host's own flows: confirm, invoice, post, match, pay back."""

    _inherit = "order.settlement"

    @retried_conflicts()
    def _carry_out(self, terms):
        """Do what the terms say; whoever calls keeps it or rolls it back.

        :param Terms terms: how
        :return: Outcome
        :raise UserError: something can't be confirmed, invoiced or posted
        """
        self._confirm(terms.orders)
        invoices = terms.invoices | self._invoice(terms)
        drafts = invoices.filtered(lambda move: move.state == "draft")
        self._post_drafts(drafts, terms)
        if not invoices:
            raise UserError(
                self.env._(
                    "There is nothing to invoice of %s, and no open invoice of it.",
                    ", ".join(terms.orders.mapped("name")) or self.reversal_id.name,
                )
            )
        opened = self._sum_open(invoices, terms.date)
        matched, worth = self._match(invoices, terms)
        refunds = self._pay_back(terms, matched) if terms.refund else None
        self._lock_again(terms.orders)
        return Outcome(
            invoices=invoices,
            refunds=refunds or self.env["account.payment"],
            open=opened,
            due=self._sum_open(invoices, terms.date),
            matched=matched,
            worth=worth,
        )

    def _confirm(self, orders):
        quotations = orders.filtered(lambda order: order.state in ("draft", "sent"))
        if quotations:
            quotations._reversal_acted(
                quotations.action_confirm(),
                "sale",
                remedy=self.env._("Confirm it on the order, then settle again."),
            )

    def _invoice(self, terms):
        """Drafts of all that can be invoiced."""
        orders = terms.orders.filtered(
            lambda order: order.invoice_status == "to invoice"
        )
        return orders._create_invoices(final=True) if orders else orders.invoice_ids

    def _post_drafts(self, drafts, terms):
        """Post the new invoices; money is matched with them here and nowhere else.

        An invoice that is linked to an online payment takes all of it when posted
        (`sale`), whatever was chosen: the link is made afterwards.
        """
        if not drafts:
            return
        drafts.invoice_date = terms.date
        if terms.journal:
            other = drafts.filtered(lambda move: move.journal_id != terms.journal)
            other.journal_id = terms.journal
        links = {move: move.transaction_ids for move in drafts if move.transaction_ids}
        for move in links:
            move.transaction_ids = [Command.clear()]
        # What is settled again may hold a credit note: no way round the guard.
        drafts.with_context(order_reversal_settling=ENGINE)._reversal_confirm()
        for move, transactions in links.items():
            move.transaction_ids = [Command.set(transactions.ids)]

    def _sum_open(self, invoices, date):
        """What invoices have open, in the settlement's currency; credit notes less."""
        total = 0.0
        for move in invoices:
            sign = 1 if move.is_inbound() == self._is_sale(invoices) else -1
            amount = move.amount_residual
            if self.currency_id and move.currency_id != self.currency_id:
                amount = move.currency_id._convert(
                    amount, self.currency_id, self.company_id, date
                )
            total += sign * amount
        return total

    def _is_sale(self, invoices):
        return any(move.is_sale_document(include_receipts=True) for move in invoices)

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def _match(self, invoices, terms):
        """Match the chosen amounts, and nothing else, with the invoices.

        :return: two dicts, `matched` and `worth` of `Outcome`
        """
        matched, worth = {}, {}
        for money in terms.money:
            line = money.line
            others = invoices.line_ids.filtered(
                lambda item, line=line: item.account_id == line.account_id
                and not item.reconciled
                and item.balance * line.balance < 0
            )
            before = abs(line.amount_residual_currency)
            opened = self._sum_open(invoices, terms.date)
            if others and not line.currency_id.is_zero(money.amount):
                limits = Limits({line.id: money.amount})
                (line | others).with_context(order_settlement_limits=limits).reconcile()
            matched[line.id] = line.currency_id.round(
                before - abs(line.amount_residual_currency)
            )
            worth[line.id] = opened - self._sum_open(invoices, terms.date)
        return matched, worth

    def _pay_back(self, terms, matched):
        """Pay back what is over, by a payment of its own for each that came in."""
        refunds = self.env["account.payment"]
        for money in terms.money:
            rest = money.line.currency_id.round(
                money.open - matched.get(money.line.id, 0.0)
            )
            payment = money.line.move_id.origin_payment_id
            if money.line.currency_id.compare_amounts(rest, 0.0) > 0 and payment:
                refund = refunds.create(
                    payment._reversal_paying_back_vals(
                        rest, money.line.currency_id, terms.date, terms.name
                    )
                )
                refund._reversal_acted(refund.action_post(), *PAYMENT_IN_FORCE)
                payment._reversal_match_refund(refund)
                refunds |= refund
        return refunds

    def _lock_again(self, orders):
        """Orders that were locked when they were taken back are locked again."""
        unlocked = self.reversal_id.step_ids.filtered(
            lambda step: step.operation == "unlock" and step.res_model == "sale.order"
        )
        again = orders.filtered(
            lambda order: order.id in unlocked.mapped("res_id") and not order.locked
        )
        again._reversal_insist(again.action_lock(), lambda order: order.locked)
