from odoo import fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

# What settles an entry: a row for each match of its receivable, and for each payment
# that has no entry. Each part is joined by itself, so that the database may begin at
# either end of it; the item on the other side is left out where nobody asks for it.
SETTLEMENTS = """
    SELECT line.move_id, partial.max_date AS date, other.journal_id AS journal
      FROM account_partial_reconcile partial
      JOIN account_move_line line
        ON line.id = partial.debit_move_id AND line.display_type = 'payment_term'
 LEFT JOIN account_move_line other ON other.id = partial.credit_move_id
     WHERE {line}
     UNION ALL
    SELECT line.move_id, partial.max_date, other.journal_id
      FROM account_partial_reconcile partial
      JOIN account_move_line line
        ON line.id = partial.credit_move_id AND line.display_type = 'payment_term'
 LEFT JOIN account_move_line other ON other.id = partial.debit_move_id
     WHERE {line}
     UNION ALL
    SELECT link.invoice_id, payment.date, payment.journal_id
      FROM account_payment payment
      JOIN account_move__account_payment link ON link.payment_id = payment.id
     WHERE payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
       AND {link}
"""
ALL = SETTLEMENTS.format(line="TRUE", link="TRUE")
OF_ENTRY = SETTLEMENTS.format(
    line="line.move_id = own.move_id", link="link.invoice_id = own.move_id"
)
# Of so many documents the client asks for the count.
COUNTED = 10_000
# Dates that are too late, where all up to a date are searched for.
LATER = {"<": ">=", "<=": ">"}


class OrderReversalSettlementMixin(models.AbstractModel):
    """When a settled document was settled, and in which journal: to find it again."""

    _name = "order.reversal.settlement.mixin"
    _description = "Document that is found by its settlement"
    # Which documents are settled at all.
    _settled_domain = None
    # SELECT of the entries of documents: (id, move_id).
    _settlement_entries = None
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
        settled = self._origin.filtered_domain(Domain(self._settled_domain))
        found = {
            record_id: (date, journals)
            for record_id, date, journals in self.env.execute_query(
                SQL(
                    "SELECT document.id, MAX(date), ARRAY_AGG(DISTINCT journal) "
                    "FROM UNNEST(%s::int[]) document (id) "
                    "CROSS JOIN LATERAL (SELECT %s) found "
                    "GROUP BY document.id",
                    settled.ids,
                    self._settlements_of(
                        SQL("document.id"), "date, journal", "DISTINCT"
                    ),
                )
            )
        }
        for record in self:
            date, journals = found.get(record._origin.id, (False, []))
            record.settlement_date = date
            record.settlement_journal_ids = [Command.set(journals)]

    # ------------------------------------------------------------------
    # Search
    # ------------------------------------------------------------------

    def _search_settlement_date(self, operator, value):
        """It is the last date that counts."""
        if operator == "in":
            dates = [fields.Date.to_date(date) for date in value if date]
            domain = Domain.OR(self._dated_domain("=", date) for date in dates)
            return domain | self._undated_domain() if False in value else domain
        if operator not in (">", ">=", *LATER) or not value:
            return NotImplemented
        return self._dated_domain(operator, fields.Date.to_date(value))

    def _dated_domain(self, operator, date):
        """Documents whose settlement date compares so to a date.

        Up to a date, the database begins with what was settled until then, or leaves
        out what was settled later: whichever is less. Newest documents stand first in
        a list, so that asking one after the other would find them last.
        """
        settled = Domain(self._settled_domain)
        compare = SQL("date %s %s", SQL(operator), date)
        if operator not in LATER:
            few = self._are_few(self._matches(compare))
            if few:
                settled &= self._among_domain(compare)
            if operator == "=":
                return settled & self._last_domain(compare)
            return settled if few else settled & self._each_domain(compare)
        later = SQL("date %s %s", SQL(LATER[operator]), date)
        if self._are_few(self._matches(later)) or not self._are_few(
            self._matches(compare), share=0.5
        ):
            return settled & self._not_among_domain(later) & self._any_domain()
        return settled & self._among_domain(compare) & self._last_domain(compare)

    def _matches(self, condition):
        return SQL("account_partial_reconcile WHERE max_%s", condition)

    def _search_settlement_journal_ids(self, operator, value):
        journals = self.env["account.journal"]
        if operator in ("any", "any!"):
            value = journals._search(value) if isinstance(value, Domain) else value
            value = list(value)
        elif operator != "in":
            return NotImplemented
        ids = [journal_id for journal_id in value if journal_id]
        compare = SQL("journal = ANY(%s)", ids)
        few = self._are_few(SQL("account_move_line WHERE journal_id = ANY(%s)", ids))
        domain = Domain(self._settled_domain) & (
            self._among_domain(compare) if few else self._each_domain(compare)
        )
        return domain | self._undated_domain() if False in value else domain

    def _undated_domain(self):
        """Documents that no settlement settles."""
        return ~Domain(self._settled_domain) | ~self._any_domain()

    def _any_domain(self):
        """Settled documents with a settlement: all but those over nothing.

        The host takes an invoice for paid when nothing is due (`payment_state`).
        Without a match that can only be one that never was over anything.
        """
        nothing = SQL(
            """SELECT document.id FROM account_move move
                 JOIN (%s) document ON document.move_id = move.id
                WHERE move.amount_total = 0 AND move.state = 'posted'
                  AND move.payment_state IN ('in_payment', 'paid')""",
            SQL(self._settlement_entries),
        )
        return self._sql_domain(
            lambda record: SQL(
                "CASE WHEN %s IN (%s) THEN %s ELSE TRUE END",
                record,
                nothing,
                self._has_settlement(record, SQL("TRUE")),
            )
        )

    def _among_domain(self, condition):
        """Documents of such settlements; the database begins with these.

        ARRAY: else it may go through all documents in their order instead.

        :param SQL condition: on the columns of `SETTLEMENTS`
        """
        return self._sql_domain(
            lambda record: SQL(
                "%s = ANY(ARRAY(%s))", record, self._documents_of(condition)
            )
        )

    def _not_among_domain(self, condition):
        """Documents without such a settlement; the database begins with these."""
        return self._sql_domain(
            lambda record: SQL(
                "NOT EXISTS (SELECT FROM (%s) other WHERE other.id = %s)",
                self._documents_of(condition),
                record,
            )
        )

    def _each_domain(self, condition):
        """Documents with such a settlement; each document is asked by itself.

        A page of a list, or those that another condition found, are few, however many
        there are in all.
        """
        return self._sql_domain(lambda record: self._has_settlement(record, condition))

    def _last_domain(self, condition):
        """Documents whose last settlement is such a one; each is asked by itself."""
        return self._sql_domain(
            lambda record: SQL(
                """(SELECT COALESCE(%s, FALSE)
                      FROM (SELECT MAX(date) AS date FROM (SELECT %s) every) last)""",
                condition,
                self._settlements_of(record, "date", "DISTINCT"),
            )
        )

    def _sql_domain(self, condition):
        """:param condition: SQL of a record's id -> SQL"""
        self.env.flush_all()
        return Domain.custom(
            to_sql=lambda _model, alias, _query: condition(SQL.identifier(alias, "id"))
        )

    def _has_settlement(self, record, condition):
        """OFFSET: else the database joins all settlements first."""
        return SQL(
            "EXISTS (SELECT %s WHERE %s OFFSET 0)",
            self._settlements_of(record),
            condition,
        )

    def _settlements_of(self, record, columns="", distinct=""):
        """The settlements of one document, behind SELECT.

        :param SQL record: its id
        :param str distinct: `DISTINCT` to have each once, else once for each line of
            the document
        """
        return SQL(
            """%s FROM (SELECT %s entry.move_id FROM (%s) entry
                         WHERE entry.id = %s) own
            CROSS JOIN LATERAL (%s) settlement""",
            SQL(columns),
            SQL(distinct),
            SQL(self._settlement_entries),
            record,
            SQL(OF_ENTRY),
        )

    def _documents_of(self, condition):
        """The documents of such settlements: SELECT id."""
        return SQL(
            """SELECT document.id FROM (SELECT * FROM (%s) every WHERE %s) settlement
                 JOIN (%s) document ON document.move_id = settlement.move_id""",
            SQL(ALL),
            condition,
            SQL(self._settlement_entries),
        )

    def _are_few(self, source, share=0.0):
        """Whether it's best to begin with these rows.

        Then each costs a step for the page and one for the count. Else each document
        is asked until enough are found, of which these are a part.

        :param SQL source: table and condition
        :param float share: of all matches, so many are few in any case
        """
        self.env.flush_all()
        [(matches,)] = self.env.execute_query(
            SQL(
                "SELECT GREATEST(reltuples, 0) FROM pg_class "
                "WHERE oid = 'account_partial_reconcile'::regclass"
            )
        )
        limit = int(max(COUNTED, (COUNTED / 2 * matches) ** 0.5, share * matches))
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM (SELECT FROM %s LIMIT %s) found", source, limit)
        )
        return count < limit
