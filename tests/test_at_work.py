"""What is spared while operations run comes to what the host makes of it."""

from contextlib import ExitStack
from functools import wraps
from unittest.mock import patch

from odoo.fields import Command, Domain

from odoo.addons.account.models.account_move import AccountMove
from odoo.addons.account_payment.models.account_payment import AccountPayment
from odoo.addons.erp_order_reversal.const import OWED
from odoo.addons.erp_order_reversal.engine import ENGINE
from odoo.addons.erp_order_reversal.models.account_move.matched import (
    _get_searched_ids,
)
from odoo.addons.sale.models.account_move import AccountMove as MoveOfSale

from .answers import SEARCHED, compare_payments, compare_searches
from .common import ReversalCase

# Classes of other addons that extend what is searched.
OfSomebody = {"account.move": MoveOfSale, "account.payment": AccountPayment}


class TestAtWork(ReversalCase):
    def test_payments_of_an_entry(self):
        """With a payment of one invoice, of several, and one that stays elsewhere."""
        answers = compare_payments(self)
        searches = compare_searches(self)
        for method in ("credit", "void", "refund"):
            with self.subTest(payment=method):
                order, _invoice, _payment = self.settle()
                self.assertEqual(
                    self.reverse(order, payment_method=method).state, "done"
                )
        one, other = self.make_order(), self.make_order()
        invoices = self.invoice(one) | self.invoice(other)
        self.pay(invoices)
        self.assertEqual(self.reverse(one, payment_method="credit").state, "done")
        self.assertEqual(other.invoice_ids.payment_state, "paid")
        twice = self.make_order()
        invoice = self.invoice(twice)
        self.pay(invoice, amount=invoice.amount_total / 4)
        self.pay(invoice)
        self.assertEqual(self.reverse(twice, payment_method="void").state, "done")
        self.assertTrue(answers[True])
        self.assertTrue(answers[False])
        for model in SEARCHED:
            self.assertTrue(searches[model, True], model)
            self.assertTrue(searches[model, False], model)

    def test_what_is_matched_is_known(self):
        """Without the database, and as the host finds it where it is asked."""
        _order, invoice, payment = self.settle()
        found = {"account.move": invoice, "account.payment": payment}
        ids = {"account.move": payment.ids, "account.payment": invoice.ids}
        for name, field in SEARCHED.items():
            model = self.env[name].sudo()
            at_work = model.with_context(order_reversal_at_work=ENGINE)
            for domain, expected in (
                ([(field, "in", ids[name])], found[name]),
                ([(field, "in", [0])], model),
            ):
                for other in (at_work, model):  # the second time it is in the cache
                    self.assertEqual(other.search(domain, order="id"), expected)
                    other.search(domain, order="id")
                with self.assertQueryCount(0):
                    at_work.search(domain, order="id")
            with self.assertQueryCount(1):
                self.assertEqual(model.search(domain, order="id"), expected)
            domain = [(field, "in", ids[name])]
            self.assertEqual(at_work.search(domain, order="id", limit=1), found[name])
            self.assertFalse(at_work.search(domain, order="id", offset=1))

    def test_another_addon_has_its_say_in_searches(self):
        """The host searches as soon as one of its methods is overridden."""
        self.addCleanup(self.registry.clear_cache)
        for name, field in SEARCHED.items():
            for method in ("_search", f"_search_{field}"):
                with self.subTest(name, method=method):
                    self._check_searches(name, field, method)

    def _check_searches(self, name, field, method):
        somebody = OfSomebody[name]
        asked = []

        def override(records, *args, **kwargs):
            asked.append(args)
            return getattr(super(somebody, records), method)(*args, **kwargs)

        model = self.env[name].sudo().with_context(order_reversal_at_work=ENGINE)
        domain = [(field, "in", [0])]  # of nothing: it needs no document
        self.registry.clear_cache()
        self.assertEqual(_get_searched_ids(model, field, domain, "id"), [0])
        for made in (somebody, self.registry[name]):
            with patch.object(made, method, override, create=True):
                self.registry.clear_cache()
                self.assertIsNone(_get_searched_ids(model, field, domain, "id"))
                if made is somebody:
                    model.search(domain, order="id")
        self.assertTrue(asked)
        self.registry.clear_cache()
        with patch.object(model._fields[field], "search", "_search_otherwise"):
            self.assertIsNone(_get_searched_ids(model, field, domain, "id"))

    def test_only_the_host_s_own_search_is_spared(self):
        """Not one of a person, in another order, or by anything else."""
        moves = self.env["account.move"]
        name = "reconciled_payment_ids"
        domain = [(name, "in", [1])]
        at_work = moves.sudo().with_context(order_reversal_at_work=ENGINE)
        forged = moves.sudo().with_context(order_reversal_at_work=True)
        self.assertEqual(_get_searched_ids(at_work, name, domain, "id"), [1])
        for other in (moves, moves.sudo(), forged, at_work.sudo(False)):
            self.assertIsNone(_get_searched_ids(other, name, domain, "id"))
        self.assertIsNone(_get_searched_ids(at_work, name, domain, "date desc"))
        for odd in (
            [],
            ["|", *domain, *domain],
            [(name, "=", 1)],
            [("id", "in", [1])],
            Domain(name, "in", [1]),
            [Domain(name, "in", [1])],
        ):
            self.assertIsNone(_get_searched_ids(at_work, name, odd, "id"), odd)

    def test_another_addon_has_its_say_in_payments(self):
        """The host's method is asked of each entry, and all that extend it."""
        name = "_compute_reconciled_payment_ids"
        original = AccountMove._compute_reconciled_payment_ids
        asked = []

        @wraps(original)  # the host's own, as ever
        def compute(moves):
            asked.extend(moves.ids)
            return original(moves)

        def of_somebody(moves):
            return super(MoveOfSale, moves)._compute_reconciled_payment_ids()

        self.addCleanup(self.registry.clear_cache)
        credits = []
        for extended in (False, True):
            order, invoice, _payment = self.settle()
            self.env.flush_all()
            asked.clear()
            with ExitStack() as stack:
                stack.enter_context(patch.object(AccountMove, name, compute))
                if extended:
                    stack.enter_context(
                        patch.object(MoveOfSale, name, of_somebody, create=True)
                    )
                self.registry.clear_cache()
                self.reverse(order, payment_method="void")
            credits.append(invoice.reversal_move_ids.id in asked)
        self.assertEqual(credits, [False, True])

    def test_no_value_is_written_that_is_not_stored(self):
        written = []
        original = self.env.registry["account.move"].write

        def write(moves, vals):
            written.append(set(vals))
            return original(moves, vals)

        order, invoice, _payment = self.settle()
        with patch.object(self.env.registry["account.move"], "write", write):
            self.reverse(order)
        self.assertTrue(written)
        self.assertNotIn({"tax_country_id"}, written)
        self.assertNotIn({"no_followup"}, written)
        country = invoice.reversal_move_ids.tax_country_id
        self.assertEqual(country, self.company.account_fiscal_country_id)

    def test_no_field_is_described_in_vain(self):
        described = []
        original = self.env.registry["account.move.line"].fields_get

        def fields_get(items, allfields=None, attributes=None):
            found = original(items, allfields, attributes)
            if items.env["account.move"]._reversal_at_work() and allfields == []:
                described.append(len(found))
            return found

        order, _invoice, _payment = self.settle()
        items = self.env["account.move.line"]
        with patch.object(
            self.env.registry["account.move.line"], "fields_get", fields_get
        ):
            self.request(order).with_context(tracking_disable=False).action_submit()
        self.assertTrue(described)
        self.assertEqual(set(described), {1})
        self.assertIn("account_id", items.fields_get([]))
        self.assertIn("account_id", items.fields_get())
        at_work = items.with_context(order_reversal_at_work=ENGINE)
        self.assertIn("account_id", at_work.fields_get())
        self.assertEqual(set(at_work.fields_get(["account_id"])), {"account_id"})

    def test_what_an_operation_writes_is_tracked(self):
        """A change of a tracked value is noted as the host does it."""
        _order, invoice, _payment = self.settle()
        item = invoice.invoice_line_ids[:1]
        before = invoice.message_ids
        item.with_context(
            order_reversal_at_work=ENGINE, tracking_disable=False
        ).name = "Said otherwise"
        [note] = invoice.message_ids - before
        self.assertIn("name", note.tracking_value_ids.field_id.mapped("name"))

    def test_follow_up_is_that_of_the_invoice(self):
        """Of an invoice left out of follow-up reports, and of one that is not."""
        net_30 = self.env.ref("account.account_payment_term_30days")
        for left_out in (False, True):
            with self.subTest(left_out=left_out):
                for terms in (None, net_30):
                    for text in (False, True):
                        self._check_follow_up(left_out, terms, text)

    def _check_follow_up(self, left_out, terms, text):
        """A line that is not owed may say otherwise, which the host never asks."""
        order = self.make_order(payment_term_id=terms.id if terms else False)
        if text:
            for kind in ("line_section", "line_note"):
                order.order_line = [
                    Command.create(
                        {
                            "display_type": kind,
                            "name": kind,
                            "sequence": 0 if kind == "line_section" else 999,
                        }
                    )
                ]
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(invoice)
        product = invoice.line_ids.filtered(lambda line: line.display_type == "product")
        product[:1].no_followup = True
        invoice.no_followup = left_out
        self.env.flush_all()
        self.reverse(order)
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.state, "posted")
        self.assertEqual(credit.no_followup, left_out)
        owed = credit.line_ids.filtered(lambda line: line.account_type in OWED)
        self.assertTrue(owed)
        self.assertEqual(set(owed.mapped("no_followup")), {left_out})
