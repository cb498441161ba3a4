"""Statements of the host's cursor, counted and disturbed; and the database put back."""

import contextlib
import re
import threading
import time
from unittest.mock import patch

from odoo import modules, sql_db

WRITES = re.compile(
    r"""\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM)\s+"?([a-z_][a-z0-9_]*)"?""",
    re.IGNORECASE,
)
#: Each is raised by the server itself, so that the transaction is what it would be.
FAULTS = {
    "error": "DO $$ BEGIN RAISE EXCEPTION 'a fault'; END $$",
    "conflict": "DO $$ BEGIN RAISE EXCEPTION 'a fault' USING ERRCODE = '40001'; END $$",
    "killed": "SELECT pg_terminate_backend(pg_backend_pid())",
}


class Watch:
    """Sees every statement and commit of one thread before it is carried out.

    :param function before: called with cursor, number and text of the statement
    """

    def __init__(self, before=None):
        self.before = before
        self.count = 0
        #: number of the statement that was the first commit
        self.committed = 0
        self.tables = set()

    def see(self, cursor, query):
        self.count += 1
        if query == "COMMIT" and not self.committed:
            self.committed = self.count
        self.tables.update(WRITES.findall(str(getattr(query, "code", query) or "")))
        if self.before:
            self.before(cursor, self.count, query)

    def roll_back(self):
        """A whole transaction is undone."""


class Fault:
    """Disturbs one statement, once.

    :param str kind: of `FAULTS`
    :param int at: number of the statement
    :param Landing landing: where its copy has ended
    """

    def __init__(self, kind, at, landing=None):
        self.kind = kind
        self.at = at
        self.landing = landing
        self.is_met = False

    def __str__(self):
        return f"{self.kind} at statement {self.at}"

    def __call__(self, cursor, number, query):
        # the isolation that the host works in meets no conflict at the commit
        if number == self.at and (self.kind, query) != ("conflict", "COMMIT"):
            self.is_met = True
            cursor._obj.execute(FAULTS[self.kind])


_watches = threading.local()


@contextlib.contextmanager
def watched(watch):
    """Let `watch` see all statements of this thread."""
    _watches.current = watch
    try:
        yield watch
    finally:
        _watches.current = None


@contextlib.contextmanager
def watching():
    """The host's cursor reports to the watch of its thread; no test is running."""
    execute, commit = sql_db.Cursor.execute, sql_db.Cursor.commit
    rollback = sql_db.Cursor.rollback
    sleep = time.sleep

    def watched_execute(self, query, params=None, log_exceptions=True):
        if watch := getattr(_watches, "current", None):
            watch.see(self, query)
        # a statement that is meant to fail would fill the log
        return execute(self, query, params, log_exceptions=False)

    def watched_commit(self):
        if watch := getattr(_watches, "current", None):
            self.flush()
            watch.see(self, "COMMIT")
        return commit(self)

    def watched_rollback(self):
        if watch := getattr(_watches, "current", None):
            watch.roll_back()
        return rollback(self)

    with (
        patch.object(sql_db.Cursor, "execute", watched_execute),
        patch.object(sql_db.Cursor, "commit", watched_commit),
        patch.object(sql_db.Cursor, "rollback", watched_rollback),
        # whoever is tried again does not wait for the others
        patch.object(time, "sleep", lambda seconds: sleep(min(seconds, 0.001))),
        # what the host leaves out while a test runs: commits of background work
        patch.object(modules.module, "current_test", None),
    ):
        yield


class Saved:
    """Tables as they are now, to compare with and to go back to.

    All rows stand as text in one table: that many tables take longer to make than to
    fill. Of each table a digest is kept, which needs no look at the kept rows: how many
    rows it has, and the sum of their hashes of 64 bits. A row that is there, is gone or
    is another one changes it, but for one time in some 10^19.
    """

    def __init__(self, registry, anchor, name="rows"):
        """:param Path anchor: of the audit log, which lies beside the database
        :param str name: of the table that keeps them
        """
        self.registry = registry
        self.anchor = anchor
        self.name = f"saved.{name}"
        self.end = anchor.read_text() if anchor.is_file() else None
        with registry.cursor() as cr:
            cr.execute("CREATE SCHEMA IF NOT EXISTS saved")
            cr.execute(f"DROP TABLE IF EXISTS {self.name}")
            cr.execute(f"CREATE UNLOGGED TABLE {self.name} (name text, row text)")
            # what no business writes is left out
            cr.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
                "AND tablename !~ '^(ir_model|ir_ui|ir_module|orm_signaling|res_lang)'"
            )
            self.all = sorted(name for (name,) in cr.fetchall())
            #: what is looked at each time
            self.tables = self.all
            for table in self.all:
                cr.execute(
                    f"INSERT INTO {self.name} SELECT %s, t::text "
                    f'FROM public."{table}" t',
                    [table],
                )
            cr.execute(f"CREATE INDEX ON {self.name} (name)")
            cr.execute(f"ANALYZE {self.name}")
            self.digests = self._digest(cr, self.all)

    def _digest(self, cr, tables):
        """:return: {name of the table: (number of rows, sum of their hashes)}"""
        # one round trip: as many as tables would take longer than what is asked
        cr.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', COUNT(*), SUM(hashtextextended(t::text, 0)) "
                f'FROM public."{name}" t'
                for name in tables
            )
        )
        return {name: digest for name, *digest in cr.fetchall()}

    def narrow(self, tables):
        """Look only at these from now on, but for `changed_anywhere`."""
        self.tables = sorted(set(tables) & set(self.all))
        with self.registry.cursor() as cr:
            cr.execute(f"DELETE FROM {self.name} WHERE name != ALL(%s)", [self.tables])

    def go_back(self):
        """Give the tables their rows back, by whatever was changed in them."""
        if self.end is None:
            self.anchor.unlink(missing_ok=True)
        else:
            self.anchor.write_text(self.end)
        with self.registry.cursor() as cr:
            # no triggers, no foreign keys: the rows belong together
            cr.execute("SET LOCAL session_replication_role = replica")
            for table in self._differing(cr, self.tables):
                cr.execute(
                    f'DELETE FROM public."{table}" t WHERE t::text NOT IN '
                    f"(SELECT row FROM {self.name} WHERE name = %s)",
                    [table],
                )
                cr.execute(
                    f'INSERT INTO public."{table}" '
                    f'SELECT (s.row::public."{table}").* FROM {self.name} s '
                    "WHERE s.name = %s AND s.row NOT IN "
                    f'(SELECT t::text FROM public."{table}" t)',
                    [table],
                )

    def _differing(self, cr, tables):
        digests = self._digest(cr, tables)
        return [name for name in tables if digests[name] != self.digests[name]]

    def changed(self):
        """Names of the tables looked at that are not what they were."""
        with self.registry.cursor() as cr:
            return self._differing(cr, self.tables)

    def changed_anywhere(self):
        """Names of all tables that are not what they were."""
        with self.registry.cursor() as cr:
            return self._differing(cr, self.all)

    def locks(self):
        """What other sessions of this database still hold or wait for."""
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT lock.locktype, lock.mode, activity.query
                     FROM pg_locks lock
                     JOIN pg_stat_activity activity ON activity.pid = lock.pid
                    WHERE activity.datname = current_database()
                      AND activity.backend_type = 'client backend'
                      AND lock.pid != pg_backend_pid()
                      AND (lock.locktype IN ('advisory', 'tuple', 'transactionid')
                           OR lock.mode IN ('RowExclusiveLock', 'RowShareLock'))"""
            )
            return cr.fetchall()
