"""A year of reversals: real ones, and copies of all that belongs to them.

The database inserts the rows again and again, with other ids, days, people and amounts.
Amounts and quantities of a copy are a whole multiple, so that what adds up in the
original adds up in the copy, to the cent.
"""

import re

from odoo.tools import SQL

YEAR = 2031

#: What is counted: asked for or done in the year, no draft, no restore, no practice.
COUNTED = SQL(
    "state <> 'draft' AND restores_id IS NULL AND NOT COALESCE(is_practice, FALSE) "
    "AND COALESCE(done_on, requested_on, create_date) >= %s "
    "AND COALESCE(done_on, requested_on, create_date) < %s",
    f"{YEAR}-01-01",
    f"{YEAR + 1}-01-01",
)
#: Orders of reversals, those of an invoice found by its lines.
ORDERED = """
    SELECT r.*, COALESCE(r.order_id, (
               SELECT DISTINCT line.order_id
                 FROM account_move_line item
                 JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
                 JOIN sale_order_line line ON line.id = link.order_line_id
                WHERE item.move_id = r.move_id)) AS sold_by
      FROM order_reversal r
     WHERE r.company_id = %s AND (%s)"""
#: What each reversal takes back of each product: of its credit notes and voided
#: invoices, of the part that is asked for, or of the order.
TAKEN = """
    made AS (
        SELECT step.reversal_id, item.product_id, item.price_total, item.quantity
          FROM order_reversal_step step
          JOIN account_move entry
            ON entry.id = CASE WHEN step.result_model = 'account.move'
                               THEN step.result_id ELSE step.res_id END
           AND (step.result_model = 'account.move' AND entry.move_type = 'out_refund'
             OR step.res_model = 'account.move' AND entry.state = 'cancel')
          JOIN account_move_line item ON item.move_id = entry.id
           AND item.display_type = 'product'
         WHERE step.done),
    taken AS (
        SELECT * FROM made
     UNION ALL
        SELECT part.reversal_id, line.product_id,
               ROUND(line.price_total * part.quantity::numeric
                     / line.product_uom_qty, 2),
               part.quantity
          FROM order_reversal_line part
          JOIN sale_order_line line ON line.id = part.order_line_id
         WHERE part.reversal_id NOT IN (SELECT reversal_id FROM made)
     UNION ALL
        SELECT r.id, line.product_id, line.price_total, line.product_uom_qty
          FROM counted r
          JOIN sale_order_line line ON line.order_id = r.sold_by
         WHERE r.id NOT IN (SELECT reversal_id FROM made)
           AND r.id NOT IN (SELECT reversal_id FROM order_reversal_line))"""
#: From the id of a row to the one of its next copy: more than any original id.
STRIDE = 100_000
#: Columns with the model that an id is of in another one.
REFERENCES = {"res_id": "res_model", "result_id": "result_model"}
MULTIPLIED = re.compile(
    "(amount|price_(subtotal|total|tax)|quantity$|product_uom_qty|product_qty|qty_"
    "|balance|debit|credit|value$)"
)
NUMBERS = ("numeric", "double precision")
#: Columns of their own, as SQL over the original row `t` and the number `k`.
OWN = {
    ("sale_order", "name"): "t.name || '/' || k",
    ("account_move", "name"): "t.name || '/' || k",
    ("account_move", "sequence_prefix"): "t.sequence_prefix || k || '/'",
    ("account_move", "origin_payment_id"): "NULL",
    ("account_payment", "name"): "t.name || '/' || k",
    ("account_move_line", "full_reconcile_id"): "NULL",
    ("account_move_line", "matching_number"): "NULL",
    ("account_partial_reconcile", "full_reconcile_id"): "NULL",
    ("order_reversal", "name"): "t.name || '/' || k",
    ("order_reversal", "log_row"): "NULL",
    ("order_reversal", "log_hash"): "NULL",
    ("stock_picking", "name"): "t.name || '/' || k",
}
DOCUMENTS = "k * 37 % 300"
LATE = f"{DOCUMENTS} + k * 11 % 45"
#: When it was asked for, carried out and settled again, in days after the original.
ASKED = f"({LATE}) * INTERVAL '1 day' + (k * 613 % 1440) * INTERVAL '1 minute'"
DONE = f"{ASKED} + (k * 97 % 3000) * INTERVAL '1 minute'"
AGAIN = f"{DONE} + (k % 23) * INTERVAL '1 day'"
MOMENTS = {
    ("order_reversal", "create_date"): ASKED,
    ("order_reversal", "requested_on"): ASKED,
    ("order_reversal", "approved_on"): DONE,
    ("order_reversal", "done_on"): DONE,
    ("order_settlement", "done_on"): AGAIN,
    ("account_partial_reconcile", "create_date"): AGAIN,
}


def belonging_to(reversals):
    """What belongs to reversals: what refers to a row comes after it.

    :return: {table: ids}, or {table of a relation: (column, ids)}
    """
    env = reversals.env
    reversals = reversals.sudo()
    found = {name: env[name].sudo() for name in ("account.move", "account.payment")}
    for step in reversals.step_ids:
        for model, record_id in (
            (step.res_model, step.res_id),
            (step.result_model, step.result_id),
        ):
            if model in found and record_id:
                found[model] |= found[model].browse(record_id)
    moves = found["account.move"] | reversals.move_id
    orders = reversals.order_id | moves.line_ids.sale_line_ids.order_id
    moves |= orders.order_line.invoice_lines.move_id
    payments = found["account.payment"] | reversals.payment_id
    moves |= payments.move_id
    items = moves.line_ids
    partials = items.matched_debit_ids | items.matched_credit_ids
    settlements = env["order.settlement"].sudo()
    return {
        "sale_order": orders.ids,
        "sale_order_line": orders.order_line.ids,
        "account_move": moves.ids,
        "account_payment": payments.ids,
        "account_move_line": items.ids,
        "account_partial_reconcile": partials.ids,
        "sale_order_line_invoice_rel": ("order_line_id", orders.order_line.ids),
        "account_move__account_payment": ("payment_id", payments.ids),
        "order_reversal": reversals.ids,
        "order_reversal_line": reversals.line_ids.ids,
        "order_reversal_step": reversals.step_ids.ids,
        "order_settlement": settlements.search(
            [("reversal_id", "in", reversals.ids)]
        ).ids,
    }


def repeat(cr, rows, copies, first_day, choices):
    """Insert rows again and again.

    :param dict rows: see `belonging_to`; other tables may be added
    :param int copies: how many of each row
    :param date first_day: of the documents of the first copy
    :param dict choices: {(table, column): ids}, one after the other; a column that is
        empty in the original stays empty
    """
    cr.execute("SELECT %s::date - CURRENT_DATE", [first_day])
    days = cr.fetchone()[0]
    for table, ids in rows.items():
        key, ids = ids if isinstance(ids, tuple) else ("id", ids)
        columns = _columns(cr, table, rows, days, choices)
        cr.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(columns.values())} FROM {table} t "
            f"CROSS JOIN generate_series(1, {copies}) k "
            f"WHERE t.{key} = ANY(ARRAY{list(ids)}::int[])"
        )
        cr.execute(f"ANALYZE {table}")


def _columns(cr, table, rows, days, choices):
    """{column: SQL} of a copy."""
    cr.execute(
        """SELECT attribute.attname, format_type(attribute.atttypid, NULL),
                  other.relname
             FROM pg_attribute attribute
        LEFT JOIN pg_constraint reference
               ON reference.conrelid = attribute.attrelid AND reference.contype = 'f'
              AND reference.conkey = ARRAY[attribute.attnum]
        LEFT JOIN pg_class other ON other.oid = reference.confrelid
            WHERE attribute.attrelid = %s::regclass AND attribute.attnum > 0
              AND NOT attribute.attisdropped""",
        [table],
    )
    found = cr.fetchall()
    return {
        name: _column(table, name, kind, parent, rows, days, choices)
        for name, kind, parent in found
    }


def _column(table, name, kind, parent, rows, days, choices):
    own = f"t.{name}"
    if (table, name) in OWN:
        return OWN[table, name]
    if name == "id":
        return f"t.id + k * {STRIDE}"
    if (table, name) in choices:
        ids = list(choices[table, name])
        pick = f"(ARRAY{ids})[1 + k % {len(ids)}]"
        return f"CASE WHEN {own} IS NOT NULL THEN {pick} END"
    if parent in rows and not isinstance(rows[parent], tuple):
        return _moved_on(own, rows[parent])
    if name in REFERENCES:
        cases = " ".join(
            f"WHEN '{other.replace('_', '.')}' THEN {_moved_on(own, ids)}"
            for other, ids in rows.items()
            if not isinstance(ids, tuple)
        )
        return f"CASE t.{REFERENCES[name]} {cases} ELSE {own} END"
    if (table, name) in MOMENTS:
        return f"{own} + {days} * INTERVAL '1 day' + {MOMENTS[table, name]}"
    if kind == "date":
        late = LATE if table.startswith("order_") else DOCUMENTS
        return f"({own} + {days} + {late})::date"
    if kind in NUMBERS and MULTIPLIED.match(name):
        return f"{own} * (1 + k % 7)"
    return own


def _moved_on(column, ids):
    """The same row's copy, where it has one."""
    copied = f"ARRAY{list(ids)}::int[]"
    return f"CASE WHEN {column} = ANY({copied}) THEN {column} + k * {STRIDE} " + (
        f"ELSE {column} END"
    )


class YearMixin:
    """Both sides of a comparison, for a case that has a `report` and a `reporter`."""

    def expect(self, query, *values):
        """Rows of plain SQL, in which `counted` are the reversals that count."""
        counted = SQL(ORDERED, self.company.id, COUNTED)
        return self.env.execute_query(
            SQL("WITH counted AS (%s) %s", counted, SQL(query, *values))
        )

    def found(self, groupby, aggregates, domain=()):
        """The same from the analysis, as a reporter reads it: ids, numbers, texts."""
        rows = self.report.with_user(self.reporter)._read_group(
            [
                ("date", ">=", f"{YEAR}-01-01"),
                ("date", "<", f"{YEAR + 1}-01-01"),
                *domain,
            ],
            groupby,
            aggregates,
        )
        return [tuple(getattr(value, "id", value) for value in row) for row in rows]

    def assertFigures(self, found, expected, digits=2):
        """Equal group by group; amounts to the cent."""

        def rounded(rows):
            return {
                row[0] or None: tuple(
                    None if value is None else round(float(value), digits)
                    for value in row[1:]
                )
                for row in rows
            }

        self.assertTrue(expected)
        self.assertEqual(rounded(found), rounded(expected))
