"""Where the queries of one order go: each is counted at the nearest of our frames."""

import re
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import bulk
import settled
import single
from measure import Series, table

from odoo.sql_db import Cursor

TAG = "BENCH-WHERE"
DEPTH = 3
OURS = str(Path(__file__).parent.parent)
VERB = re.compile(
    r"(SELECT|INSERT INTO|UPDATE|DELETE FROM|SAVEPOINT|RELEASE|ROLLBACK|\w+)", re.I
)
TABLE = re.compile(r"(?:FROM|INTO|UPDATE)\s+\"?(\w+)\"?", re.I)


def main(env, names: list[str]) -> str:
    """Count what each of the pieces of work asks the database for, and from where.

    :param names: of `work` in `single`; all of the addon's by default
    """
    env = settled.work_env(env)
    order_ids = settled.build(env, TAG, 2).ids
    parts = []
    if "bulk" in names:
        parts.append(_bulk(env))
    for name, job in single.jobs(env).items():
        if names and not any(wanted in name for wanted in names):
            continue
        for order_id in order_ids:  # the first fills the caches of the process
            with counted() as found:
                single.run(env, job, order_id, Series())
        parts.append(_report(name, found))
    return "\n\n".join(parts)


def _bulk(env, size: int = 20) -> str:
    """The same for many orders at once, as a batch takes them back."""
    orders = settled.build(env, f"{TAG}-BULK", size)
    for _round in range(2):
        with counted() as found:
            bulk.WORK["c"](env["sale.order"].browse(orders.ids))
            env.cr.flush()
        env.cr.rollback()
        env.invalidate_all()
    return _report(f"bulk, {size} orders", found)


@contextmanager
def counted():
    """Count the queries of the body: {(our frames, host's frame, verb, table): int}."""
    found = Counter()
    original = Cursor.execute

    def execute(self, query, params=None, log_exceptions=True):
        found[_key(self, query)] += 1
        return original(self, query, params, log_exceptions)

    Cursor.execute = execute
    try:
        yield found
    finally:
        Cursor.execute = original


def _key(cr, query):
    text = query.code if hasattr(query, "code") else query
    text = text.decode() if isinstance(text, bytes) else str(text)
    verb = VERB.search(text).group(1).split()[0].upper()
    target = TABLE.search(text)
    ours, host = [], ""
    frame = sys._getframe(2)
    while frame:
        path = frame.f_code.co_filename
        if path.startswith(OURS) and path != __file__:
            short = path.removeprefix(OURS).removesuffix(".py").split("/models/")[-1]
            ours.append(f"{short}:{frame.f_lineno} {frame.f_code.co_name}")
        elif not ours and frame.f_code.co_name not in PLUMBING:
            host = host or frame.f_code.co_name
        frame = frame.f_back
    return tuple(ours), host, verb, target.group(1) if target else ""


# What is between the one who asks and the cursor.
PLUMBING = {"execute", "execute_query", "_execute_query", "__get__", "fetch"}


def _report(name, found) -> str:
    stages, places = Counter(), Counter()
    for (ours, host, verb, target), count in found.items():
        stage = next((s for s in map(_stage, reversed(ours)) if s), "")
        stages[stage] += count
        places[stage, " < ".join(ours[:DEPTH]), host, f"{verb} {target}"] += count
    rows = [[*key, count] for key, count in places.most_common()]
    return "\n\n".join(
        [
            f"{name}: {found.total()}",
            table(["stage", "n"], stages.most_common()),
            table(["stage", "from", "host", "query", "n"], rows),
        ]
    )


STAGES = {
    "_lock_and_assess": "plan and locks",
    "_draw_names": "number",
    "_take_snapshot": "backup",
    "_check_may_execute": "rights",
    "_check_disjoint": "rights",
    "_start_watch": "how it stood",
    "_check_result": "check",
    "_record_outcome": "how it stands",
    "_tell_documents": "notes",
    "_record_execution": "log",
    "_reversal_apply_release": "operation: release",
    "_reversal_apply_void_payment": "operation: void_payment",
    "_reversal_apply_void": "operation: void",
    "_reversal_apply_credit": "operation: credit",
    "_reversal_apply_unlock": "operation: unlock",
    "_reversal_apply_cancel": "operation: cancel",
    "_set_state": "state",
    "_hook_if_success": "hook",
    "request": "request made",
    "sample": "flush",
    "check": "(bench)",
    "undo": "host",
}


def _stage(frame):
    return STAGES.get(frame.rsplit(" ", 1)[-1])
