"""Two transactions in two threads, of which one stops where it is told to."""

import threading
import time

import psycopg2

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests.common import get_db_name

from .database import Watch

#: Seconds until nobody believes that it goes on.
PATIENCE = 60


class Meeting:
    """One acts, stops after some statements; the other acts; the one goes on.

    Where the other has to wait for the one, the one goes on first, as it would.

    :param serve: function of a watch, a user and a function
    """

    def __init__(self, serve, one, other):
        self.serve = serve
        self.acts = (one, other)
        self.results = [None, None]
        self.paused = threading.Event()
        self.go_on = threading.Event()
        self.ended = (threading.Event(), threading.Event())
        self.waited = 0

    def run(self, number):
        """:return: [None or why it was refused] of both"""
        stop = Watch(lambda _cursor, count, _query: count > number and self.pause())
        pids = set()
        look = Watch(
            lambda cursor, _count, _query: pids.add(cursor.connection.get_backend_pid())
        )
        one = self.start(0, stop)
        self.wait(self.paused, self.ended[0])
        other = self.start(1, look)
        while not self.ended[1].wait(0.01):
            if any(map(self.is_waiting, list(pids))):
                self.waited += 1
                break
        self.go_on.set()
        for thread in (one, other):
            thread.join(PATIENCE)
            if thread.is_alive():
                raise TimeoutError(f"they wait for one another: {self.results}")
        return list(self.results)

    def start(self, index, watch):
        user, function = self.acts[index]

        def body():
            try:
                self.results[index] = outcome(lambda: self.serve(watch, user, function))
            finally:
                self.ended[index].set()

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        return thread

    def is_waiting(self, pid):
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
            return cr.fetchone()[0]

    def pause(self):
        if self.paused.is_set() or locks_others_out():
            return
        self.paused.set()
        self.go_on.wait(PATIENCE)

    def wait(self, *events):
        end = time.monotonic() + PATIENCE
        while not any(event.is_set() for event in events):
            if time.monotonic() > end:
                raise TimeoutError("it does not come so far")
            time.sleep(0.001)


def locks_others_out():
    """Whether this thread works out a cached property of its environment.

    Before Python 3.12 one thread of a process does it at a time: the other one would
    wait for what no other process waits for.
    """
    locks = [getattr(value, "lock", None) for value in vars(Environment).values()]
    return any(lock._is_owned() for lock in locks if lock)


def outcome(function):
    """:return: None, or why it was refused"""
    try:
        function()
    except UserError as error:
        return str(error)
    except psycopg2.Error as error:
        return f"{type(error).__name__}: {error}"
    return None
