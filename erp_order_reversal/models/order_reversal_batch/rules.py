"""Rules of the assessment that concern many documents, as set queries.

They count what the planner would find for most; the planner itself is asked when a
document's turn comes. Each query covers the whole selection.
"""

from odoo import models
from odoo.tools import SQL

from ...const import SCOPE_RANK

# The invoices of a selection: (root, invoice).
OF_ORDERS = """
    SELECT DISTINCT sol.order_id AS root, aml.move_id AS move
      FROM sale_order_line sol
      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
     WHERE sol.order_id = ANY(%(ids)s)
"""
OF_MOVES = "SELECT id AS root, id AS move FROM account_move WHERE id = ANY(%(ids)s)"
OF_PAYMENTS = """
    SELECT DISTINCT payment.id AS root, other.move_id AS move
      FROM account_payment payment
      JOIN account_move_line line ON line.move_id = payment.move_id
      JOIN account_partial_reconcile partial
        ON line.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move_line other
        ON other.id IN (partial.debit_move_id, partial.credit_move_id)
       AND other.move_id != line.move_id
     WHERE payment.id = ANY(%(ids)s)
"""

# What the invoices of a selection were paid with: (root, entry, payment). A bank line
# has no payment, and some payments have no entry.
PAID = """
    SELECT DISTINCT roots.root, entry.id AS entry, entry.origin_payment_id AS payment
      FROM (%(roots)s) roots
      JOIN account_move_line line ON line.move_id = roots.move
      JOIN account_partial_reconcile partial
        ON line.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move_line other
        ON other.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move entry ON entry.id = other.move_id
     WHERE entry.move_type = 'entry'
       AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile exchange
                        WHERE exchange.exchange_move_id = entry.id)
     UNION
    SELECT roots.root, NULL, payment.id
      FROM (%(roots)s) roots
      JOIN account_move__account_payment rel ON rel.invoice_id = roots.move
      JOIN account_payment payment ON payment.id = rel.payment_id
     WHERE payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
"""


class OrderReversalMixin(models.AbstractModel):
    _inherit = "order.reversal.mixin"

    _reversal_bulk_invoices = None

    def _reversal_bulk_findings(self, batch):
        """What stands against taking many documents back.

        :param batch: `order.reversal.batch` with scope and methods
        :return: ({code: ids}, {id: amount in the company's currency})
        """
        self.env.flush_all()
        rank = SCOPE_RANK.get(batch.scope, 0)
        findings = self._reversal_bulk_own(batch)
        if batch.note_required and not (batch.note or "").strip():
            findings["note_required"] = set(self.ids)
        amounts = {}
        if rank >= SCOPE_RANK["payment"]:
            amounts = self._reversal_bulk_amounts()
        if rank >= SCOPE_RANK["invoice"]:
            if batch.invoice_method == "void":
                findings["void_refused"] = self._reversal_bulk_void_refused()
            else:
                findings["account_archived"] = self._reversal_bulk_archived()
        if rank >= SCOPE_RANK["payment"] and batch.payment_method == "void":
            findings.update(self._reversal_bulk_payments())
        return findings, amounts

    def _reversal_bulk_own(self, batch):
        """Findings about the documents themselves: {code: ids}."""
        return {}

    def _reversal_bulk_moves(self):
        """[(id, id of an entry that taking the document back concerns)]."""
        self.env.flush_all()
        return self.env.execute_query(self._reversal_bulk_sql())

    def _reversal_bulk_sql(self):
        return SQL(self._reversal_bulk_invoices, ids=self.ids)

    def _reversal_bulk_ids(self, query):
        return {row[0] for row in self.env.execute_query(query)}

    def _reversal_bulk_amounts(self):
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT roots.root, SUM(ABS(move.amount_total_signed))
                         FROM (%s) roots JOIN account_move move ON move.id = roots.move
                        WHERE move.state = 'posted'
                          AND move.move_type IN ('out_invoice', 'out_receipt',
                                                 'in_invoice', 'in_receipt')
                     GROUP BY roots.root""",
                    self._reversal_bulk_sql(),
                )
            )
        )

    def _reversal_bulk_void_refused(self):
        """Sent, hashed, or also another order's; locks are few companies' dates."""
        return self._reversal_bulk_ids(
            SQL(
                """SELECT DISTINCT roots.root
                     FROM (%(roots)s) roots
                     JOIN account_move move ON move.id = roots.move
                     JOIN res_company company ON company.id = move.company_id
                    WHERE move.state = 'posted'
                      AND move.move_type IN ('out_invoice', 'out_receipt',
                                             'in_invoice', 'in_receipt')
                      AND (move.is_move_sent OR move.inalterable_hash IS NOT NULL
                           OR move.date <= GREATEST(
                               company.hard_lock_date, company.fiscalyear_lock_date,
                               company.sale_lock_date, company.tax_lock_date))""",
                roots=self._reversal_bulk_sql(),
            )
        )

    def _reversal_bulk_archived(self):
        return self._reversal_bulk_ids(
            SQL(
                """SELECT DISTINCT roots.root
                     FROM (%s) roots
                     JOIN account_move move ON move.id = roots.move
                     JOIN account_move_line line ON line.move_id = move.id
                     JOIN account_account account ON account.id = line.account_id
                    WHERE move.state = 'posted' AND account.active IS NOT TRUE""",
                self._reversal_bulk_sql(),
            )
        )

    def _reversal_bulk_payments(self):
        """Payments that can't be voided: bank match, other documents, online."""
        rows = self.env.execute_query(
            SQL(
                """WITH roots AS (%(roots)s), paid AS (
                    SELECT * FROM (%(paid)s) paid WHERE payment IS NOT NULL
                ), settled AS (
                    SELECT DISTINCT paid.root, paid.payment, move.id AS move,
                           move.statement_line_id
                      FROM paid
                      JOIN account_move_line line ON line.move_id = paid.entry
                      JOIN account_partial_reconcile partial
                        ON line.id IN (partial.debit_move_id, partial.credit_move_id)
                      JOIN account_move_line other
                        ON other.id IN (partial.debit_move_id, partial.credit_move_id)
                       AND other.move_id != paid.entry
                      JOIN account_move move ON move.id = other.move_id
                )
                SELECT 'payment_bank_matched', root FROM settled
                 WHERE statement_line_id IS NOT NULL
                 UNION
                SELECT 'payment_shared', settled.root FROM settled
                 WHERE settled.statement_line_id IS NULL
                   AND settled.move NOT IN (SELECT move FROM roots)
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile exchange
                                    WHERE exchange.exchange_move_id = settled.move)
                 UNION
                SELECT 'payment_online', paid.root
                  FROM paid
                  JOIN account_payment payment ON payment.id = paid.payment
                  JOIN payment_transaction tx ON tx.id = payment.payment_transaction_id
                 WHERE tx.state = 'done'""",
                roots=self._reversal_bulk_sql(),
                paid=SQL(PAID, roots=SQL("SELECT * FROM roots")),
            )
        )
        findings = {}
        for code, record_id in rows:
            findings.setdefault(code, set()).add(record_id)
        return findings


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _reversal_bulk_invoices = OF_ORDERS

    def _reversal_bulk_own(self, batch):
        findings = super()._reversal_bulk_own(batch)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, state, locked, settlement_state FROM sale_order "
                "WHERE id = ANY(%s)",
                self.ids,
            )
        )
        findings["order_not_confirmed"] = {
            row[0] for row in rows if row[1] in ("draft", "sent")
        }
        findings["order_cancelled"] = {row[0] for row in rows if row[1] == "cancel"}
        if batch.scope == "unlock":
            findings["nothing_to_do"] = {row[0] for row in rows if not row[2]}
        elif SCOPE_RANK[batch.scope] < SCOPE_RANK["draft"]:
            findings["nothing_to_do"] = {
                row[0] for row in rows if row[3] not in ("partly", "settled")
            }
        else:
            findings["transaction_authorized"] = self._reversal_bulk_ids(
                SQL(
                    """SELECT DISTINCT rel.sale_order_id
                         FROM sale_order_transaction_rel rel
                         JOIN payment_transaction tx ON tx.id = rel.transaction_id
                        WHERE rel.sale_order_id = ANY(%s)
                          AND tx.state = 'authorized'""",
                    self.ids,
                )
            )
        return findings


class AccountMove(models.Model):
    _inherit = "account.move"

    _reversal_bulk_invoices = OF_MOVES

    def _reversal_bulk_counterparts(self):
        """[(id, id of an entry that it is matched with or paid by)]."""
        return self.env.execute_query(
            SQL(
                """SELECT line.move_id, other.move_id
                     FROM account_move_line line
                     JOIN account_partial_reconcile partial
                       ON line.id IN (partial.debit_move_id, partial.credit_move_id)
                     JOIN account_move_line other
                       ON other.id IN (partial.debit_move_id, partial.credit_move_id)
                      AND other.move_id != line.move_id
                    WHERE line.move_id = ANY(%(ids)s)
                    UNION
                   SELECT rel.invoice_id, -rel.payment_id
                     FROM account_move__account_payment rel
                    WHERE rel.invoice_id = ANY(%(ids)s)""",
                ids=self.ids,
            )
        )

    def _reversal_bulk_own(self, batch):
        findings = super()._reversal_bulk_own(batch)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, state, move_type, payment_state FROM account_move "
                "WHERE id = ANY(%s)",
                self.ids,
            )
        )
        findings["not_an_invoice"] = {
            row[0]
            for row in rows
            if row[2] not in ("out_invoice", "out_receipt", "in_invoice", "in_receipt")
        }
        findings["invoice_cancelled"] = {row[0] for row in rows if row[1] == "cancel"}
        findings["already_reversed"] = {row[0] for row in rows if row[3] == "reversed"}
        return findings


class AccountPayment(models.Model):
    _inherit = "account.payment"

    _reversal_bulk_invoices = OF_PAYMENTS

    def _reversal_bulk_own(self, batch):
        findings = super()._reversal_bulk_own(batch)
        findings["payment_not_settled"] = self._reversal_bulk_ids(
            SQL(
                "SELECT id FROM account_payment WHERE id = ANY(%s) "
                "AND state IN ('draft', 'canceled', 'rejected')",
                self.ids,
            )
        )
        return findings
