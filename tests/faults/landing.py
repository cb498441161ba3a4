"""Where a fault ends: followed in a copy of the process, up to a rollback.

A fault is the same in the copy as in the operation: the same error by the server, amid
the same objects. It goes its way through the host's code and ours to the rollback that
somebody answers it with; there the copy ends, and the operation goes on from before the
fault as if there had been none. What the database is at that rollback does not depend
on which statement failed, so that of all that end alike one is carried through
(`test_faults.py`). What else may differ between them, as what the operation keeps in
mind, is seen of that one alone.
"""

import gc
import json
import logging
import os
import signal
import socket
import sys
import warnings
from typing import NamedTuple

from odoo import sql_db

from .database import FAULTS, Watch

#: Seconds after which a copy that does not come to an end is given up.
PATIENCE = 120
#: Each kind of fault: the class of its error.
ERRORS = {
    "error": "RaiseException",
    "conflict": "SerializationFailure",
    "killed": "OperationalError",
}
#: Instead of a savepoint: the whole transaction is undone, or nothing is.
TRANSACTION, NOWHERE = 0, -1
GO_BACK = "ROLLBACK TO SAVEPOINT "
#: Instead of an error.
LOST = "lost"


class Landing(NamedTuple):
    """A rollback, and the error that it is the answer to."""

    #: kind of the fault, of `FAULTS`
    kind: str
    #: commits before
    commits: int
    #: which of the operation's cursors is rolled back, in the order of their first
    #: statement; -1: none
    cursor: int
    #: how many functions it has to call at the rollback
    hooks: int
    #: number of the statement that made the savepoint gone back to, or one of the above
    savepoint: int
    #: class of the error on its way; empty where it is not on its way any more
    error: str

    @property
    def is_unusual(self):
        """Whether somebody has made another error of it."""
        return self.error not in (ERRORS[self.kind], "")

    @property
    def goes_on(self):
        """Whether nothing is undone."""
        return self.savepoint == NOWHERE

    @property
    def is_lost(self):
        """Whether the copy did not come to an end."""
        return self.error == LOST


class Carrier(Watch):
    """Carries a fault through, and sees where it ends."""

    def __init__(self, fault):
        super().__init__(fault)
        self.fault = fault
        self.savepoints = {}
        #: as of a Landing; none while the fault is on its way
        self.end = None

    def see(self, cursor, query):
        text = query if isinstance(query, str) else ""
        if text == "COMMIT":
            self.end_at(NOWHERE)
        elif text.startswith(GO_BACK):
            self.end_at(self.savepoints[text.split()[-1]])
        elif text.startswith("SAVEPOINT "):
            self.savepoints[text.split()[1]] = self.count + 1
        super().see(cursor, query)

    def roll_back(self):
        self.end_at(TRANSACTION)

    def end_at(self, savepoint):
        if self.fault.is_met and self.end is None:
            self.end = savepoint

    def is_astray(self, landing):
        """Whether a rollback was met that its copy did not end in."""
        # a session that its server has ended is not rolled back by the client
        return not landing.goes_on and self.end not in (landing.savepoint, None)


class Follower(Watch):
    """Follows faults from the statements of one thread.

    :param function choose: called with the text of a statement, returns the kinds of
        `FAULTS` to follow from there
    """

    def __init__(self, choose):
        super().__init__(self.follow_all)
        self.choose = choose
        self.commits = 0
        self.cursors = []
        #: name of the savepoint: number of the statement that made it
        self.savepoints = {}
        #: Landing: numbers of the statements whose faults end there
        self.landings = {}
        #: where a copy tells its end
        self.write = None

    def follow_all(self, cursor, number, query):
        if cursor not in self.cursors:
            self.cursors.append(cursor)
        for kind in self.choose(query):
            if (kind, query) != ("conflict", "COMMIT"):
                landing = self.follow(cursor, kind)
                self.landings.setdefault(landing, []).append(number)
        self.commits += query == "COMMIT"
        if isinstance(query, str) and query.startswith("SAVEPOINT "):
            self.savepoints[query.split()[1]] = number

    def follow(self, cursor, kind):
        """:return: Landing of a fault of this kind at the statement to come"""
        own = cursor._cnx.cursor()
        own.execute("SAVEPOINT fault")
        read, write = os.pipe()
        with warnings.catch_warnings():
            # other threads are not copied; the copy waits for none
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            self._meet(cursor, kind, write)
        os.close(write)
        with os.fdopen(read) as stream:
            told = stream.read()
        os.waitpid(child, 0)
        own.execute("ROLLBACK TO SAVEPOINT fault")
        own.execute("RELEASE SAVEPOINT fault")
        own.close()
        end = json.loads(told) if told else (-1, 0, NOWHERE, LOST)
        return Landing(kind, self.commits, *end)

    def carry_out(self, act):
        """Carry out what is followed; a copy that comes to its end, ends here."""
        try:
            return act()
        finally:
            if self.write:
                # a session that its server has ended needs no rollback
                self.end(TRANSACTION if sys.exc_info()[0] else NOWHERE)

    def end(self, savepoint, cursor=None):
        """Tell where the fault has ended, and end the copy.

        :param cursor: which is rolled back
        """
        try:
            error = sys.exc_info()[0]
            number = self.cursors.index(cursor) if cursor in self.cursors else -1
            hooks = count_hooks(cursor) if cursor else 0
            end = (number, hooks, savepoint, error.__name__ if error else "")
            os.write(self.write, json.dumps(end).encode())
        finally:
            os._exit(0)

    def _meet(self, cursor, kind, write):
        """Meet the fault, in the copy: whoever called goes on with its error."""

        def execute(own, query, params=None, log_exceptions=True):
            if isinstance(query, str) and query.startswith(GO_BACK):
                self.end(self.savepoints[query.split()[-1]], own)
            if own is not cursor:
                # what it does there would not be undone
                self.end(NOWHERE)
            return original(own, query, params, log_exceptions=False)

        self.write = write
        self.choose = lambda _query: ()
        signal.alarm(PATIENCE)
        gc.disable()
        logging.disable()
        original = sql_db.Cursor.execute
        sql_db.Cursor.execute = execute
        sql_db.Cursor.rollback = lambda own: self.end(TRANSACTION, own)
        sql_db.Cursor.commit = lambda *_: self.end(NOWHERE)
        # a session of its own, which can't be shared
        sql_db.ConnectionPool.borrow = lambda *_: self.end(NOWHERE)
        if kind == "killed":
            cut_off(cursor._cnx)
        cursor._obj.execute(FAULTS[kind])


def count_hooks(cursor):
    """How many functions a cursor has to call at its rollback."""
    return len(cursor.prerollback._funcs) + len(cursor.postrollback._funcs)


def cut_off(connection):
    """Let a connection find its session ended, as one that the server has killed."""
    ours, theirs = socket.socketpair()
    theirs.close()
    os.dup2(ours.fileno(), connection.fileno())
