"""The policy for many documents, as set queries: what a second person has to approve.

The same rules as for one (`order_reversal_policy.py`), as far as they can be told
without planning each document.
"""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import SCOPE_RANK
from .rules import PAID


class OrderReversalBatch(models.Model):
    _inherit = "order.reversal.batch"

    def _find_approvals(self, records, amounts):
        """Which of them a second person has to approve; override point.

        :param records: documents of one model
        :param dict amounts: {id: amount in the company's currency}
        :return: set of ids
        """
        accounting = self.scope != "unlock"
        if self.reason_id.approval_required or (
            accounting and not self.env["order.reversal"]._may_account()
        ):
            return set(records.ids)
        found = set()
        # sudo: the companies of documents that the user may read.
        for company, of_company in records.sudo().grouped("company_id").items():
            found |= self._find_above_limit(company, of_company, amounts)
            found |= of_company._reversal_bulk_limits(self, company)
        return found

    def _find_above_limit(self, company, records, amounts):
        if company.reversal_approval == "always":
            return set(records.ids)
        if company.reversal_approval != "above":
            return set()
        limit = company.reversal_approval_amount
        compare = company.currency_id.compare_amounts
        return {
            record_id
            for record_id in records.ids
            if compare(abs(amounts.get(record_id, 0.0)), limit) > 0
        }


class OrderReversalMixin(models.AbstractModel):
    _inherit = "order.reversal.mixin"

    def _reversal_bulk_limits(self, batch, company):
        """Which documents of a company its optional limits concern.

        :return: set of ids
        """
        found = set()
        if limit := company._get_reversal_age_limit():
            domain = self._reversal_older_domain(limit)
            found.update(self.search(domain & Domain("id", "in", self.ids)).ids)
        rank = SCOPE_RANK.get(batch.scope, 0)
        if rank < SCOPE_RANK["payment"]:
            return found
        if company.reversal_approval_locked:
            if rank >= SCOPE_RANK["invoice"]:
                found |= self._reversal_bulk_locked_invoices(company)
            found |= self._reversal_bulk_locked_payments(batch, company)
        if company.reversal_approval_money:
            found |= self._reversal_bulk_money(batch, company.reversal_approval_money)
        return found

    def _reversal_bulk_paid(self, batch):
        """The payments and bank lines that are taken off, as a query."""
        return SQL(PAID, roots=self._reversal_bulk_sql())

    def _reversal_bulk_locked_invoices(self, company):
        return self._reversal_bulk_ids(
            SQL(
                """SELECT DISTINCT roots.root
                     FROM (%(roots)s) roots
                     JOIN account_move move ON move.id = roots.move
                    WHERE move.state = 'posted' AND move.payment_state != 'reversed'
                      AND (move.move_type IN ('out_invoice', 'out_receipt')
                           AND move.date <= %(sale)s
                           OR move.move_type IN ('in_invoice', 'in_receipt')
                           AND move.date <= %(purchase)s)""",
                roots=self._reversal_bulk_sql(),
                sale=company._get_reversal_lock_date("sale"),
                purchase=company._get_reversal_lock_date("purchase"),
            )
        )

    def _reversal_bulk_locked_payments(self, batch, company):
        return self._reversal_bulk_ids(
            SQL(
                """SELECT DISTINCT paid.root
                     FROM (%(paid)s) paid
                     JOIN account_payment payment ON payment.id = paid.payment
                    WHERE payment.date <= %(limit)s""",
                paid=self._reversal_bulk_paid(batch),
                limit=company._get_reversal_lock_date("payment"),
            )
        )

    def _reversal_bulk_money(self, batch, policy):
        """Documents whose money goes back, or stays without its invoice.

        What a bank line paid can be neither voided nor refunded: it stays.
        """
        method = batch.payment_method
        if policy == "refund" and method != "refund":
            return set()
        moved = SQL("TRUE")
        if policy == "refund":
            moved = SQL("paid.payment IS NOT NULL")
        elif method == "void":
            moved = SQL("paid.payment IS NULL")
        return self._reversal_bulk_ids(
            SQL(
                "SELECT DISTINCT paid.root FROM (%s) paid WHERE %s",
                self._reversal_bulk_paid(batch),
                moved,
            )
        )


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _reversal_bulk_paid(self, batch):
        """The payment alone, unless the invoices go, too."""
        if batch.scope != "payment":
            return super()._reversal_bulk_paid(batch)
        return SQL(
            "SELECT id AS root, move_id AS entry, id AS payment "
            "FROM account_payment WHERE id = ANY(%s)",
            self.ids,
        )
