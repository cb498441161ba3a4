"""Reversals: asked for, approved, carried out, and restored."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from .choices import EURO, looks, methods, money, pick, picks, scopes
from .documents import HOME, Document, Refused, Sums


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


class Reversals:
    """Rules of the machine for whoever takes back and restores."""

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
        if "already_requested" in expected:
            # whatever else there is to say
            expected, codes = {"already_requested"}, codes & {"already_requested"}
        self.case.assertEqual(codes, expected, f"refused by other rules: {error}")

    def foresee(self, root, values, request=None):
        """The codes of what stands against it; empty if nothing does.

        :param Request request: what is approved, if it was asked for before
        """
        codes = set()
        if any(
            other.root is root and not other.effect
            for other in self.waiting
            if other is not request
        ):
            codes.add("already_requested")
        try:
            day = request.day if request else self.day
            self.books.plan(root, day=day, **values)
        except Refused as refused:
            codes |= refused.codes
        return codes

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
        # Orders and their lines have ids of their own, which may be the same.
        known = {
            move for thing, move in self.host.items() if isinstance(thing, Document)
        }
        fresh = {move: row for move, row in entries.items() if move not in known}
        for document in effect.made:
            found = [
                move
                for move, (kind, reverses, payment, state) in fresh.items()
                if state == "posted"
                and move not in known
                and (
                    reverses == self.host.get(document.reverses)
                    and kind == "out_refund"
                    if document.kind == "credit"
                    else payment and self.belongs(document, move, matches)
                )
            ]
            self.case.assertEqual(
                len(found),
                1,
                f"{document.kind} made: {found} of {fresh}, {reversal.scope}, "
                f"{reversal.step_ids.mapped('outcome')}",
            )
            self.host[document] = found[0]
            known.add(found[0])
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
        reversal = request.reversal
        if request.effect:
            reversal = self.pending_restore(reversal)
        reversal = self.people.as_user(reversal, self.case.approver)
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
            foreseen = self.foresee(request.root, request.values, request)
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
        model = self.people.env_of(self.case.approver)["order.reversal"]
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
            self.restored_against_the_books()

    def restored_against_the_books(self):
        self.case.fail("restored, though others changed it since")

    def approve_restore(self, request, reversal):
        _result, error = self.people.attempt(reversal.action_approve)
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
