from datetime import date

from odoo import api, models

from odoo.addons.erp_order_reversal.plan import ReleaseData

from ...check import facts
from ...const import INVOICE_TYPES, PAYMENT_IN_FORCE
from .check import Books

# (payment, invoice, amount in the invoice's currency): all that these payments pay, and
# the payments of these invoices. By journal items; or, with 0, by the link, which the
# host never takes back: it counts only before there is an entry in force.
MATCHES = """
    WITH found AS (
        SELECT entry.origin_payment_id AS id
          FROM account_move_line ours
          JOIN account_partial_reconcile partial ON partial.debit_move_id = ours.id
          JOIN account_move_line theirs ON theirs.id = partial.credit_move_id
          JOIN account_move entry ON entry.id = theirs.move_id
         WHERE ours.move_id = ANY(%s) AND entry.origin_payment_id IS NOT NULL
         UNION
        SELECT rel.payment_id
          FROM account_move__account_payment rel
          JOIN account_payment payment ON payment.id = rel.payment_id
         WHERE rel.invoice_id = ANY(%s)
           AND (payment.state = 'draft' OR payment.move_id IS NULL)
         UNION
        SELECT UNNEST(%s::int[])
    )
    SELECT pair.payment, pair.invoice, SUM(pair.amount)
      FROM (
        SELECT found.id AS payment, ours.move_id AS invoice,
               partial.debit_amount_currency AS amount
          FROM found
          JOIN account_move entry ON entry.origin_payment_id = found.id
          JOIN account_move_line theirs ON theirs.move_id = entry.id
          JOIN account_partial_reconcile partial ON partial.credit_move_id = theirs.id
          JOIN account_move_line ours ON ours.id = partial.debit_move_id
     UNION ALL
        SELECT found.id, rel.invoice_id, 0
          FROM found
          JOIN account_move__account_payment rel ON rel.payment_id = found.id
          JOIN account_payment payment ON payment.id = found.id
         WHERE payment.state = 'draft' OR payment.move_id IS NULL
            OR payment.id = ANY(%s)
      ) pair
  GROUP BY pair.payment, pair.invoice
"""
PAYMENTS = """
    SELECT payment.id, payment.company_id, payment.state, payment.partner_id,
           partner.commercial_partner_id, payment.currency_id, payment.date,
           payment.amount, entry.settles, entry.open,
           transaction.state = 'done' AND transaction.amount = payment.amount
               AND transaction.currency_id = payment.currency_id
      FROM account_payment payment
 LEFT JOIN res_partner partner ON partner.id = payment.partner_id
 LEFT JOIN payment_transaction transaction
        ON transaction.id = payment.payment_transaction_id
 LEFT JOIN LATERAL (
               SELECT -SUM(item.amount_currency) AS settles,
                      -SUM(item.amount_residual_currency) AS open
                 FROM account_move_line item
                 JOIN account_account account ON account.id = item.account_id
                WHERE item.move_id = payment.move_id
                  AND account.account_type IN ('asset_receivable', 'liability_payable')
           ) entry ON TRUE
     WHERE payment.id = ANY(%s)
       AND payment.payment_type = 'inbound' AND payment.partner_type = 'customer'
"""
INSTALLMENTS = """
    SELECT move_id, COALESCE(date_maturity, date), amount_currency,
           amount_residual_currency, discount_amount_currency, discount_date
      FROM account_move_line
     WHERE move_id = ANY(%s) AND display_type = 'payment_term'
  ORDER BY date_maturity, id
"""
# (payment, earlier one, whether all of it is open, the invoices it pays, days between)
ALIKE = """
    SELECT payment.id, other.id,
           COALESCE(entry.open, 0) = COALESCE(entry.settles, 1),
           ARRAY(SELECT ours.move_id
                   FROM account_move_line theirs
                   JOIN account_partial_reconcile partial
                     ON partial.credit_move_id = theirs.id
                   JOIN account_move_line ours ON ours.id = partial.debit_move_id
                  WHERE theirs.move_id = other.move_id),
           ABS(payment.date - other.date)
      FROM UNNEST(%s::int[], %s::int[], %s::int[], %s::int[], %s::numeric[], %s::date[])
           AS payment (id, company, commercial, currency, amount, date)
      JOIN res_partner by ON by.commercial_partner_id = payment.commercial
      JOIN account_payment other
        ON other.partner_id = by.id AND other.company_id = payment.company
       AND other.amount = payment.amount AND other.currency_id = payment.currency
       AND (payment.id = 0 OR other.id < payment.id)
       AND other.payment_type = 'inbound' AND other.partner_type = 'customer'
       AND other.state IN ('in_process', 'paid')
      JOIN LATERAL (
               SELECT SUM(item.amount_currency) AS settles,
                      SUM(item.amount_residual_currency) AS open
                 FROM account_move_line item
                 JOIN account_account account ON account.id = item.account_id
                WHERE item.move_id = other.move_id
                  AND account.account_type IN ('asset_receivable', 'liability_payable')
           ) entry ON TRUE
     WHERE ABS(payment.date - other.date) <= %s
"""
# (payment, what a reversal that stands took off: the data of its step)
RELEASED = """
    SELECT step.res_id, step.data
      FROM order_reversal_step step
      JOIN order_reversal reversal ON reversal.id = step.reversal_id
     WHERE step.res_model = 'account.payment' AND step.res_id = ANY(%s)
       AND step.operation = 'release' AND step.done
       AND reversal.state = 'done' AND reversal.restores_id IS NULL
"""
# (payment, invoice that was settled again with it)
SETTLED_AGAIN = """
    SELECT credit.payment_id, TO_JSONB(made.account_move_id)
      FROM order_settlement_credit credit
      JOIN order_settlement settlement ON settlement.id = credit.settlement_id
      JOIN account_move_order_settlement_rel made
        ON made.order_settlement_id = settlement.id
     WHERE credit.payment_id = ANY(%s) AND settlement.state = 'done'
"""


class SettlementCheck(models.AbstractModel):
    """Reading payments."""

    _inherit = "settlement.check"

    @api.model
    def _read_payments(self, books, payment_ids, rules_by_company, recording):
        """The payments of the checked invoices, and these ones.

        :param list recording: ids of payments that are being recorded
        """
        matched = {
            (payment_id, move_id): float(amount)
            for payment_id, move_id, amount in self._rows(
                MATCHES, books.targets, books.targets, payment_ids, recording
            )
        }
        found = {*payment_ids, *(payment_id for payment_id, _move_id in matched)}
        if not found:
            return
        self._read_invoices(books, {move_id for _payment_id, move_id in matched})
        self._read_installments(books, {move_id for _payment_id, move_id in matched})
        for row in self._rows(PAYMENTS, found):
            amount = float(row[7])
            settles = float(row[8]) if row[8] is not False else amount
            books.payments[row[0]] = facts.Payment(
                *row[:7], amount, settles, float(row[9]), money_has_come=bool(row[10])
            )
            if row[0] in recording:
                books.payments[row[0]].state = "draft"
        self._relate(books, matched)
        self._read_reversed(books)
        self._read_locks(books)
        self._read_alike_payments(books, rules_by_company)

    @api.model
    def _read_reversed(self, books):
        """What reversals and settlements did knowingly: it is no difference."""
        payments = books.payments
        released, settled_again = self._rows_of_each(
            [(RELEASED, payments), (SETTLED_AGAIN, payments)]
        )
        for payment_id, data in released:
            for release in ReleaseData.from_json(data).releases:
                payments[payment_id].kept += release.own_taken
        for payment_id, move_id in settled_again:
            payments[payment_id].settled_again.add(move_id)

    @api.model
    def _check_planned(self, invoices, payment):
        """What would differ on a payment that is not recorded yet.

        :param invoices: `account.move`
        :param payment: `facts.Payment` with the id 0
        :return: list of `Difference`
        """
        active = self.env["settlement.check.rule"]._get_active()
        rules_by_company = {payment.company: active.get(payment.company, {})}
        self._flush_tables()
        books = Books()
        self._read_invoices(books, invoices.ids)
        self._read_installments(books, invoices.ids)
        payment.invoices = [
            books.invoices[move_id] for move_id in sorted(books.invoices)
        ]
        books.payments[payment.id] = payment
        self._read_locks(books)
        self._read_alike_payments(books, rules_by_company)
        return self._apply(books, rules_by_company).get(payment.key, [])

    @api.model
    def _read_installments(self, books, move_ids):
        for row in self._rows(INSTALLMENTS, move_ids):
            books.invoices[row[0]].installments.append(
                facts.Installment(row[1], *map(float, row[2:5]), row[5] or None)
            )

    @api.model
    def _relate(self, books, matched):
        for (payment_id, move_id), amount in sorted(matched.items()):
            payment = books.payments.get(payment_id)
            invoice = books.invoices.get(move_id)
            if not payment or not invoice or invoice.kind not in INVOICE_TYPES:
                continue
            payment.invoices.append(invoice)
            if amount:
                payment.matched[move_id] = amount
            if payment.is_draft or payment.state in PAYMENT_IN_FORCE:
                invoice.payments.append(payment)

    @api.model
    def _read_locks(self, books):
        """The closed period, where a payment is still to be recorded."""
        drafts = [payment for payment in books.payments.values() if payment.is_draft]
        companies = self.env["res.company"].browse({p.company for p in drafts})
        # sudo: a lock date says nothing of the books.
        locks = {
            company.id: company._get_reversal_lock_date("payment")
            for company in companies.sudo()
        }
        for payment in drafts:
            lock = locks[payment.company]
            payment.lock = lock if lock > date.min else None

    @api.model
    def _read_alike_payments(self, books, rules_by_company):
        days = self._tolerances(rules_by_company, "payment_twice")
        payments = [
            payment
            for payment in books.payments.values()
            if payment.amount and payment.is_amount_known
        ]
        if not days or not payments:
            return
        columns = zip(
            *(
                (p.id, p.company, p.commercial, p.currency, p.amount, p.date)
                for p in payments
            ),
            strict=True,
        )
        for row in self._rows(ALIKE, *columns, max(days.values())):
            payment_id, other_id, is_open, paid, distance = row
            payment = books.payments[payment_id]
            if distance <= days.get(payment.company, -1):
                ours = {invoice.id for invoice in payment.invoices}
                is_shared = bool(ours.intersection(paid))
                payment.alike.append((other_id, is_open, is_shared))
