"""The chain's second connection, where the server has none left to give."""

import threading
from contextlib import ExitStack
from unittest.mock import patch

from psycopg2.pool import PoolError

from odoo import sql_db

from odoo.addons.erp_order_reversal.connection import second_cursor

from .common import ReversalCase


class TestSecondConnection(ReversalCase):
    def setUp(self):
        super().setUp()
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)

    def fill_the_pool(self):
        """All of the server's connections are in use."""
        self.stack.enter_context(patch.object(sql_db._Pool, "_maxconn", 1))
        with self.assertRaises(PoolError):
            while True:
                self.stack.enter_context(self.registry.cursor())

    def test_a_reversal_with_a_full_pool(self):
        order, _invoice, _payment = self.settle()
        reversal = self.request(order)
        self.fill_the_pool()
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        log = self.env["order.reversal.log"].with_user(self.auditor)
        self.assertTrue(log.verify_chain(self.company)["intact"])

    def test_one_after_the_other(self):
        self.fill_the_pool()
        found, at_once = [], []

        def read():
            with second_cursor(self.registry) as cr:
                at_once.append(threading.get_ident())
                cr.execute("SELECT pg_backend_pid()")
                found.append((cr.fetchone()[0], len(at_once)))
                at_once.remove(threading.get_ident())

        threads = [threading.Thread(target=read) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 8)
        self.assertEqual({most for _pid, most in found}, {1}, "never two at once")
