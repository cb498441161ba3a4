"""What the faults are to find is found: operations that are wrong in each way."""

import contextlib
import random
from unittest.mock import patch

import psycopg2
import pytest

from odoo import fields
from odoo.exceptions import UserError

from .database import FAULTS, Fault, Watch, watched
from .landing import ERRORS, NOWHERE, TRANSACTION
from .test_faults import FaultCase

LAST = "SELECT 'the last one'"


@pytest.mark.commits
class TestCaught(FaultCase):
    """A company's settings are changed; on a fault, what must not be is done."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(1)

    # ------------------------------------------------------------------
    # What is disturbed
    # ------------------------------------------------------------------

    def change(self, env):
        # sudo: as the host's settings, which are the administrator's
        env.company.sudo().reversal_approval = "always"
        env.flush_all()

    def change_at_last(self, env):
        self.change(env)
        env.cr.execute(LAST)

    def lock(self, env):
        env.company.sudo().fiscalyear_lock_date = fields.Date.today()

    def on_fault(self, function):
        """An operation that does this when a fault meets it."""

        def act():
            try:
                self.serve("manager", self.change)
            except psycopg2.Error:
                function()
                raise

        return act

    def disturbed(self, act, kind="error", at=None):
        """Let a fault meet it at the statement, or at its commit."""
        before = self.image()
        watch, saved = self.learn(act)
        after = self.image()
        saved.go_back()
        self.addCleanup(saved.go_back)
        fault = Fault(kind, at or watch.committed)
        self.disturb(act, fault, saved, before, after)
        self.assertNothingChanged(saved.changed_anywhere(), "anywhere")

    def assertCaught(self, text, act, kind="error", at=None):
        with self.assertRaisesRegex(AssertionError, text):
            self.disturbed(act, kind, at)

    # ------------------------------------------------------------------
    # Tests
    # ------------------------------------------------------------------

    def test_what_is_right(self):
        for kind in ("error", "killed"):
            self.disturbed(self.on_fault(lambda: None), kind)
        self.disturbed(self.on_fault(lambda: None), "conflict", at=2)
        told = {name: self.figures[name] for name in ("carried", "before", "after")}
        self.assertEqual(told, {"carried": 3, "before": 2, "after": 1})

    def test_half_of_it_is_committed(self):
        second = "SELECT 'the second half'"
        numbers = []

        def in_halves(env):
            self.change(env)
            env.cr.commit()
            env.cr.execute(second)
            self.lock(env)

        def act():
            self.serve("manager", in_halves)

        _watch, saved = self.learn(act)
        saved.go_back()
        look = Watch(
            lambda _cr, number, query: query == second and numbers.append(number)
        )
        with watched(look):
            act()
        saved.go_back()
        self.assertCaught("(?s)Lists differ.*error at statement", act, at=numbers[0])

    def test_a_table_of_its_own(self):
        """What neither the image nor the books show."""

        def write():
            self.commit(lambda env: env.company.write({"color": 7}))

        self.assertCaught("res_company.*error at", self.on_fault(write))

    def test_a_table_of_others(self):
        """What the operation itself does not write at all."""
        groups = []

        def write():
            values = {"name": "Written by a fault"}
            groups.extend(
                self.commit(lambda env: env["res.country.group"].create(values).ids)
            )

        def remove():
            self.commit(lambda env: env["res.country.group"].browse(groups).unlink())

        self.addCleanup(remove)
        self.assertCaught("res_country_group.*anywhere", self.on_fault(write))

    def test_not_tried_again(self):
        def act():
            with self.registry.cursor() as cr:
                self.change(self.admin(cr))

        self.assertCaught("it was not tried again", act, "conflict", at=2)

    def test_a_lock_is_left(self):
        def lock():
            cr = self.registry.cursor()
            self.addCleanup(cr.close)
            cr.execute("SELECT pg_advisory_xact_lock(1)")

        self.assertCaught("still locked", self.on_fault(lock))

    # ------------------------------------------------------------------
    # Where they end
    # ------------------------------------------------------------------

    def ends(self, function):
        """Where each fault at the statement `LAST` ends.

        :param function: the operation, called with an environment, as a request
        :return: {kind of the fault: (savepoint, error)}
        """

        def act():
            self.serve("manager", function)

        with patch.object(
            self, "choose", lambda query: [*FAULTS] if query == LAST else ()
        ):
            follower, saved = self.learn(act)
        self.addCleanup(saved.go_back)
        self.assertFalse(saved.locks())
        return {
            landing.kind: (landing.savepoint, landing.error)
            for landing in follower.landings
        }

    def test_all_is_undone(self):
        errors = {kind: (TRANSACTION, error) for kind, error in ERRORS.items()}
        self.assertEqual(self.ends(self.change_at_last), errors)

    def test_a_savepoint_is_gone_back_to(self):
        def within(env):
            with contextlib.suppress(psycopg2.Error), env.cr.savepoint():
                self.change_at_last(env)

        ends = self.ends(within)
        self.assertEqual({kind: error for kind, (_at, error) in ends.items()}, ERRORS)
        [savepoint] = {at for at, _error in ends.values()}
        self.assertGreater(savepoint, 0)

    def test_another_error_is_made_of_it(self):
        def refused(env):
            try:
                self.change_at_last(env)
            except psycopg2.Error as error:
                raise UserError("This can't be done.") from error

        refusal = dict.fromkeys(FAULTS, (TRANSACTION, "UserError"))
        self.assertEqual(self.ends(refused), refusal)

    def test_it_is_ignored(self):
        def ignored(env):
            with contextlib.suppress(psycopg2.Error):
                self.change_at_last(env)

        self.assertEqual(self.ends(ignored), dict.fromkeys(FAULTS, (NOWHERE, "")))

    def test_another_session_goes_on(self):
        def elsewhere(env):
            try:
                self.change_at_last(env)
            except psycopg2.Error:
                with self.registry.cursor() as cr:
                    self.lock(self.admin(cr))
                raise

        errors = {kind: (NOWHERE, error) for kind, error in ERRORS.items()}
        self.assertEqual(self.ends(elsewhere), errors)

    def test_what_is_to_be_called_at_the_rollback(self):
        """Two faults that don't end alike, as one of them has more to come."""

        def registers(env):
            env.cr.execute(LAST)
            env.cr.postrollback.add(lambda: None)
            env.cr.execute(LAST)
            self.change(env)

        with patch.object(
            self, "choose", lambda query: ["error"] if query == LAST else ()
        ):
            follower, saved = self.learn(lambda: self.serve("manager", registers))
        self.addCleanup(saved.go_back)
        first, second = follower.landings
        self.assertEqual(first.hooks + 1, second.hooks)
