"""Properties that hold for every settled order, over generated ones."""

import pytest
from hypothesis import currently_in_test_context, given, settings
from hypothesis import note as hypothesis_note

from odoo.exceptions import UserError

from .answers import compare_payments, compare_searches
from .batch import BatchCase
from .foreseen import ForeseenMixin
from .generator import Builder, shapes

# Examples of each part: four parts are spread over the workers.
EXAMPLES = settings().max_examples
# Every rule that may stand against a generated shape; anything else is a defect.
KNOWN_BLOCKERS = {
    "already_reversed",
    "credit_exceeds",
    "credit_without_invoice",
    "credit_negative",
    "credit_paid_back",
    "down_payment_deducted",
    "nothing_to_do",
    "payment_of_shared_invoice",
    "payment_shared",
    "void_refused",
}


def note(text):
    """Tell what an example was about, should it fail."""
    if currently_in_test_context():
        hypothesis_note(text)


class GeneratedCase(ForeseenMixin, BatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2026-02-01", 0.8), ("2026-03-01", 1.1)]
        )
        cls.euro_pricelist = cls.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": cls.euro.id}
        )
        cls.company.tax_exigibility = True
        cls.deposits = cls.env["account.account"].create(
            {
                "name": "Deposits",
                "code": "251970",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        transition = cls.env["account.account"].create(
            {
                "name": "Tax waiting",
                "code": "251990",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )

        def tax(name, amount, **values):
            return cls.env["account.tax"].create(
                {
                    "name": name,
                    "amount": amount,
                    "company_id": cls.company.id,
                    "country_id": cls.company.account_fiscal_country_id.id,
                    **values,
                }
            )

        cls.taxes = {
            "plain": cls.tax,
            "included": tax("inc", 13.0, price_include_override="tax_included"),
            "two": cls.tax | tax("second", 3.5),
            "none": cls.env["account.tax"],
            "cash_basis": tax(
                "caba",
                9.0,
                tax_exigibility="on_payment",
                cash_basis_transition_account_id=transition.id,
            ),
        }

    def setUp(self):
        super().setUp()
        compare_payments(self)
        compare_searches(self)

    # ------------------------------------------------------------------
    # One example
    # ------------------------------------------------------------------

    def check(self, shape):
        with self.cr.savepoint() as savepoint:
            try:
                self._check(shape)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _check(self, shape):
        if shape.global_rounding:
            self.company.tax_calculation_rounding_method = "round_globally"
        empty = self.trial_balance()
        built = Builder(self, shape)
        built.settle()
        note(f"root {built.root}, invoices {built.invoices.mapped('amount_total')}")
        settled = self.trial_balance()
        self._switch(shape, "before")
        left = self._left_by_credits(built)
        orders = self._orders_of(built)
        others = self._others(built)
        image = self.image(*others)
        documents = self.image(*built.documents())
        reversal = self._ask(shape, built)
        tried = reversal.rehearse()
        self.assertEqual(self.image(*built.documents()), documents)
        self.assertBooks(settled)
        try:
            with self.cr.savepoint():
                reversal = self._carry_out(shape, built, reversal)
        except UserError as error:
            self._check_refusal(reversal, error, built, documents, settled)
            return
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        self.assertEqual(self.image(*others), image, "a neighbour changed")
        self._check_outcome(orders, reversal)
        self._switch(shape, "since")
        if shape.switched:
            self._check_switched(reversal, tried, settled, shape.switched)
        elif shape.undo:
            self._check_undo(reversal, built, settled)
        elif shape.again:
            self._check_settled_again(reversal)
        self._check_ledger(built, left or empty)

    def _ask(self, shape, built):
        # Who may not read payments can't ask for one either.
        asks = shape.way == "approved" and built.root._name != "account.payment"
        user = self.requester if asks else self.clerk
        return self.request(built.root, user=user, **self._values(shape))

    @staticmethod
    def _values(shape):
        return {
            "scope": shape.scope,
            "invoice_method": shape.invoice_method,
            "payment_method": shape.payment_method,
        }

    def _carry_out(self, shape, built, reversal):
        """As the shape says; whatever is refused was said before.

        :return: the reversal that was carried out, as whoever did that sees it
        """
        if shape.way == "batch":
            batch = self.batch(built.root, **self._values(shape))
            reversal = self.run_batch_foreseen(batch)
            if reversal.state == "failed":
                raise UserError(reversal.error)
        elif shape.way == "approved":
            self.company.reversal_approval = "always"
            self.submit_foreseen(reversal)
            self.company.reversal_approval = "never"
            self.assertEqual(reversal.state, "to_approve")
            self.approve_foreseen(reversal)
            reversal = reversal.with_user(self.approver)
        else:
            self.submit_foreseen(reversal)
        self.assertEqual(reversal.state, "done")
        return reversal

    def _check_settled_again(self, reversal):
        """What the dialog says of it beforehand is what comes, or it says why not."""
        model = reversal.env["order.settlement"]
        settlement = model.create({"reversal_id": reversal.id})
        blockers = settlement.finding_ids.filtered(lambda f: f.severity == "blocker")
        due = settlement.amount_due
        try:
            with self.cr.savepoint():
                settlement.action_settle()
        except UserError as error:
            self.assertTrue(blockers, f"not said before: {error}")
            return
        self.assertFalse(blockers.mapped("message"), "said, and yet not refused")
        self.assertAlmostEqual(settlement.amount_due, due, 2)

    def _others(self, built):
        """Somebody else's documents: all that the root has no part in."""
        if self.is_wide(built):
            return []
        moves = built.neighbour.order_line.invoice_lines.move_id
        own = built.order.order_line.invoice_lines.move_id
        alone = moves - own
        return [built.neighbour, built.neighbour.order_line, alone]

    @staticmethod
    def _orders_of(built):
        """The orders that the root reaches: a payment, those of what it pays."""
        root = built.root
        if root._name == "account.payment":
            root = root.reconciled_invoice_ids
        if root._name == "account.move":
            root = root.line_ids.sale_line_ids.order_id
        return root

    def _left_by_credits(self, built):
        """Cents of the company's currency that the host's own credit notes left.

        An invoice that was credited wholly, in its currency, before the reversal is
        not touched. The host's copy may differ by a cent in the company's currency, on
        an account or the other, which it books as an exchange difference.
        """
        moves = built.invoices.filtered(lambda move: move.payment_state == "reversed")
        moves |= moves.reversal_move_ids.filtered(lambda move: move.state == "posted")
        size = 0
        while len(moves) > size:
            size = len(moves)
            lines = moves.line_ids
            moves |= (
                lines.matched_debit_ids | lines.matched_credit_ids
            ).exchange_move_id
            moves |= moves.search([("tax_cash_basis_origin_move_id", "in", moves.ids)])
        left = {}
        for line in moves.line_ids:
            key = (line.account_id.code, line.currency_id.name)
            balance, amount = left.get(key, (0.0, 0.0))
            left[key] = (balance + line.balance, amount + line.amount_currency)
        return {
            key: sums
            for key, sums in left.items()
            if any(round(value, 2) for value in sums)
        }

    @staticmethod
    def is_wide(built):
        """Whether the neighbour belongs to the root: its invoice or its payment."""
        return built.root != built.order

    def _check_refusal(self, reversal, error, built, documents, settled):
        """A refusal says why by a known rule, and nothing has changed."""
        reversal.action_assess()
        blockers = reversal.finding_ids.filtered(lambda f: f.severity == "blocker")
        note(f"refused: {error}")
        self.assertTrue(blockers, f"refused without a finding: {error}")
        self.assertLessEqual(set(blockers.mapped("code")), KNOWN_BLOCKERS)
        for finding in blockers:
            self.assertIn(finding.message, str(error))
        self.assertEqual(self.image(*built.documents()), documents)
        self.assertBooks(settled)

    def _check_outcome(self, orders, reversal):
        if reversal.scope in ("draft", "cancel"):
            state = "cancel" if reversal.scope == "cancel" else "draft"
            self.assertLessEqual(set(orders.mapped("state")), {state})
        if reversal.scope != "payment" and reversal.order_id:
            self.assertFalse(any(orders.order_line.mapped("qty_invoiced")))
            own = orders.order_line.invoice_lines.move_id.filtered(
                lambda move: move.state == "posted"
                and not move.line_ids.sale_line_ids.order_id - orders
            )
            for move in own:
                if move.move_type == "out_invoice":
                    self.assertEqual(move.amount_residual, 0.0, move.name)

    def _check_undo(self, reversal, built, settled):
        """Restored, the books are as they were: the neighbour's order, too."""
        reversals = [reversal]
        if built.shape.undo != "this" and (second := self._reverse_neighbour(built)):
            reversals.append(second)
            if built.shape.undo == "neighbour_then_this":
                reversals.reverse()
        for done in reversals:
            try:
                with self.cr.savepoint():
                    self.restore_foreseen(done)
            except UserError as error:
                self.fail(f"the undo of {done.root_name} was refused: {error}")
            self.assertEqual(done.state, "undone")
        self.assertBooks(settled)

    def _switch(self, shape, when):
        """Taxes are not due on payment any more; what was posted stays what it is."""
        if shape.switched == when:
            self.taxes["cash_basis"].tax_exigibility = "on_invoice"

    def _check_switched(self, reversal, tried, settled, when):
        """By another setup a restore is exact, or refused and nothing has changed.

        What refuses it before it is even carried out was said beforehand.
        """
        books = self.trial_balance()
        foretold = any(found["code"] == "one_way" for found in tried["findings"])
        try:
            with self.cr.savepoint():
                self.restore_foreseen(reversal)
        except UserError as error:
            note(f"not restored: {error}")
            self.assertEqual(reversal.state, "done")
            self.assertBooks(books)
            self.assertEqual(foretold, when == "before", error)
        else:
            self.assertFalse(foretold, "said to be one-way, and yet restored")
            self.assertBooks(settled)

    def _reverse_neighbour(self, built):
        """The reversal of the neighbour's order as well, if nothing stands against."""
        if not built.neighbour or self.is_wide(built):
            return None
        shape = built.shape
        second = self.request(
            built.neighbour,
            shape.scope,
            invoice_method=shape.invoice_method,
            payment_method=shape.payment_method,
        )
        second.action_assess()
        if second.blocker_count:
            return None
        second.action_submit()
        self.assertTrue(second.action_verify(), second.verify_detail)
        return second

    def _check_ledger(self, built, empty):
        """All the rest taken back, too, the books are as before the first invoice."""
        for order in built.orders.filtered(lambda order: order.state == "sale"):
            self.request(order, "cancel", invoice_method="credit_note").action_submit()
        for payment in self.env["account.payment"].search(
            [("partner_id", "=", self.partner.id), ("state", "!=", "canceled")]
        ):
            lines = payment.move_id.line_ids
            lines.remove_move_reconcile()
            payment.action_cancel()
        # What was written off beside the money is taken back by an entry of its own.
        steps = (
            self.env["order.reversal.step"]
            .sudo()
            .search(
                [
                    ("operation", "=", "release"),
                    ("result_model", "=", "account.move"),
                    ("reversal_id.state", "=", "done"),
                ]
            )
        )
        self.env["account.move"].browse(steps.mapped("result_id")).button_cancel()
        self.assertBooks(empty)


@pytest.mark.fuzz
class TestGeneratedOne(GeneratedCase):
    @settings(max_examples=EXAMPLES)
    @given(shape=shapes)
    def test_properties(self, shape):
        self.check(shape)


@pytest.mark.fuzz
class TestGeneratedTwo(GeneratedCase):
    @settings(max_examples=EXAMPLES)
    @given(shape=shapes.filter(lambda shape: shape.payments != "none"))
    def test_properties(self, shape):
        self.check(shape)


@pytest.mark.fuzz
class TestGeneratedThree(GeneratedCase):
    @settings(max_examples=EXAMPLES)
    @given(shape=shapes.filter(lambda shape: shape.neighbour != "none"))
    def test_properties(self, shape):
        self.check(shape)


@pytest.mark.fuzz
class TestGeneratedFour(GeneratedCase):
    @settings(max_examples=EXAMPLES)
    @given(
        shape=shapes.filter(
            lambda shape: shape.root == "order" and shape.scope != "payment"
        )
    )
    def test_properties(self, shape):
        self.check(shape)
