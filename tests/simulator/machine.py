"""Anybody does anything, in any order; the books are compared after each."""

import sys
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from .ledger import HOME, Books, Refused, Sums
from .people import People

START = date(2026, 3, 2)
EURO = "EUR"
#: Amounts in euros are worth whole cents at each of these.
RATES = (
    (date(2026, 1, 1), "0.5"),
    (date(2026, 4, 1), "0.8"),
    (date(2026, 5, 1), "1.25"),
)
PRICES = {"none": (10000, 3333), "plain": (10000, 3333, 25000), "later": (10000, 4000)}
EURO_PRICE = 8000

#: What may stand against a reversal beside what the books foresee: an order whose
#: credit note by hand was taxed otherwise is the host's own difference.
ODD = {"credit_exceeds", "credit_negative", "credit_paid_back", "already_reversed"}

picks = st.integers(0, 5)
lines = st.lists(st.tuples(picks, st.sampled_from((1, 2, 3))), min_size=1, max_size=2)
methods = st.sampled_from(("auto", "auto", "credit_note", "void"))
money = st.sampled_from(("auto", "credit", "void", "refund"))
looks = st.sampled_from((False, False, False, True))
scopes = st.sampled_from(("payment", "invoice", "draft", "cancel", "cancel", "unlock"))
setups = st.one_of(
    st.tuples(
        st.just("lock"),
        st.tuples(
            st.sampled_from(("sale_lock_date", "fiscalyear_lock_date")),
            st.integers(1, 20),
        ),
    ),
    st.tuples(st.just("rate"), st.sampled_from(("0.5", "0.8", "1.25"))),
    st.tuples(st.just("tax"), st.sampled_from((15, 20))),
    st.tuples(st.just("cash_basis"), st.booleans()),
    st.tuples(st.just("exchange"), st.booleans()),
)


def pick(number, things):
    """One of the things there are; the same number shrinks towards the first."""
    return things[number % len(things)]


class Request:
    """A reversal, or a restore, that waits for an approver."""

    def __init__(self, world, root, values, effect=None, reversal=None):
        self.root = root
        self.values = values
        self.effect = effect
        self.reversal = reversal
        self.day = world.day
        self.setup = world.books.setup
        self.serial = world.books.serial


class World(RuleBasedStateMachine):
    """One company's year; everything it does is rolled back at its end."""

    #: of a unit of what is sold, in cents; of goods alone
    cost = 0

    def __init__(self, case):
        super().__init__()
        self.case = case
        case.begin()
        self.people = People(case)
        self.books = Books(RATES)
        self.day = START
        self.host = {}  # what stands for an order, a line, an entry in the host
        self.payments = {}
        self.done = []  # [(reversal, Effect)]
        self.waiting = []  # [Request]
        self.approval = False
        self.case.counts["sequences"] += 1

    def teardown(self):
        try:
            if not sys.exc_info()[0]:
                self.case.check_chain()
        finally:
            self.case.end()

    def say(self, text):
        note(text)

    def count(self, name):
        self.case.counts[name] += 1

    # ------------------------------------------------------------------
    # What must agree after each of them
    # ------------------------------------------------------------------

    @invariant()
    def the_books_agree(self):
        people, books = self.people, self.books
        self.case.counts["actions"] += 1
        self.case.assertEqual(people.balances(), books.balances(), "balances")
        open_items = people.residuals()
        expected = {}
        for document in books.documents:
            if document.alive:
                expected[self.host[document]] = books.residual(document)
        actual = {
            move: amount
            for move, amount in open_items.items()
            if amount or move in expected
        }
        self.case.assertEqual(actual, expected, "what is open")
        quantities = people.invoiced()
        states = people.orders()
        for order in books.orders:
            self.case.assertEqual(
                states[self.host[order]], (order.state, order.locked), order.name
            )
            for line in order.lines:
                self.case.assertEqual(
                    quantities[self.host[line]], books.invoiced(line), order.name
                )

    # ------------------------------------------------------------------
    # Clerk
    # ------------------------------------------------------------------

    def sell(self, currency, tax, wanted):
        if currency == EURO:
            tax, chosen = "plain", [(EURO_PRICE, count) for _pick, count in wanted]
        else:
            chosen = [(pick(number, PRICES[tax]), count) for number, count in wanted]
        record = self.people.sell(currency, tax, chosen)
        order = self.books.sell(
            f"order {len(self.books.orders)}", currency, tax, chosen, self.cost
        )
        self.host[order] = record.id
        for line, made in zip(order.lines, record.order_line.sorted("id"), strict=True):
            self.host[line] = made.id
        return order

    @initialize(
        currency=st.sampled_from((HOME, HOME, EURO)),
        tax=st.sampled_from(("plain", "later", "none")),
        wanted=lines,
        paid=st.booleans(),
    )
    def a_settled_order(self, currency, tax, wanted, paid):
        order = self.sell(currency, tax, wanted)
        invoice = self.invoice(order, True)
        if paid:
            self.pay([invoice], self.books.residual(invoice))

    @rule(
        currency=st.sampled_from((HOME, HOME, EURO)),
        tax=st.sampled_from(("plain", "later", "none")),
        wanted=lines,
        as_far_as=st.integers(0, 2),
    )
    def clerk_sells(self, currency, tax, wanted, as_far_as):
        order = self.sell(currency, tax, wanted)
        if as_far_as:
            invoice = self.invoice(order, sent=True)
            if as_far_as > 1:
                self.pay([invoice], self.books.residual(invoice))

    def open_orders(self):
        return [o for o in self.books.orders if o.state == "sale" and not o.locked]

    @precondition(lambda self: self.open_orders())
    @rule(number=picks, line=picks, more=st.integers(0, 2))
    def clerk_changes_a_quantity(self, number, line, more):
        order = pick(number, self.open_orders())
        line = pick(line, order.lines)
        self.set_quantity(line, more)
        self.people.change(self.host[line], line.quantity)
        self.books.touch(order)

    def set_quantity(self, line, more):
        line.quantity = max(1, self.books.invoiced(line)) + more

    @precondition(lambda self: any(o.state == "sale" for o in self.books.orders))
    @rule(number=picks)
    def clerk_locks_an_order(self, number):
        order = pick(number, [o for o in self.books.orders if o.state == "sale"])
        self.people.lock(self.host[order])
        order.locked = True
        self.books.touch(order)

    @precondition(lambda self: any(o.state != "sale" for o in self.books.orders))
    @rule(number=picks)
    def clerk_confirms_anew(self, number):
        self.confirm(
            pick(number, [o for o in self.books.orders if o.state != "sale"])
        )

    def confirm(self, order):
        self.people.confirm(self.host[order])
        order.state = "sale"
        self.books.touch(order)

    def invoice(self, order, sent):
        move = self.people.invoice(self.host[order], sent)
        invoice = self.books.invoice(f"invoice {move.id}", order, self.day)
        invoice.sent = sent
        self.host[invoice] = move.id
        return invoice

    def orders_to_invoice(self):
        return [
            order
            for order in self.books.orders
            if order.state == "sale" and self.books.to_invoice(order)
        ]

    @precondition(lambda self: self.orders_to_invoice())
    @rule(number=picks, sent=st.booleans())
    def clerk_invoices(self, number, sent):
        self.invoice(pick(number, self.orders_to_invoice()), sent)

    def pay(self, invoices, amount):
        payment = self.people.pay([self.host[doc] for doc in invoices], amount)
        document = self.books.pay(
            f"payment {payment.id}", amount, invoices[0].currency, self.day
        )
        self.host[document] = payment.move_id.id
        self.payments[document] = payment.id
        for invoice in invoices:
            if self.books.residual(document):
                self.books.match(invoice, document)

    def unpaid(self, currency=None):
        return [
            document
            for document in self.books.of("invoice")
            if self.books.residual(document) > 0
            and currency in (None, document.currency)
        ]

    @precondition(lambda self: self.unpaid())
    @rule(number=picks, half=st.booleans())
    def clerk_registers_a_payment(self, number, half):
        invoice = pick(number, self.unpaid())
        amount = self.books.residual(invoice)
        if half and amount == invoice.owed and amount % 2 == 0:
            amount //= 2
        self.pay([invoice], amount)

    @precondition(lambda self: len(self.unpaid(HOME)) > 1)
    @rule(number=picks)
    def clerk_registers_one_payment_of_two(self, number):
        unpaid = self.unpaid(HOME)
        first = pick(number, unpaid)
        second = pick(number + 1, unpaid)
        self.pay([first, second], sum(map(self.books.residual, (first, second))))

    # ------------------------------------------------------------------
    # Accountant
    # ------------------------------------------------------------------

    def payments_to_match(self):
        return [
            document
            for document in self.books.of("payment")
            if document.currency == HOME and not document.at_bank
        ]

    @precondition(lambda self: self.payments_to_match())
    @rule(number=picks)
    def accountant_matches_with_the_bank(self, number):
        payment = pick(number, self.payments_to_match())
        self.people.match_with_bank(self.payments[payment])
        self.books.reach_bank(payment)

    def creditable(self):
        return [
            doc for doc in self.books.of("invoice") if not self.books.credits_of(doc)
        ]

    @precondition(lambda self: self.creditable())
    @rule(number=picks, whole=st.booleans())
    def accountant_credits_by_hand(self, number, whole):
        invoice = pick(number, self.creditable())
        move = self.people.credit(self.host[invoice], whole)
        chosen = list(invoice.quantities)[: None if whole else 1]
        credit = self.books.credit_by_hand(
            f"credit {move.id}", invoice, chosen, self.day
        )
        self.host[credit] = move.id

    def paid(self):
        return [m for m in self.books.matches if m.credit.kind == "payment"]

    @precondition(lambda self: self.paid())
    @rule(number=picks)
    def accountant_unmatches(self, number):
        match = pick(number, [m for m in self.paid()])
        self.people.unmatch(self.host[match.debit], self.host[match.credit])
        self.books.unmatch(match)

    def open_credit(self, invoice):
        return [
            document
            for document in self.books.of("payment")
            if document.currency == invoice.currency and self.books.residual(document)
        ]

    def matchable(self):
        return [doc for doc in self.unpaid() if self.open_credit(doc)]

    @precondition(lambda self: self.matchable())
    @rule(number=picks, other=picks)
    def accountant_matches(self, number, other):
        invoice = pick(number, self.matchable())
        payment = pick(other, self.open_credit(invoice))
        self.people.match(self.host[invoice], self.host[payment])
        self.books.match(invoice, payment)

    @rule(change=setups)
    def accountant_changes_the_setup(self, change):
        what, value = change
        getattr(self, f"set_{what}")(value)

    def set_lock(self, value):
        field, days = value
        day = self.day - timedelta(days=days)
        if self.books.locked_until and day < self.books.locked_until:
            return
        self.people.lock_period(field, day)
        self.books.locked_until = day
        self.books.setup += 1

    def set_rate(self, rate):
        self.people.set_rate(self.day, float(rate))
        rates = [entry for entry in self.books.rates if entry[0] != self.day]
        self.books.rates = sorted([*rates, (self.day, Fraction(rate))])
        self.books.setup += 1

    def set_tax(self, percent):
        self.people.set_tax("plain", amount=percent)
        self.books.taxes["plain"] = percent
        self.books.setup += 1

    def set_cash_basis(self, on):
        self.people.set_tax(
            "later", tax_exigibility="on_payment" if on else "on_invoice"
        )
        if self.books.cash_basis != on:
            self.books.setup += 1
            self.books.side_setup += 1
        self.books.cash_basis = on

    def set_exchange(self, other):
        gain, loss = ("gain2", "loss2") if other else ("gain", "loss")
        self.people.set_company(
            income_currency_exchange_account_id=self.case.account_ids[gain],
            expense_currency_exchange_account_id=self.case.account_ids[loss],
        )
        if self.books.gain != gain:
            self.books.setup += 1
            self.books.side_setup += 1
        self.books.gain, self.books.loss = gain, loss

    @rule(always=st.booleans())
    def manager_changes_the_policy(self, always):
        self.people.set_company(reversal_approval="always" if always else "never")
        self.approval = always

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.day += timedelta(days=days)
        self.case.move_to(self.day)

    # ------------------------------------------------------------------
    # Reversals
    # ------------------------------------------------------------------

    def root_of(self, thing):
        if thing in self.books.orders:
            return "sale.order", self.host[thing]
        if thing.kind == "payment":
            return "account.payment", self.payments[thing]
        return "account.move", self.host[thing]

    def batchable(self):
        return [order for order in self.books.orders if not self.books.is_odd(order)]

    def invoices(self):
        return [
            doc for doc in self.books.of("invoice") if doc.order in self.batchable()
        ]

    @precondition(lambda self: self.batchable())
    @rule(number=picks, scope=scopes, how=methods, money=money, looks=looks)
    def clerk_takes_back_an_order(self, number, scope, how, money, looks):
        self.take_back(pick(number, self.batchable()), scope, how, money, looks)

    @precondition(lambda self: self.batchable())
    @rule(how=methods, money=money)
    def clerk_cancels_the_last_order(self, how, money):
        self.take_back(self.batchable()[-1], "cancel", how, money, False)

    @precondition(lambda self: self.invoices())
    @rule(number=picks, how=methods, money=money, looks=looks)
    def clerk_takes_back_an_invoice(self, number, how, money, looks):
        self.take_back(pick(number, self.invoices()), "invoice", how, money, looks)

    @precondition(lambda self: self.books.of("payment"))
    @rule(number=picks, money=money, looks=looks)
    def clerk_takes_back_a_payment(self, number, money, looks):
        payment = pick(number, self.books.of("payment"))
        self.take_back(payment, "payment", "auto", money, looks)

    def take_back(self, root, scope, invoice_method, payment_method, looks):
        values = {
            "scope": scope,
            "invoice_method": invoice_method,
            "payment_method": payment_method,
            **self.values_of_goods(),
        }
        self.say(f"takes back {root}: {values}")
        foretold = self.look(root, values) if looks else None
        balances = self.people.balances()
        result, error = self.people.attempt(lambda: self.submit(root, values))
        expected = self.foresee(root, values)
        if expected:
            self.case.assertTrue(error, f"{expected} was not refused")
            self.count("refused")
            return
        if error:
            self.case.fail(f"refused: {error}")
        if result.state == "to_approve":
            self.case.assertTrue(self.approval)
            self.waiting.append(Request(self, root, values, reversal=result))
            return
        self.case.assertEqual(result.state, "done")
        self.finish(root, values, result, self.day)
        if foretold is not None:
            self.check_foretold(foretold, balances)

    def values_of_goods(self):
        """What the request says of goods; nothing where there are none."""
        return {}

    def submit(self, root, values):
        reversal = self.people.request(self.root_of(root), **values)
        try:
            with self.people.cr.savepoint():
                reversal.action_submit()
        except Exception as error:
            self.check_refusal(root, values, reversal, error)
            raise
        return reversal

    def check_refusal(self, root, values, reversal, error):
        """It says why, by a rule that the books know of; and nothing has changed."""
        self.people.cr.clear()
        self.people.env.invalidate_all(flush=False)
        reversal.action_assess()
        blockers = reversal.finding_ids.filtered(lambda f: f.severity == "blocker")
        self.case.assertTrue(blockers, f"refused without a finding: {error}")
        for blocker in blockers:
            self.case.assertIn(blocker.message, str(error))
            self.case.assertTrue(blocker.remedy or blocker.message)
        codes = set(blockers.mapped("code"))
        expected = self.foresee(root, values)
        self.case.assertEqual(codes, expected, f"refused by other rules: {error}")

    def foresee(self, root, values, day=None):
        """The codes of what stands against it; empty if nothing does."""
        try:
            self.books.plan(root, day=day or self.day, **values)
        except Refused as refused:
            return refused.codes
        return set()

    def look(self, root, values):
        """The dialog foretells what happens, and changes nothing.

        :return: the change of the balances; None if it can't be done
        """
        before = self.people.digest()
        reversal = self.people.request(self.root_of(root), **values)
        preview, error = self.people.attempt(reversal.preview_entries)
        if error:
            self.case.assertTrue(self.foresee(root, values), f"no preview: {error}")
        self.check_unharmed(before)
        return preview

    def check_foretold(self, preview, before):
        names = {code: name for name, code in self.case.codes.items()}
        change = Sums()
        for row in preview:
            currency = HOME if row["currency"] != EURO else EURO
            change.add(
                names.get(row["account_code"], row["account_code"]),
                currency,
                round(100 * float(row["balance"])),
                round(100 * float(row["amount_currency"])),
            )
        actual = Sums()
        actual.merge({key: list(sums) for key, sums in self.people.balances().items()})
        actual.merge({key: list(sums) for key, sums in before.items()}, -1)
        self.case.assertEqual(
            {key: sums for key, sums in change.items() if any(sums)},
            {key: sums for key, sums in actual.items() if any(sums)},
            "foretold",
        )
        self.count("foretold")

    def finish(self, root, values, reversal, day):
        self.count("reversals")
        effect = self.books.take_back(root, day=day, **values)
        self.bind(effect, reversal)
        self.done.append((reversal, effect))
        verified = self.people.as_user(reversal, self.case.clerk).action_verify()
        self.case.assertTrue(verified, reversal.verify_detail)

    def bind(self, effect, reversal):
        """Find the entries that the books foresaw."""
        entries = self.people.entries()
        matches = self.people.matches()
        known = set(self.host.values())
        fresh = {move: row for move, row in entries.items() if move not in known}
        for document in effect.made:
            found = [
                move
                for move, (kind, reverses, payment, state) in fresh.items()
                if state == "posted"
                and move not in self.host.values()
                and (
                    reverses == self.host.get(document.reverses)
                    and kind == "out_refund"
                    if document.kind == "credit"
                    else payment and self.belongs(document, move, matches)
                )
            ]
            self.case.assertEqual(len(found), 1, f"{document.kind} made: {found}")
            self.host[document] = found[0]
            document.name = f"{document.kind} {found[0]}"
            if document.kind == "refund":
                self.payments[document] = fresh[found[0]][2]

    def belongs(self, refund, move, matches):
        return any(
            frozenset((move, self.host.get(match.other(refund)))) in matches
            for match in self.books.matches_of(refund)
        )

    @precondition(lambda self: len(self.batchable()) > 1)
    @rule(number=picks, count=st.integers(2, 3), scope=scopes, payment_method=money)
    def clerk_takes_back_a_batch(self, number, count, scope, payment_method):
        chosen = []
        for offset in range(count):
            order = pick(number + offset, self.batchable())
            if order not in chosen:
                chosen.append(order)
        values = {
            "scope": scope,
            "invoice_method": "credit_note",
            "payment_method": payment_method,
            **self.values_of_goods(),
        }
        batch = self.people.batch([self.host[order] for order in chosen], **values)
        by_order = {reversal.order_id.id: reversal for reversal in batch.reversal_ids}
        self.case.assertEqual(len(by_order), len(chosen))
        self.count("batches")
        for order in chosen:
            reversal = by_order[self.host[order]]
            expected = self.foresee(order, values)
            self.say(f"{order}: {reversal.state} {reversal.error or ''} {expected}")
            if reversal.state == "to_approve":
                self.case.assertTrue(self.approval)
                self.waiting.append(Request(self, order, values, reversal=reversal))
            elif expected:
                self.case.assertEqual(reversal.state, "failed")
                self.case.assertTrue(reversal.error)
            else:
                self.case.assertEqual(reversal.state, "done", reversal.error)
                self.finish(order, values, reversal, self.day)

    # ------------------------------------------------------------------
    # Approver
    # ------------------------------------------------------------------

    def is_unchanged(self, request):
        """Whether nothing at all happened since somebody asked."""
        return (
            request.day == self.day
            and request.setup == self.books.setup
            and request.serial == self.books.serial
        )

    @precondition(lambda self: self.waiting)
    @rule(
        number=picks,
        verdict=st.sampled_from(("approve", "approve", "reject", "rework")),
    )
    def approver_decides(self, number, verdict):
        request = pick(number, self.waiting)
        reversal = self.people.as_user(request.reversal, self.case.approver)
        if verdict == "rework" and not hasattr(type(reversal), "action_rework"):
            verdict = "reject"
        if verdict != "approve":
            before = self.people.digest()
            if verdict == "reject":
                reversal.action_reject("Not this one")
            else:
                reversal.action_rework("Choose another way")
            self.check_unharmed(before)
            self.waiting.remove(request)
            return
        if request.effect:
            self.approve_restore(request, reversal)
            return
        _result, error = self.people.attempt(reversal.action_approve)
        if error:
            self.case.assertTrue(str(error).strip())
            foreseen = self.foresee(request.root, request.values, request.day)
            if not foreseen and self.is_unchanged(request):
                self.case.fail(f"not approved: {error}")
            self.count("refused")
            return
        self.case.assertEqual(reversal.state, "done")
        self.waiting.remove(request)
        self.finish(request.root, request.values, request.reversal, request.day)

    def check_unharmed(self, before):
        after = self.people.digest()
        for table, digest in before.items():
            if not table.startswith("order_reversal"):
                self.case.assertEqual(after[table], digest, table)

    # ------------------------------------------------------------------
    # Manager and scheduler
    # ------------------------------------------------------------------

    @precondition(lambda self: self.restorable())
    @rule(number=picks)
    def manager_restores(self, number):
        self.restore(*pick(number, self.restorable()))

    @precondition(lambda self: self.restorable())
    @rule()
    def manager_restores_the_last(self):
        self.restore(*self.restorable()[-1])

    def restore(self, reversal, effect):
        own = self.people.as_user(reversal, self.case.manager)
        _result, error = self.people.attempt(own.action_undo)
        if error:
            self.check_restore_refused(effect, error)
            return
        waits = self.pending_restore(reversal)
        if waits:
            self.case.assertTrue(self.approval)
            self.waiting.append(
                Request(self, effect.root, {}, effect=effect, reversal=reversal)
            )
            return
        self.restored(reversal, effect)

    def restorable(self):
        waiting = [request.effect for request in self.waiting if request.effect]
        return [
            (reversal, effect)
            for reversal, effect in self.done
            if effect not in waiting and not self.is_known(effect)
        ]

    def is_known(self, effect):
        """Known: a restore to other balances where the host makes other entries beside
        a match by now (cash basis, exchange accounts).
        """
        if "restores_id" in self.people.env["order.reversal"]._fields:
            return False
        return effect.side_setup != self.books.side_setup

    def pending_restore(self, reversal):
        """What waits for an approver: the reversal itself, or its restore."""
        if reversal.state == "undone":
            return None
        model = self.people.env["order.reversal"]
        if "restores_id" in model._fields:
            restore = model.search(
                [("restores_id", "=", reversal.id), ("state", "=", "to_approve")]
            )
            self.case.assertEqual(len(restore), 1, reversal.state)
            return restore
        self.case.assertEqual(reversal.state, "done")
        return reversal

    def check_restore_refused(self, effect, error):
        self.count("refused")
        self.case.assertTrue(str(error).strip())
        if self.books._may_restore(effect) and self.books.is_untouched(effect):
            self.case.fail(f"not restored: {error}")

    def restored(self, reversal, effect):
        self.case.assertEqual(reversal.state, "undone")
        self.count("restores")
        self.done.remove((reversal, effect))
        try:
            self.books.restore(effect)
        except Refused:
            self.case.fail("restored, though others changed it since")

    def approve_restore(self, request, reversal):
        record = self.pending_restore(request.reversal)
        record = self.people.as_user(record, self.case.approver)
        _result, error = self.people.attempt(record.action_approve)
        if error:
            if self.is_unchanged(request):
                self.check_restore_refused(request.effect, error)
            self.count("refused")
            return
        self.waiting.remove(request)
        self.restored(request.reversal, request.effect)

    @rule()
    def scheduler_verifies(self):
        before = self.people.digest()
        self.case.run_daily_check()
        self.check_unharmed(before)
