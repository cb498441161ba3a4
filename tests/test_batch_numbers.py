"""The credit notes of a batch are numbered as the host numbers one after the other."""

from unittest.mock import patch

from odoo.addons.account.models.sequence_mixin import SequenceMixin

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
        extended = patch.object(
            model, "_reversal_numbers_are_extended", lambda moves: True
        )
        found = []

        def undo():
            raise _UndoneError

        try:
            with extended, self.env.cr.savepoint():
                found = self._take_back(orders)
                undo()
        except _UndoneError:
            pass
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
        model = self.env.registry["account.move"]
        original = model._reversal_overriding
        orders = self.settle_many(8)
        for addon, asked in (
            ("account_debit_note", False),
            ("of_somebody", True),
        ):
            with self.subTest(addon):
                self.registry.clear_cache()
                self.addCleanup(self.registry.clear_cache)

                def overriding(moves, name, names=None, addon=addon):
                    found = original(moves, name, names)
                    if names and "_get_last_sequence_domain" in names:
                        found = found | {(addon, "_get_last_sequence_domain")}
                    return found

                part, orders = orders[:4], orders[4:]
                with patch.object(model, "_reversal_overriding", overriding):
                    _names, searched = self._take_back(part)
                self.assertEqual(searched >= len(part), asked)


class _UndoneError(Exception):
    pass
