"""What a client sends is looked at before anything is done with it."""

import math

from odoo.exceptions import ValidationError
from odoo.orm.identifiers import NewId
from odoo.tools import SQL


def check_records(records):
    """Refuse ids that stand for no stored record.

    The host takes 0, false and null for records that are about to be created, which
    may be read and written by everybody, and fails on texts and decimals.

    :param records: recordset, as the dispatcher of RPC made it
    :raise ValidationError: an id that is no positive whole number, or of no record
    """
    wrong = [
        record_id
        for record_id in records._ids
        if not isinstance(record_id, NewId)
        and (type(record_id) is not int or not 0 < record_id < 2**31)
    ]
    if not wrong:
        stored = records.browse(i for i in records._ids if isinstance(i, int))
        existing = set(still_existing(stored)._ids)
        wrong = [i for i in stored._ids if i not in existing]
    if wrong:
        raise ValidationError(
            records.env._(
                "There is no “%(model)s” with the number %(ids)s. Refresh the list, "
                "choose again, and retry.",
                model=records._description,
                ids=", ".join(str(wrong_id) for wrong_id in wrong),
            )
        )


def still_existing(records):
    """Those of stored records that exist, as `exists`, without asking for what is read.

    Whatever the host deletes, it empties the whole cache (`BaseModel.unlink`), and so
    does a savepoint that is rolled back: what is in there was read and is there yet.
    """
    read = _get_read_ids(records)
    unknown = records.browse(i for i in records._ids if i not in read)
    existing = {*unknown.exists()._ids}
    return records.browse(i for i in records._ids if i in read or i in existing)


def _get_read_ids(model):
    """Ids of a model whose records were read as a whole and not deleted since."""
    field = model._fields.get("create_uid")
    return field._get_cache(model.env) if field else ()


def find_existing(env, ids):
    """Which of many ids stand for stored records, in one query over all models.

    :param dict ids: {model: ids}
    :return: {model: list of ids, ascending}
    """
    found = {}
    parts = []
    for model, of_model in ids.items():
        read = _get_read_ids(env[model])
        found[model] = [record_id for record_id in of_model if record_id in read]
        wanted = [rid for rid in of_model if rid and rid not in read]
        if wanted:
            table = SQL.identifier(env[model]._table)
            parts.append(
                SQL("SELECT %s, id FROM %s WHERE id = ANY(%s)", model, table, wanted)
            )
    if parts:
        for model, record_id in env.execute_query(SQL(" UNION ALL ").join(parts)):
            found[model].append(record_id)
    return {model: sorted(of_model) for model, of_model in found.items()}


def check_one(records):
    """As `check_records`, and exactly one.

    :raise ValidationError: none, several, or no stored record
    """
    check_records(records)
    if len(records) != 1:
        raise ValidationError(
            records.env._(
                "Choose exactly one “%s”, then retry.",
                records._description,
            )
        )


def check_type(env, value, kinds, name):
    """Refuse an argument of another type than is documented.

    :param kinds: type, or tuple of types; `bool` is no `int` here
    :param str name: of the parameter
    :raise ValidationError: the value is none of them
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    fits = isinstance(value, kinds)
    if isinstance(value, bool) and bool not in kinds:
        fits = False
    if not fits:
        raise ValidationError(
            env._(
                "“%(name)s” can't be %(value)s: it has to be of the type %(kinds)s.",
                name=name,
                value=repr(value),
                kinds=" / ".join(kind.__name__ for kind in kinds),
            )
        )


def is_number(value):
    """Whether a client's value is a number that one can reckon with.

    JSON as the host reads it has NaN and Infinity, too, on which its rounding fails.

    :return: bool
    """
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )
