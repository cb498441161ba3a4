from odoo import fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

# What settles an invoice: (move, date, journal), a row for each match of its
# receivable, and for each payment that has no entry.
SETTLEMENTS = """
    SELECT line.move_id AS move, partial.max_date AS date, other.journal_id AS journal
      FROM account_move_line line
      JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
      JOIN account_move_line other ON other.id = partial.credit_move_id
     WHERE line.display_type = 'payment_term'
     UNION ALL
    SELECT line.move_id, partial.max_date, other.journal_id
      FROM account_move_line line
      JOIN account_partial_reconcile partial ON partial.credit_move_id = line.id
      JOIN account_move_line other ON other.id = partial.debit_move_id
     WHERE line.display_type = 'payment_term'
     UNION ALL
    SELECT rel.invoice_id, payment.date, payment.journal_id
      FROM account_move__account_payment rel
      JOIN account_payment payment ON payment.id = rel.payment_id
     WHERE payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
"""


# How a date that fits compares, and one that would be too late.
COMPARE = {
    ">": (SQL(">"), None),
    ">=": (SQL(">="), None),
    "<": (SQL("<"), SQL(">=")),
    "<=": (SQL("<="), SQL(">")),
}


class OrderReversalSettlementMixin(models.AbstractModel):
    """When a settled document was settled, and in which journal: to find it again."""

    _name = "order.reversal.settlement.mixin"
    _description = "Document that is found by its settlement"
    # Rows (id, date, journal) of settled documents, from SETTLEMENTS.
    _settlement_rows = None
    settlement_date = fields.Date(
        compute="_compute_settlement",
        search="_search_settlement_date",
        help="When it was paid in full: the date of its last payment.",
    )
    settlement_journal_ids = fields.Many2many(
        "account.journal",
        string="Settlement Journals",
        compute="_compute_settlement",
        search="_search_settlement_journal_ids",
        help="The bank, cash or other journals in which it was paid.",
    )

    def _compute_settlement(self):
        self.env.flush_all()
        found = {
            record_id: (date, journals)
            for record_id, date, journals in self.env.execute_query(
                SQL(
                    "SELECT id, MAX(date), ARRAY_AGG(DISTINCT journal) FROM (%s) found "
                    "WHERE id = ANY(%s) GROUP BY id",
                    SQL(self._settlement_rows),
                    self.ids,
                )
            )
        }
        for record in self:
            date, journals = found.get(record._origin.id, (False, []))
            record.settlement_date = date
            record.settlement_journal_ids = [Command.set(journals)]

    def _search_settlement_date(self, operator, value):
        """It is the last date that counts: one settles it then, and none afterwards."""
        if operator == "in":
            dates = [fields.Date.to_date(date) for date in value if date]
            domain = Domain.OR(
                self._settlement_domain(
                    SQL("found.date = %s", date), SQL("found.date > %s", date)
                )
                for date in dates
            )
            if False in value:
                domain |= ~self._settlement_domain()
            return domain
        if operator not in COMPARE or not value:
            return NotImplemented
        date = fields.Date.to_date(value)
        there, later = COMPARE[operator]
        return self._settlement_domain(
            SQL("found.date %s %s", there, date),
            later and SQL("found.date %s %s", later, date),
        )

    def _search_settlement_journal_ids(self, operator, value):
        journals = self.env["account.journal"]
        if operator in ("any", "any!"):
            ids = journals._search(value) if isinstance(value, Domain) else value
            return self._settlement_domain(
                SQL("found.journal IN %s", self._as_subselect(ids))
            )
        if operator != "in":
            return NotImplemented
        ids = [journal_id for journal_id in value if journal_id]
        domain = self._settlement_domain(SQL("found.journal = ANY(%s)", ids))
        if False in value:
            domain |= ~self._settlement_domain()
        return domain

    def _as_subselect(self, ids):
        return ids.subselect() if hasattr(ids, "subselect") else SQL("%s", tuple(ids))

    def _settlement_domain(self, there=SQL("TRUE"), but=None):
        """Documents with a settlement of one kind, and with none of another one.

        Asked of each document alone, and not of all at once: the database starts with
        the few settlements of a week, or with the first documents of a list, whichever
        is less, however many there are.

        :param SQL there: condition on a row `found`, see `_settlement_rows`
        :param SQL but: likewise
        """
        self.env.flush_all()
        rows = SQL(self._settlement_rows)

        def to_sql(_model, alias, _query):
            def exists(condition):
                return SQL(
                    "EXISTS (SELECT 1 FROM (%s) found WHERE found.id = %s AND %s)",
                    rows,
                    SQL.identifier(alias, "id"),
                    condition,
                )

            if but is None:
                return exists(there)
            return SQL("(%s AND NOT %s)", exists(there), exists(but))

        return Domain.custom(to_sql=to_sql)
