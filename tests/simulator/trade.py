"""A clerk who sells, and an accountant who keeps the host's books."""

from datetime import timedelta
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from .choices import EURO, EURO_PRICE, PRICES, lines, pick, picks, setups
from .documents import HOME


class Trade:
    """Rules of the machine that need no reversal."""

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
        self.confirm(pick(number, [o for o in self.books.orders if o.state != "sale"]))

    def confirm(self, order):
        self.people.confirm(self.host[order])
        self.reconfirmed(order)

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
