"""A part is taken back; what was taken back is settled again."""

from hypothesis.stateful import precondition, rule

from .choices import pick, picks
from .documents import Order


class Anew:
    """Rules of the machine for parts and settlements."""

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def divisible(self):
        """Orders with one invoice, of which nothing was credited yet."""
        if "line_ids" not in self.people.env["order.reversal"]._fields:
            return []
        found = []
        for order in self.batchable():
            invoices = self.books.of("invoice", order=order)
            waits = any(request.root is order for request in self.waiting)
            if order.state == "sale" and len(invoices) == 1 and not waits:
                if not self.books.credits_of(invoices[0]):
                    found.append(order)
        return found

    @precondition(lambda self: self.divisible())
    @rule(number=picks, line=picks)
    def clerk_takes_back_a_part(self, number, line):
        order = pick(number, self.divisible())
        [invoice] = self.books.of("invoice", order=order)
        line = pick(line, list(invoice.quantities))
        self.say(f"takes back one of {order}")
        result, error = self.people.attempt(
            lambda: self.people.take_part(self.host[order], self.host[line])
        )
        if error:
            self.case.fail(f"refused: {error}")
        if result.state == "to_approve":
            # who asks for a part and waits is the business of other tests
            self.people.as_user(result, self.case.clerk).action_cancel()
            return
        self.case.assertEqual(result.state, "done")
        self.count("parts")
        effect = self.books.take_part(invoice, line, self.day)
        self.bind(effect, result)
        self.done.append((result, effect))

    # ------------------------------------------------------------------
    # Settled again
    # ------------------------------------------------------------------

    def settleable(self):
        """Reversals of orders that nobody touched since, with one payment at most."""
        if "order.settlement" not in self.people.env:
            return []
        return [
            (reversal, effect)
            for reversal, effect in self.done
            if isinstance(effect.root, Order)
            and effect.scope in ("invoice", "draft")
            and effect.root.state != "cancel"
            and self.books.to_invoice(effect.root)
            and self.books.is_untouched(effect)
            and len(self.books.kept_by(effect)) < 2
            and not self.books.of("invoice", order=effect.root)[1:]
        ]

    @precondition(lambda self: self.settleable())
    @rule(number=picks)
    def clerk_settles_again(self, number):
        reversal, effect = pick(number, self.settleable())
        settlement, error = self.people.attempt(
            lambda: self.people.settle_again(reversal.id)
        )
        if error:
            self.case.fail(f"not settled: {error}")
        self.case.assertEqual(settlement.state, "done")
        self.count("settlements")
        order = effect.root
        if order.state != "sale":
            self.reconfirmed(order)
        _state, was_locked = effect.orders.get(order, ("", False))
        # What was opened to be taken back is locked as it was.
        order.locked = order.locked or was_locked
        invoice = self.books.invoice("settled", order, self.day)
        self.host[invoice] = settlement.move_ids.id
        for payment, amount in self.books.kept_by(effect).items():
            self.books.match(
                invoice, payment, min(amount, self.books.residual(invoice))
            )

    def reconfirmed(self, order):
        order.state = "sale"
        self.books.touch(order)
