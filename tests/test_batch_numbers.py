"""The credit notes of a batch are numbered as the host numbers one after the other."""

from functools import wraps
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo import Command, fields

from odoo.addons.account.models.sequence_mixin import SequenceMixin
from odoo.addons.erp_order_reversal.engine import ENGINE
from odoo.addons.erp_order_reversal.models.account_move.numbered import (
    DEBIT_NOTES,
    NUMBERING,
)
from odoo.addons.sale.models.account_move import AccountMove as OfSomebody

from .batch import BatchCase

# Name of the last credit note in the journal, as a company may have begun with it.
FORMS = {
    "of the year": "RINV/{year}/00041",
    "of the month": "CN-{year}-{month:02d}-0007",
    "of all times": "CREDIT99",
}


class TestBatchNumbers(BatchCase):
    def _take_back(self, orders):
        """[name of the credit note of each], and how often the journal was searched."""
        original = SequenceMixin._get_last_sequence
        searched = []

        @wraps(original)  # the host's own, as ever
        def last_sequence(move, *args, **kwargs):
            searched.append(move.id)
            return original(move, *args, **kwargs)

        with patch.object(SequenceMixin, "_get_last_sequence", last_sequence):
            batch = self.batch(orders, payment_method="credit")
            batch.action_start()
        self.assertEqual(set(batch.reversal_ids.mapped("state")), {"done"})
        credits = orders.invoice_ids.reversal_move_ids
        self.assertEqual(set(credits.mapped("state")), {"posted"})
        names = [order.invoice_ids.reversal_move_ids.name for order in orders]
        return names, len(searched)

    def _as_the_host(self, orders):
        """The same where the host is asked for each; nothing of it stays."""
        model = self.env.registry["account.move"]
        original = model._reversal_is_extended

        def of_numbers(moves, model, names, *args):
            return names == NUMBERING or original(moves, model, names, *args)

        extended = patch.object(model, "_reversal_is_extended", of_numbers)
        with extended, self.env.cr.savepoint() as savepoint:
            found = self._take_back(orders)
            savepoint.rollback()
        return found

    def _check(self, orders, journals=1):
        """:return: the names, after they were found to be the host's"""
        expected, often = self._as_the_host(orders)
        names, once = self._take_back(orders)
        self.assertEqual(names, expected)
        self.assertEqual(len(set(names)), len(orders))
        self.assertGreaterEqual(often, len(orders))
        # Twice for the first one of all, once more for the form of the next ones.
        self.assertLessEqual(once, 3 * journals)
        return names

    def test_the_first_ones_of_a_journal(self):
        names = self._check(self.settle_many(5))
        self.assertEqual(
            sorted(names), [f"RINV/{self.today().year}/{n:05d}" for n in range(1, 6)]
        )

    def test_whatever_their_form(self):
        today = self.today()
        for name, form in FORMS.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                _order, invoice, _payment = self.settle()
                last = form.format(year=today.year, month=today.month)
                credit = invoice._reverse_moves([{"date": today}])
                credit.name = last
                credit.action_post()
                names = self._check(self.settle_many(4))
                head = last.rstrip("0123456789")
                number = int(last.removeprefix(head))
                self.assertEqual(
                    sorted(int(name.removeprefix(head)) for name in names),
                    list(range(number + 1, number + 5)),
                )
                savepoint.rollback()

    def test_in_the_numbers_of_the_invoices(self):
        """A journal without numbers of its own for credit notes."""
        self.company_data["default_journal_sale"].refund_sequence = False
        names = self._check(self.settle_many(4))
        self.assertTrue(all(name.startswith("INV/") for name in names), names)

    def test_of_several_journals(self):
        journal = self.company_data["default_journal_sale"]
        other = journal.copy({"code": "SECND", "name": "Second"})
        orders = self.settle_many(4)
        for _number in range(4):
            order = self.make_order()
            invoice = self.invoice(order, post=False)
            invoice.journal_id = other
            invoice.action_post()
            invoice.is_move_sent = True
            self.pay(invoice)
            orders |= order
        names = self._check(orders, journals=2)
        self.assertEqual(
            {name.split("/")[0] for name in names}, {"RINV", f"R{other.code}"}
        )

    def test_another_addon_has_its_say(self):
        """Whatever of the host's numbering it overrides; it's asked for each entry."""
        self.addCleanup(self.registry.clear_cache)

        def extended(name=None, by=None):
            self.registry.clear_cache()
            if not name:
                return self._numbers_are_extended()
            said = getattr(SequenceMixin, name)
            if by:

                def said(move, *args):
                    return getattr(super(OfSomebody, move), name)(*args)

                said.__module__ = by
            with patch.object(OfSomebody, name, said, create=True):
                return self._numbers_are_extended()

        somebody = "odoo.addons.of_somebody.models"
        self.assertFalse(extended())
        for name in (
            "_get_last_sequence",
            "_get_sequence_format_param",
            "_locked_increment",
        ):
            self.assertTrue(extended(name, by=somebody), name)
        self.assertTrue(extended("_sequence_monthly_regex"))
        debit_notes = "odoo.addons.account_debit_note.models.account_move"
        self.assertFalse(extended("_get_last_sequence_domain", by=debit_notes))
        orders = self.settle_many(4)
        asked = []

        def last_domain(move, relaxed=False):
            asked.append(move.id)
            return super(OfSomebody, move)._get_last_sequence_domain(relaxed)

        with patch.object(
            OfSomebody, "_get_last_sequence_domain", last_domain, create=True
        ):
            self.registry.clear_cache()
            _names, searched = self._take_back(orders)
        credits = orders.invoice_ids.reversal_move_ids
        self.assertLessEqual(set(credits.ids), set(asked))
        self.assertGreaterEqual(searched, len(orders))

    def _numbers_are_extended(self):
        moves = self.env["account.move"]
        return moves._reversal_is_extended("account.move", NUMBERING, DEBIT_NOTES)


# (type, day of June or July) of entries that are posted together.
entries = st.lists(
    st.tuples(
        st.sampled_from(["out_refund", "out_refund", "out_invoice"]),
        st.sampled_from(["2026-06-10", "2026-06-11", "2026-07-01"]),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.fuzz
class TestNumbersGenerated(BatchCase):
    """While operations run, entries get the numbers that the host gives them."""

    @settings(max_examples=max(5, settings().max_examples // 2))
    @given(
        together=st.lists(entries, min_size=1, max_size=4),
        apart=st.booleans(),
        form=st.sampled_from(
            ["X/2026/{:04d}", "X/2026/{:05d}", "X/2026/06/{:04d}", "X{}"]
        ),
        last=st.sampled_from([1, 8, 9_995, 9_998, 9_999, 99_998]),
        renamed=st.booleans(),
    )
    @example(
        together=[
            [("out_refund", "2026-06-10")] * 2,
            [("out_invoice", "2026-06-10")],
            [("out_refund", "2026-06-10")],
        ],
        apart=False,
        form="X/2026/{:04d}",
        last=9_999,
        renamed=False,
    )
    def test_as_the_host(self, together, apart, form, last, renamed):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._check(together, apart, form.format(last), renamed)
            finally:
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def _check(self, together, apart, last, renamed):
        journal = self.company_data["default_journal_sale"]
        journal.refund_sequence = apart
        first = self._drafts([("out_refund", "2026-06-09")])
        first.name = last
        first.action_post()
        drafts = [self._drafts(kinds) for kinds in together]
        self.env.flush_all()
        found = []
        for context in ({}, {"order_reversal_at_work": ENGINE}):
            with self.env.cr.savepoint() as savepoint:
                for moves in drafts:
                    moves.with_context(**context)._post(soft=False)
                    if renamed:
                        # The host forgets its counts, and reads them anew.
                        moves[:1].with_context(**context).name = moves[:1].name
                self.env.flush_all()
                found.append([move.name for moves in drafts for move in moves])
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
        self.assertEqual(found[1], found[0])

    def _drafts(self, kinds):
        return self.env["account.move"].create(
            [
                {
                    "move_type": kind,
                    "partner_id": self.partner.id,
                    "invoice_date": fields.Date.to_date(date),
                    "date": fields.Date.to_date(date),
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": self.services[0].id, "price_unit": 10.0}
                        )
                    ],
                }
                for kind, date in kinds
            ]
        )
