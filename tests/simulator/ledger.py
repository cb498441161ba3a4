"""Books in plain double entry, by hand: what must stand where. Knows no Odoo.

All amounts are integers, in cents. An account's balance is debit less credit, in the
company's currency; its amount is the same in the currency of the document.
"""

from dataclasses import dataclass, field
from fractions import Fraction

HOME = "home"
RECEIVABLE = "receivable"
REVENUE = "revenue"
TAX = "tax"
WAITING = "waiting"  # tax that is due once the invoice is paid
RECEIVED = "received"  # money on its way to the bank
SPENT = "spent"  # money on its way from the bank
BANK = "bank"
COST = "cost"
STOCK = "stock"

#: Which scopes reach as far as these, from the nearest to the farthest.
SCOPES = ("unlock", "payment", "invoice", "draft", "cancel")


class Refused(Exception):
    """What can't be done, by the code of each rule against it."""

    def __init__(self, *codes):
        super().__init__(*codes)
        self.codes = set(codes)


def rounded(value):
    """The nearest cent; halves go away from zero."""
    value = Fraction(value)
    cents = int(abs(value) + Fraction(1, 2))
    return cents if value >= 0 else -cents


class Sums(dict):
    """{(account, currency): [balance, amount]}."""

    def add(self, account, currency, balance, amount=0):
        sums = self.setdefault((account, currency), [0, 0])
        sums[0] += balance
        sums[1] += amount

    def merge(self, other, sign=1):
        for (account, currency), (balance, amount) in other.items():
            self.add(account, currency, sign * balance, sign * amount)


@dataclass(eq=False)
class Line:
    """A line of an order.

    :param int cost: of a unit, booked with the invoice; of goods alone
    :param int due: quantity that the warehouse is asked to deliver
    """

    price: int
    quantity: int
    cost: int = 0
    delivered: int = 0
    due: int = 0


@dataclass(eq=False)
class Order:
    name: str
    currency: str
    tax: str
    lines: list
    state: str = "sale"
    locked: bool = False
    changed: int = 0

    def __repr__(self):
        return self.name


@dataclass(eq=False)
class Document:
    """A posted entry with one open item: an invoice, a credit note or a payment.

    :param int owed: debit less credit on the receivable, in the document's currency
    :param dict quantities: {order line: quantity}, negative on a credit note
    """

    name: str
    kind: str
    currency: str
    date: object
    owed: int
    owed_balance: int
    entry: Sums
    order: Order = None
    quantities: dict = field(default_factory=dict)
    base: int = 0
    tax: int = 0
    tax_account: str = TAX
    tax_rate: int = 0
    rate: Fraction = Fraction(1)
    reverses: "Document" = None
    alive: bool = True
    sent: bool = False
    at_bank: bool = False
    changed: int = 0

    def __repr__(self):
        return self.name


@dataclass(eq=False)
class Match:
    """Two open items against each other, and what the host books beside it."""

    debit: Document
    credit: Document
    amount: int
    debit_balance: int
    credit_balance: int
    side: Sums
    #: {document: tax that became due by this match}
    due: dict = field(default_factory=dict)

    @property
    def documents(self):
        return (self.debit, self.credit)

    def other(self, document):
        return self.credit if document is self.debit else self.debit


@dataclass(eq=False)
class Effect:
    """What a reversal did, so that a restore can be told from it."""

    root: object
    scope: str
    serial: int
    setup: int
    side_setup: int
    orders: dict = field(default_factory=dict)  # {order: (state, locked)} as before
    #: {order line: (ordered, invoiced) as before}
    quantities: dict = field(default_factory=dict)
    removed: list = field(default_factory=list)
    died: list = field(default_factory=list)
    made: list = field(default_factory=list)
    matched: list = field(default_factory=list)
    #: {order line: (due, delivered)} as before, and what stays of their cost
    goods: dict = field(default_factory=dict)
    cost: Sums = field(default_factory=Sums)


class Books:
    """A company: its orders, its documents, what is matched, and its setup."""

    def __init__(self, rates):
        self.orders = []
        self.documents = []
        self.matches = []
        #: beside the documents: bank statements, cost of goods that were given away
        self.beside = Sums()
        self.serial = 0
        #: how often the setup changed, and that of what a match brings with it
        self.setup = 0
        self.side_setup = 0
        #: percent a tax; `later` is due on payment while `cash_basis` holds
        self.taxes = {"none": 0, "plain": 15, "later": 10}
        self.cash_basis = True
        self.gain, self.loss = "gain", "loss"
        #: [(first day, units of the foreign currency for one of the company's)]
        self.rates = [(day, Fraction(rate)) for day, rate in rates]
        self.locked_until = None

    # ------------------------------------------------------------------
    # What must be
    # ------------------------------------------------------------------

    def balances(self):
        """{(account, currency): (balance, amount)} of what is not zero."""
        total = Sums()
        for document in self.documents:
            if document.alive:
                total.merge(document.entry)
        for match in self.matches:
            total.merge(match.side)
        total.merge(self.beside)
        return {key: tuple(sums) for key, sums in total.items() if any(sums)}

    def residual(self, document):
        """What is open of a document, in its currency; negative if we owe it."""
        left = document.owed if document.alive else 0
        for match in self.matches:
            if match.debit is document:
                left -= match.amount
            elif match.credit is document:
                left += match.amount
        return left

    def residual_balance(self, document):
        left = document.owed_balance
        for match in self.matches:
            if match.debit is document:
                left -= match.debit_balance
            elif match.credit is document:
                left += match.credit_balance
        return left

    def invoiced(self, line):
        return sum(
            document.quantities.get(line, 0)
            for document in self.documents
            if document.alive
        )

    def to_invoice(self, order):
        return {
            line: line.quantity - self.invoiced(line)
            for line in order.lines
            if line.quantity - self.invoiced(line)
        }

    # ------------------------------------------------------------------
    # Questions
    # ------------------------------------------------------------------

    def rate(self, currency, day):
        if currency == HOME:
            return Fraction(1)
        return [rate for first, rate in self.rates if first <= day][-1]

    def of(self, *kinds, order=None):
        return [
            document
            for document in self.documents
            if document.alive
            and document.kind in kinds
            and (order is None or document.order is order)
        ]

    def matches_of(self, document):
        return [match for match in self.matches if document in match.documents]

    def credits_of(self, invoice):
        return [doc for doc in self.of("credit") if doc.reverses is invoice]

    def is_odd(self, order):
        """Whether a credit note by hand has another tax than what it credits.

        What is left of such an invoice is the host's own difference.
        """
        return any(
            (credit.tax_rate, credit.tax_account)
            != (credit.reverses.tax_rate, credit.reverses.tax_account)
            for credit in self.of("credit", order=order)
        )

    def touch(self, *things):
        self.serial += 1
        for thing in things:
            thing.changed = self.serial

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def sell(self, name, currency, tax, lines, cost=0):
        order = Order(name, currency, tax, [Line(*line, cost) for line in lines])
        for line in order.lines if cost else ():
            line.due = line.quantity
        self.orders.append(order)
        self.touch(order)
        return order

    def _bill(self, name, kind, order, quantities, day, **values):
        """A document of an order, by today's setup unless told otherwise."""
        percent = values.pop("percent", self.taxes[order.tax])
        account = values.pop("tax_account", None)
        if account is None:
            waits = order.tax == "later" and self.cash_basis
            account = WAITING if waits else TAX
        rate = values.pop("rate", None) or self.rate(order.currency, day)
        parts = [line.price * count for line, count in quantities.items()]
        base = values.pop("base", sum(parts))
        tax = values.pop(
            "tax", sum(rounded(Fraction(part * percent, 100)) for part in parts)
        )
        entry = Sums()
        base_balance, tax_balance = rounded(base / rate), rounded(tax / rate)
        entry.add(REVENUE, order.currency, -base_balance, -base)
        entry.add(account, order.currency, -tax_balance, -tax)
        owed_balance = base_balance + tax_balance
        entry.add(RECEIVABLE, order.currency, owed_balance, base + tax)
        cost = sum(line.cost * count for line, count in quantities.items())
        entry.add(COST, HOME, cost, cost)
        entry.add(STOCK, HOME, -cost, -cost)
        document = Document(
            name, kind, order.currency, day, base + tax, owed_balance, entry,
            order=order, quantities=dict(quantities), base=base, tax=tax,
            tax_account=account, tax_rate=percent, rate=rate, **values,
        )  # fmt: skip
        self.documents.append(document)
        return document

    def invoice(self, name, order, day):
        document = self._bill(name, "invoice", order, self.to_invoice(order), day)
        self.touch(order, document)
        return document

    def credit_by_hand(self, name, invoice, lines, day):
        """The host copies the lines, and taxes them by today's setup."""
        quantities = {line: -invoice.quantities[line] for line in lines}
        document = self._bill(
            name, "credit", invoice.order, quantities, day, reverses=invoice
        )
        self.touch(invoice.order, invoice, document)
        if self.residual(invoice) > 0:
            self.match(invoice, document)
        return document

    def pay(self, name, amount, currency, day, outbound=False):
        rate = self.rate(currency, day)
        sign = 1 if outbound else -1
        owed, owed_balance = sign * amount, sign * rounded(amount / rate)
        entry = Sums()
        entry.add(RECEIVABLE, currency, owed_balance, owed)
        entry.add(SPENT if outbound else RECEIVED, currency, -owed_balance, -owed)
        kind = "refund" if outbound else "payment"
        document = Document(
            name, kind, currency, day, owed, owed_balance, entry, rate=rate
        )
        self.documents.append(document)
        self.touch(document)
        return document

    def reach_bank(self, payment):
        """The bank says that a payment in the company's currency happened."""
        payment.at_bank = True
        account = RECEIVED if payment.kind == "payment" else SPENT
        self.beside.add(BANK, HOME, -payment.owed_balance, -payment.owed)
        self.beside.add(account, HOME, payment.owed_balance, payment.owed)
        self.touch(payment)

    def match(self, one, other, amount=None):
        """Match two open items, as far as both are open.

        The items are worth what they were at their own rates: the difference is an
        exchange difference. Taxes that wait for the payment become due with it.
        """
        debit, credit = (one, other) if self.residual(one) > 0 else (other, one)
        if amount is None:
            amount = min(self.residual(debit), -self.residual(credit))
        worth = {}
        for document in (debit, credit):
            left = self.residual(document)
            balance = self.residual_balance(document)
            worth[document] = abs(
                balance
                if abs(left) == amount
                else rounded(Fraction(balance * amount, left))
            )
        side = Sums()
        difference = worth[debit] - worth[credit]
        if difference:
            account = self.loss if difference > 0 else self.gain
            side.add(account, debit.currency, difference)
            side.add(RECEIVABLE, debit.currency, -difference)
        match = Match(debit, credit, amount, worth[debit], worth[credit], side)
        self.matches.append(match)
        for document in (debit, credit):
            self._make_due(match, document)
        self.touch(debit, credit)
        return match

    def _make_due(self, match, document):
        if not (self.cash_basis and document.tax_account == WAITING and document.tax):
            return
        due = sum(m.due.get(document, 0) for m in self.matches if m is not match)
        if self.residual(document):
            part = rounded(Fraction(document.tax * match.amount, abs(document.owed)))
        else:
            part = document.tax - due
        match.due[document] = part
        match.side.add(WAITING, document.currency, part, part)
        match.side.add(TAX, document.currency, -part, -part)

    def unmatch(self, match):
        self.matches.remove(match)
        self.touch(*match.documents)

    # ------------------------------------------------------------------
    # Reversals
    # ------------------------------------------------------------------

    def remaining(self, invoice):
        """What of an invoice no credit note took back: quantities, base and tax."""
        credits = self.credits_of(invoice)
        quantities = {
            line: count + sum(c.quantities.get(line, 0) for c in credits)
            for line, count in invoice.quantities.items()
        }
        return (
            {line: count for line, count in quantities.items() if count},
            invoice.base + sum(credit.base for credit in credits),
            invoice.tax + sum(credit.tax for credit in credits),
        )

    def plan(self, root, scope, payment_method, invoice_method, day, **_goods):
        """What a reversal has to do.

        :raise Refused: with the codes of all rules against it
        :return: (invoices to take back, {payment: matches to take off})
        """
        codes = set()
        if isinstance(root, Order) and root.state != "sale":
            codes.add(
                "order_cancelled" if root.state == "cancel" else "order_not_confirmed"
            )
        taken, releases = [], {}
        for invoice in self._reached(root):
            left = (
                scope in ("invoice", "draft", "cancel") and self.remaining(invoice)[0]
            )
            if left:
                taken.append(invoice)
                if invoice_method == "void" and not self.may_void(invoice):
                    codes.add("void_refused")
            elif invoice is root:
                codes.add("already_reversed")
            if left or self._touches_payments(scope, payment_method):
                self._release(releases, invoice)
        if root in self.documents and root.kind == "payment":
            self._release_root(releases, root, payment_method)
        if payment_method == "void":
            codes.update(*map(self._unvoidable, releases, releases.values()))
        if not (codes or taken or releases or self._moves(root, scope)):
            codes.add("nothing_to_do")
        if codes:
            raise Refused(*codes)
        return taken, releases

    def _reached(self, root):
        """The invoices that a root reaches."""
        if isinstance(root, Order):
            return self.of("invoice", order=root)
        return [root] if root.kind == "invoice" else []

    def _touches_payments(self, scope, payment_method):
        """Whether payments are taken off an invoice that is credited already."""
        if scope == "unlock":
            return False
        return scope == "payment" or payment_method in ("void", "refund")

    def _release(self, releases, invoice):
        for match in self.matches_of(invoice):
            payment = match.other(invoice)
            if payment.kind == "payment":
                releases.setdefault(payment, []).append(match)

    def _release_root(self, releases, payment, payment_method):
        """A payment that settles nothing can still be voided, or paid back."""
        matches = [
            match
            for match in self.matches_of(payment)
            if match.other(payment).kind == "invoice"
        ]
        open_credit = payment_method == "refund" and self.residual(payment)
        if matches or payment_method == "void" or open_credit:
            releases[payment] = matches

    def _unvoidable(self, payment, matches):
        """Codes of what stands against saying that a payment never happened."""
        codes = set()
        if payment.at_bank:
            codes.add("payment_bank_matched")
        if set(self.matches_of(payment)) - set(matches):
            codes.add("payment_shared")
        return codes

    def _moves(self, root, scope):
        """Whether the order itself changes."""
        return isinstance(root, Order) and (root.locked or SCOPES.index(scope) >= 3)

    def may_void(self, invoice):
        locked = self.locked_until and invoice.date <= self.locked_until
        return not (invoice.sent or locked or self.credits_of(invoice))

    def voids(self, invoice, invoice_method, day):
        if invoice_method != "auto":
            return invoice_method == "void"
        same = (invoice.date.year, invoice.date.month) == (day.year, day.month)
        return same and self.may_void(invoice)

    def take_back(
        self, root, scope, payment_method, invoice_method, day, delivery_method="keep"
    ):
        """Carry a reversal out.

        :raise Refused: nothing has changed then
        :return: Effect; the documents made have no names yet
        """
        taken, releases = self.plan(root, scope, payment_method, invoice_method, day)
        effect = Effect(root, scope, 0, self.setup, self.side_setup)
        orders = {doc.order: None for doc in taken}
        if isinstance(root, Order):
            orders[root] = None
        effect.quantities = {
            line: (line.quantity, self.invoiced(line))
            for order in orders
            for line in order.lines
        }
        voids = {doc: self.voids(doc, invoice_method, day) for doc in taken}
        for payment, matches in releases.items():
            released = sum(match.amount for match in matches)
            self._remove(effect, matches)
            if payment_method == "void":
                self._remove(effect, self.matches_of(payment))
                self._kill(effect, payment)
            elif payment_method == "refund":
                amount = released or -self.residual(payment)
                refund = self.pay(None, amount, payment.currency, day, outbound=True)
                effect.made.append(refund)
                effect.matched.append(self.match(refund, payment, amount))
        if SCOPES.index(scope) >= 2:
            for match in effect.removed:
                if match.debit.alive and match.debit not in taken:
                    self._match_credits(effect, match.debit)
        for invoice in taken:
            if voids[invoice]:
                self._remove(effect, self.matches_of(invoice))
                self._kill(effect, invoice)
            else:
                self._credit(effect, invoice, day)
        self._move_order(effect, root, scope)
        if isinstance(root, Order) and scope in ("draft", "cancel"):
            self._move_goods(effect, root, delivery_method)
        effect.serial = self.serial
        return effect

    def _remove(self, effect, matches):
        for match in list(matches):
            if match in self.matches:
                self.unmatch(match)
                effect.removed.append(match)

    def _kill(self, effect, document):
        document.alive = False
        effect.died.append(document)
        self.touch(document, *([document.order] if document.order else []))

    def _credit(self, effect, invoice, day):
        """A credit note of what is left, at the rate of the invoice."""
        self._match_credits(effect, invoice)
        quantities, base, tax = self.remaining(invoice)
        credit = self._bill(
            None, "credit", invoice.order,
            {line: -count for line, count in quantities.items()}, day,
            base=-base, tax=-tax, rate=invoice.rate, percent=invoice.tax_rate,
            tax_account=invoice.tax_account, reverses=invoice,
        )  # fmt: skip
        effect.made.append(credit)
        self.touch(invoice.order, invoice, credit)
        if self.residual(invoice) > 0:
            effect.matched.append(self.match(invoice, credit))

    def _match_credits(self, effect, invoice):
        """What was credited by hand and is open settles the invoice after all."""
        for credit in self.credits_of(invoice):
            if self.residual(credit) and self.residual(invoice) > 0:
                effect.matched.append(self.match(invoice, credit))

    def _move_order(self, effect, root, scope):
        if not isinstance(root, Order):
            return
        effect.orders[root] = (root.state, root.locked)
        root.locked = False
        if scope in ("draft", "cancel"):
            root.state = scope
        self.touch(root)

    def _move_goods(self, effect, order, delivery_method):
        """Nothing is delivered any more; what was comes back, or is given away."""
        for line in order.lines:
            if not line.cost:
                continue
            effect.goods[line] = (line.due, line.delivered)
            line.due = 0
            if delivery_method == "return":
                line.delivered = 0
            elif effect.scope == "cancel":
                _ordered, invoiced = effect.quantities[line]
                cost = line.cost * min(line.delivered, invoiced)
                effect.cost.add(COST, HOME, cost, cost)
                effect.cost.add(STOCK, HOME, -cost, -cost)
        self.beside.merge(effect.cost)

    # ------------------------------------------------------------------
    # Restores
    # ------------------------------------------------------------------

    def is_untouched(self, effect):
        """Whether nobody changed since what a reversal had changed."""
        things = {*effect.orders, *effect.died, *effect.made}
        for match in (*effect.removed, *effect.matched):
            things.update(match.documents)
        things.update([thing.order for thing in things if getattr(thing, "order", 0)])
        return self.setup == effect.setup and all(
            thing.changed <= effect.serial for thing in things
        )

    def restore(self, effect):
        """Take a reversal back: all stands as it was before it.

        :raise Refused: what others did since stands against it; nothing has changed
        """
        if not self._may_restore(effect):
            raise Refused("changed")
        for document in effect.made:
            for match in self.matches_of(document):
                self.unmatch(match)
            document.alive = False
        for match in effect.matched:
            if match in self.matches:
                self.unmatch(match)
        for document in effect.died:
            document.alive = True
        self.matches += effect.removed
        for order, (state, locked) in effect.orders.items():
            order.state, order.locked = state, locked
        self.beside.merge(effect.cost, -1)
        for line, (due, delivered) in effect.goods.items():
            # what came back has to be delivered again
            line.due = due + delivered - line.delivered
        self.touch(
            *effect.orders,
            *effect.died,
            *effect.made,
            *(document for match in effect.removed for document in match.documents),
        )

    def _may_restore(self, effect):
        if any(not doc.alive or doc.at_bank for doc in effect.made):
            return False
        if effect.scope in ("draft", "cancel") and any(
            line.quantity != ordered
            for line, (ordered, _invoiced) in effect.quantities.items()
        ):
            return False
        open_items = {}
        for match in effect.removed:
            for document in match.documents:
                if not (document.alive or document in effect.died):
                    return False
                open_items.setdefault(document, 0)
                open_items[document] += match.amount
        for document, amount in open_items.items():
            gone = [m for m in self.matches_of(document) if self._is_undone(m, effect)]
            free = abs(self._residual_if_alive(document))
            if free + sum(m.amount for m in gone) < amount:
                return False
        return not self._would_invoice_twice(effect)

    def _is_undone(self, match, effect):
        return match in effect.matched or any(d in effect.made for d in match.documents)

    def _residual_if_alive(self, document):
        return self.residual(document) + (0 if document.alive else document.owed)

    def _would_invoice_twice(self, effect):
        for line, (_ordered, before) in effect.quantities.items():
            count = self.invoiced(line)
            count -= sum(doc.quantities.get(line, 0) for doc in effect.made)
            count += sum(doc.quantities.get(line, 0) for doc in effect.died)
            if count > max(line.quantity, before):
                return True
        return False
