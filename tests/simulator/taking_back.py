"""What a reversal and its restore do to the books. Knows no Odoo."""

from fractions import Fraction

from .documents import COST, HOME, SCOPES, STOCK, Effect, Order, Refused, rounded


class TakingBack:
    """The books of those who take back; see `ledger.Books`."""

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

    def take_part(self, invoice, line, day):
        """Credit one of a line; of the newest payments as much is taken off.

        :return: Effect
        """
        effect = Effect(invoice.order, "invoice", 0, self.setup, self.side_setup)
        effect.quantities = {
            other: (other.quantity, self.invoiced(other))
            for other in invoice.order.lines
        }
        base = line.price
        tax = rounded(Fraction(base * invoice.tax_rate, 100))
        needed = base + tax - self.residual(invoice)
        kept = []
        for match in reversed(self.matches_of(invoice)):
            if needed > 0:
                self._remove(effect, [match])
                kept.append((match.other(invoice), max(0, match.amount - needed)))
                needed -= match.amount
        credit = self._bill(
            None, "credit", invoice.order, {line: -1}, day,
            base=-base, tax=-tax, rate=invoice.rate, percent=invoice.tax_rate,
            tax_account=invoice.tax_account, reverses=invoice,
        )  # fmt: skip
        effect.made.append(credit)
        effect.matched.append(self.match(invoice, credit))
        for payment, amount in kept:
            if amount:
                effect.matched.append(self.match(invoice, payment, amount))
        self.touch(invoice.order, invoice, credit)
        effect.serial = self.serial
        return effect

    def kept_by(self, effect):
        """{payment: what a reversal took off and is still open}."""
        kept = {}
        for match in effect.removed:
            payment = match.other(
                next(d for d in match.documents if d.kind != "payment")
            )
            if payment.kind == "payment":
                kept[payment] = kept.get(payment, 0) + match.amount
        for match in effect.matched:
            for payment in match.documents:
                if payment in kept:
                    kept[payment] -= match.amount
        return {
            payment: min(amount, -self.residual(payment))
            for payment, amount in kept.items()
            if payment.alive and amount > 0 and self.residual(payment)
        }

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
            # Known: then another reversal of the same order is not restored any more,
            # though it did nothing to what came back.
            *(document.order for document in (*effect.died, *effect.made)),
        )

    def _may_restore(self, effect):
        if any(not doc.alive or doc.at_bank for doc in effect.made):
            return False
        # An order that was opened may be locked again by now: that is where a restore
        # ends. But then nothing else of it may have been changed.
        opened = any(locked for _state, locked in effect.orders.values())
        if (opened or effect.scope in ("draft", "cancel")) and any(
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
