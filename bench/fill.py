"""A large database: settled orders and past reversals copied by the database itself.

A few real ones are made by the host and the addon; then each of their rows, and of all
rows that belong to them, is inserted again and again with other ids, numbers and
dates. The audit log alone is made by this program, so that its chain holds.
"""

import json
from contextlib import contextmanager

from psycopg2.extras import execute_values

from odoo.addons.erp_order_reversal.proof import verify_log

#: What belongs to an order, below what it refers to. Their rows are copied.
TABLES = (
    "res_partner",
    "sale_order",
    "sale_order_line",
    "account_move",
    "account_payment",
    "account_full_reconcile",
    "account_move_line",
    "account_partial_reconcile",
    "account_move__account_payment",
    "sale_order_line_invoice_rel",
    "account_tax_sale_order_line_rel",
    "account_move_line_account_tax_rel",
    "account_account_tag_account_move_line_rel",
    "order_reversal",
    "order_reversal_step",
    "order_reversal_effect",
    "order_reversal_sale_order_rel",
)
#: Columns that hold an id with the name of its model in another one.
REFERENCES = {
    "order_reversal_step": (("res_model", "res_id"), ("result_model", "result_id")),
    "order_reversal_effect": (("res_model", "res_id"),),
}
MODELS = {
    "sale.order": "sale_order",
    "account.move": "account_move",
    "account.payment": "account_payment",
    "order.reversal": "order_reversal",
}
#: Numbers that have to be different.
OWN = {
    ("sale_order", "name"): "t.name || '/' || k",
    ("account_payment", "name"): "t.name || '/' || k",
    ("account_move", "name"): "t.sequence_prefix || 'C' || k || '-' || t.name",
    ("account_move", "sequence_prefix"): "t.sequence_prefix || 'C' || k || '-'",
    ("order_reversal", "name"): "t.name || '/' || k",
    ("order_reversal", "log_row"): "NULL",
    ("order_reversal", "log_hash"): "NULL",
}
#: The past that they are spread over, in days.
DAYS = 3650


def fill(cr, partner_ids, copies: int, first: int = 0) -> None:
    """Insert `copies` times all that belongs to these customers.

    :param int first: so many copies of it were made before
    """
    cr.execute("SET session_replication_role = replica")  # the copies refer right
    for table in TABLES:
        cr.execute(f"DROP TABLE IF EXISTS of_{table}")
    _find_rows(cr, partner_ids)
    with _without_indexes(cr):
        _insert(cr, copies, first)
    cr.execute("SET session_replication_role = origin")


def _insert(cr, copies, first):
    tables = {table: _keys(cr, table) for table in TABLES}
    for table in TABLES:
        columns, expressions, joins = _columns(cr, table, tables, first)
        cr.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(expressions)} FROM {table} t JOIN of_{table} own "
            f"ON t.ctid = own.at {joins} "
            f"CROSS JOIN generate_series({first + 1}, {first + copies}) k"
        )
        if "id" in columns:
            cr.execute(
                f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))"
            )


@contextmanager
def _without_indexes(cr):
    """Drop the indexes of the tables, and build them when the rows are there.

    Both in the transaction of the caller. Keys and constraints keep theirs.
    """
    cr.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid),
                  obj_description(indexrelid)
             FROM pg_index own
            WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
                      SELECT FROM pg_constraint WHERE conindid = own.indexrelid)""",
        [list(TABLES)],
    )
    indexes = cr.fetchall()
    for name, _definition, _comment in indexes:
        cr.execute(f"DROP INDEX {name}")
    yield
    cr.execute("SET LOCAL maintenance_work_mem = '1GB'")
    cr.execute("SET LOCAL max_parallel_maintenance_workers = 0")  # one core is enough
    for name, definition, comment in indexes:
        cr.execute(definition)
        # The host sees by the comment whether its definition has changed.
        cr.execute(f"COMMENT ON INDEX {name} IS %s", [comment])


def _find_rows(cr, partner_ids):
    """Temporary tables `of_<table>`: (at, id, rank) of the rows to be copied."""
    selects = {
        "res_partner": "SELECT ctid, id FROM res_partner WHERE id = ANY(%(ids)s)",
        "sale_order": "SELECT ctid, id FROM sale_order WHERE partner_id = ANY(%(ids)s)",
        "sale_order_line": _below("sale_order_line", "order_id", "sale_order"),
        "account_move": "SELECT ctid, id FROM account_move "
        "WHERE partner_id = ANY(%(ids)s)",
        "account_payment": "SELECT ctid, id FROM account_payment "
        "WHERE partner_id = ANY(%(ids)s)",
        "account_move_line": _below("account_move_line", "move_id", "account_move"),
        "account_full_reconcile": "SELECT ctid, id FROM account_full_reconcile "
        "WHERE id IN (SELECT full_reconcile_id FROM account_move_line item "
        "JOIN of_account_move move ON move.id = item.move_id)",
        "account_partial_reconcile": _below(
            "account_partial_reconcile", "debit_move_id", "account_move_line"
        ),
        "account_move__account_payment": _below(
            "account_move__account_payment", "payment_id", "account_payment", False
        ),
        "sale_order_line_invoice_rel": _below(
            "sale_order_line_invoice_rel", "order_line_id", "sale_order_line", False
        ),
        "account_tax_sale_order_line_rel": _below(
            "account_tax_sale_order_line_rel",
            "sale_order_line_id",
            "sale_order_line",
            False,
        ),
        "account_move_line_account_tax_rel": _below(
            "account_move_line_account_tax_rel",
            "account_move_line_id",
            "account_move_line",
            False,
        ),
        "account_account_tag_account_move_line_rel": _below(
            "account_account_tag_account_move_line_rel",
            "account_move_line_id",
            "account_move_line",
            False,
        ),
        "order_reversal": _below("order_reversal", "order_id", "sale_order"),
        "order_reversal_step": _below(
            "order_reversal_step", "reversal_id", "order_reversal"
        ),
        "order_reversal_effect": _below(
            "order_reversal_effect", "reversal_id", "order_reversal"
        ),
        "order_reversal_sale_order_rel": _below(
            "order_reversal_sale_order_rel", "sale_order_id", "sale_order", False
        ),
    }
    for table in TABLES:
        cr.execute(
            f"CREATE TEMP TABLE of_{table} AS SELECT at, id, "
            f"ROW_NUMBER() OVER (ORDER BY id) - 1 AS rank "
            f"FROM ({selects[table]}) found (at, id)",
            {"ids": list(partner_ids)},
        )
        cr.execute(f"ANALYZE of_{table}")


def _below(table, column, parent, has_id=True):
    return (
        f"SELECT t.ctid, {'t.id' if has_id else '0'} FROM {table} t "
        f"JOIN of_{parent} parent ON parent.id = t.{column}"
    )


def _keys(cr, table):
    """(largest id, rows to be copied) of a table; (0, rows) where it has no id."""
    cr.execute(f"SELECT COUNT(*), MAX(id) FROM of_{table}")
    count, last = cr.fetchone()
    if not last:
        return 0, count
    cr.execute(f"SELECT MAX(id) FROM {table}")
    return cr.fetchone()[0], count


def _columns(cr, table, tables, first):
    """Columns of a copy, how each comes about, and the joins that it takes."""
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
    columns, expressions, joins = [], [], []
    k = f"(k - {first + 1})"
    numbers = None
    references = {name: model for model, name in REFERENCES.get(table, ())}
    for name, kind, parent in cr.fetchall():
        if name == "matching_number":
            continue  # it is the number of the full match, see below
        columns.append(name)
        joined = f"of_{name}"
        if (table, name) in OWN:
            expression = OWN[table, name]
        elif name == "id":
            expression = _shifted(tables[table], "own", k)
        elif parent in tables:
            joins.append(f"LEFT JOIN of_{parent} {joined} ON {joined}.id = t.{name}")
            expression = f"COALESCE({_shifted(tables[parent], joined, k)}, t.{name})"
            if name == "full_reconcile_id" and table == "account_move_line":
                numbers = f"COALESCE(({expression})::text, t.matching_number)"
        elif name in references:
            cases = []
            for model, of_model in MODELS.items():
                alias = f"{joined}_{of_model}"
                joins.append(
                    f"LEFT JOIN of_{of_model} {alias} ON {alias}.id = t.{name} "
                    f"AND t.{references[name]} = '{model}'"
                )
                cases.append(_shifted(tables[of_model], alias, k))
            expression = f"COALESCE({', '.join(cases)}, t.{name})"
        elif kind == "date":
            expression = f"t.{name} - (k * 37 % {DAYS})"
        elif kind.startswith("timestamp") and name != "verified_on":
            expression = f"t.{name} - (k * 37 % {DAYS}) * INTERVAL '1 day'"
        else:
            expression = f"t.{name}"
        expressions.append(expression)
    if numbers:
        columns.append("matching_number")
        expressions.append(numbers)
    return columns, expressions, " ".join(joins)


def _shifted(key, alias, k):
    last, count = key
    return f"({last} + {k} * {count} + 1 + {alias}.rank)::int"


def chain(cr, company_id: int, size: int = 5000) -> int:
    """Log copied reversals as the ones that they are copies of.

    :return: how many rows were inserted
    """
    columns = [*verify_log.COLUMNS, "number", "content_hash", "previous_hash", "hash"]
    names = ", ".join(columns)
    cr.execute(
        f"SELECT {names} FROM order_reversal_log WHERE company_id = %s AND reversal_id "
        "IN (SELECT id FROM order_reversal WHERE state = 'done') ORDER BY id",
        [company_id],
    )
    patterns = {}
    for row in cr.dictfetchall():
        patterns.setdefault(row["reversal_id"], []).append(row)
    cr.execute(
        "SELECT name, id FROM order_reversal WHERE id = ANY(%s)", [list(patterns)]
    )
    patterns = {name: patterns[reversal_id] for name, reversal_id in cr.fetchall()}
    cr.execute(
        "SELECT number, hash FROM order_reversal_log WHERE company_id = %s "
        "ORDER BY id DESC LIMIT 1",
        [company_id],
    )
    number, previous = cr.fetchone()
    cr.execute(
        "SELECT id, name FROM order_reversal WHERE log_row IS NULL AND state = 'done' "
        "AND company_id = %s ORDER BY id",
        [company_id],
    )
    copies = cr.fetchall()
    count = 0
    for start in range(0, len(copies), size):
        made, last = [], []
        for reversal_id, name in copies[start : start + size]:
            for row in patterns[name.rpartition("/")[0]]:
                number += 1
                new = {**row, "reversal_id": reversal_id, "number": number}
                new["previous_hash"] = previous
                new["content_hash"] = verify_log.content_hash(_content(new))
                new["hash"] = previous = verify_log.row_hash(new)
                new["detail"] = json.dumps(row["detail"])
                made.append([new[column] for column in columns])
            last.append((reversal_id, previous))
        execute_values(
            cr._obj,
            f"INSERT INTO order_reversal_log ({names}) VALUES %s",
            made,
            page_size=1000,
        )
        execute_values(
            cr._obj,
            "UPDATE order_reversal r SET log_row = log.id, log_hash = log.hash "
            "FROM (VALUES %s) last (reversal, hash) "
            "JOIN order_reversal_log log ON log.hash = last.hash "
            "WHERE r.id = last.reversal",
            last,
            page_size=1000,
        )
        count += len(made)
    return count


def _content(row):
    content = {name: row[name] or None for name in verify_log.COLUMNS}
    content["create_date"] = str(row["create_date"])
    content["detail"] = row["detail"] or {}
    return content | {"number": row["number"], "version": verify_log.VERSION}
