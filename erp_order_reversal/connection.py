"""A moment's second connection, also where the pool of the server has none left."""

import threading
from contextlib import contextmanager

from psycopg2.pool import PoolError

from odoo import sql_db

# One more for each process than `db_maxconn`, used by one thread after the other:
# whoever holds a connection of the pool while waiting for another one can starve.
_turn = threading.Lock()
_spare = sql_db.ConnectionPool(1)


@contextmanager
def second_cursor(registry):
    """A cursor of its own, beside that of the transaction; for a moment only.

    To read alone: whoever waits for a lock of the database with the spare connection
    could wait for somebody who waits for that connection.

    :param registry: of the database
    """
    try:
        cr = registry.cursor()
    except PoolError:
        with _turn:
            try:
                with _open_spare(registry) as cr:
                    yield cr
            finally:
                # The host closes those of its own pool before a database is dropped.
                _spare.close_all()
        return
    with cr:
        yield cr


def _open_spare(registry):
    name, parameters = sql_db.connection_info_for(registry.db_name)
    return sql_db.Connection(_spare, name, parameters).cursor()
