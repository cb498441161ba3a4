from odoo import fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

# What settles an invoice (`{join}` leads from it to the documents): a row for each
# match of its receivable, and for each payment that has no entry. Each part is joined
# by itself, so that the database may begin at either end of it.
SETTLEMENTS = """
    SELECT {id} AS id, partial.max_date AS date, other.journal_id AS journal
      FROM account_partial_reconcile partial
      JOIN account_move_line other ON other.id = partial.credit_move_id
      JOIN account_move_line line
        ON line.id = partial.debit_move_id AND line.display_type = 'payment_term'
      JOIN account_move move ON move.id = line.move_id
      {join}
     UNION ALL
    SELECT {id}, partial.max_date, other.journal_id
      FROM account_partial_reconcile partial
      JOIN account_move_line other ON other.id = partial.debit_move_id
      JOIN account_move_line line
        ON line.id = partial.credit_move_id AND line.display_type = 'payment_term'
      JOIN account_move move ON move.id = line.move_id
      {join}
     UNION ALL
    SELECT {id}, payment.date, payment.journal_id
      FROM account_payment payment
      JOIN account_move__account_payment link ON link.payment_id = payment.id
      JOIN account_move move ON move.id = link.invoice_id
      {join}
     WHERE payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
"""
# Up to so many settlements, their documents are read from them.
FEW = 20_000
# How a date that fits compares, and one that would be too late.
COMPARE = {">": (">", None), ">=": (">=", None), "<": ("<", ">="), "<=": ("<=", ">")}


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
            domain = Domain.OR(self._dated_domain("=", ">", date) for date in dates)
            if False in value:
                domain |= ~self._settlement_domain(SQL("TRUE"), few=True)
            return domain
        if operator not in COMPARE or not value:
            return NotImplemented
        date = fields.Date.to_date(value)
        return self._dated_domain(*COMPARE[operator], date)

    def _dated_domain(self, there, later, date):
        """Documents with a settlement that compares so to a date, and none so.

        :param str there, later: operators; `later` may be None
        """
        compare = {name: SQL(name) for name in ("=", "<", "<=", ">", ">=")}
        domain = self._settlement_domain(
            SQL("found.date %s %s", compare[there], date),
            few=self._are_few(
                SQL(
                    "account_partial_reconcile WHERE max_date %s %s",
                    compare[there],
                    date,
                )
            ),
        )
        if later:
            domain &= ~self._settlement_domain(
                SQL("found.date %s %s", compare[later], date)
            )
        return domain

    def _search_settlement_journal_ids(self, operator, value):
        journals = self.env["account.journal"]
        if operator in ("any", "any!"):
            value = journals._search(value) if isinstance(value, Domain) else value
            value = list(value)
        elif operator != "in":
            return NotImplemented
        ids = [journal_id for journal_id in value if journal_id]
        domain = self._settlement_domain(
            SQL("found.journal = ANY(%s)", ids),
            few=self._are_few(SQL("account_move_line WHERE journal_id = ANY(%s)", ids)),
        )
        if False in value:
            domain |= ~self._settlement_domain(SQL("TRUE"), few=True)
        return domain

    def _are_few(self, source):
        """Whether so few rows are there that it's best to begin with them."""
        self.env.flush_all()
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM (SELECT FROM %s LIMIT %s) found", source, FEW + 1)
        )
        return count <= FEW

    def _settlement_domain(self, condition, few=False):
        """Documents with a settlement of this kind.

        Of many, each document is asked by itself: a page of a list, or those that
        another condition found, are few, however many there are in all.

        :param SQL condition: on a row `found`, see `_settlement_rows`
        :param bool few: begin with the settlements
        """
        self.env.flush_all()
        rows = SQL(self._settlement_rows)

        def to_sql(_model, alias, _query):
            record = SQL.identifier(alias, "id")
            if few:
                return SQL(
                    "%s IN (SELECT found.id FROM (%s) found WHERE %s)",
                    record,
                    rows,
                    condition,
                )
            # OFFSET: else the database joins all settlements first.
            return SQL(
                "EXISTS (SELECT FROM (%s) found WHERE found.id = %s AND %s OFFSET 0)",
                rows,
                record,
                condition,
            )

        return Domain.custom(to_sql=to_sql)
