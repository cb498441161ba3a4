"""What another addon does to the host's methods is said, or refused in its words."""

from unittest.mock import patch

from odoo.exceptions import UserError

from .common import ReversalCase


class TestOtherAddons(ReversalCase):
    def answer(self, model, method, name="Confirm the cancellation"):
        """Another addon lets a method of the host open a dialog and do nothing."""
        dialog = {"type": "ir.actions.act_window", "name": name}
        return patch.object(
            type(self.env[model]), method, lambda self, *args, **kwargs: dialog
        )

    def test_a_dialog_is_a_refusal(self):
        for model, method, values in (
            ("account.move", "button_cancel", {"invoice_method": "void"}),
            ("account.move", "action_post", {"invoice_method": "credit_note"}),
            ("account.payment", "action_cancel", {"payment_method": "void"}),
            ("sale.order", "action_cancel", {}),
        ):
            with self.subTest(model=model, method=method):
                order, invoice, payment = self.settle(sent=False)
                before = self.trial_balance()
                with (
                    self.answer(model, method),
                    self.assertRaisesRegex(UserError, "Confirm the cancellation"),
                    self.env.cr.savepoint(),
                ):
                    self.request(order, **values).action_submit()
                self.env.invalidate_all()
                self.assertEqual(order.state, "sale")
                self.assertEqual(invoice.state, "posted")
                self.assertIn(payment.state, ("in_process", "paid"))
                self.assertBooks(before)

    def test_a_dialog_stops_a_restore(self):
        order, _invoice, _payment = self.settle(sent=False)
        reversal = self.reverse(order)
        with (
            self.answer("sale.order", "action_confirm", "Credit limit"),
            self.assertRaisesRegex(UserError, "Credit limit"),
            self.env.cr.savepoint(),
        ):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "cancel")

    def test_a_method_that_does_nothing(self):
        order, _invoice, _payment = self.settle(sent=False)
        with (
            patch.object(
                type(self.env["sale.order"]), "action_cancel", lambda self: True
            ),
            self.assertRaisesRegex(UserError, "another addon stops it"),
            self.env.cr.savepoint(),
        ):
            self.request(order).action_submit()

    def test_what_cant_be_reset_is_not_voided(self):
        """As localisations say of what they registered electronically."""
        order, invoice, _payment = self.settle(sent=False)
        field = invoice._fields["show_reset_to_draft_button"]
        compute = field.compute

        def never(moves):
            moves.show_reset_to_draft_button = False

        field.compute = never
        self.addCleanup(setattr, field, "compute", compute)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "can't be reset to draft any more"):
            self.request(order, invoice_method="void").action_submit()
        self.reverse(order)
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.payment_state, "reversed")


class TestWizardValues(ReversalCase):
    """What an addon adds to the host's wizard comes onto our credit notes."""

    def extend(self, name, **attributes):
        """Put a class of another addon between those of a model."""
        model = self.env.registry[name]
        other = type("Other", (), {"_module": "other", "_name": name, **attributes})
        bases = model.__bases__
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(setattr, model, "__bases__", bases)
        model.__bases__ = (other, *bases)
        self.env.registry.clear_cache()
        return other

    def test_values_of_the_wizard(self):
        def _prepare_default_reversal(wizard, move):
            values = super(other, wizard)._prepare_default_reversal(move)
            self.assertEqual(wizard.move_ids, move)
            return {**values, "narration": f"Because: {wizard.reason}", "ref": "Lost"}

        other = self.extend(
            "account.move.reversal",
            _prepare_default_reversal=_prepare_default_reversal,
        )
        orders = [self.settle()[0], self.settle()[0]]
        reversals = self.env["order.reversal"].with_user(self.clerk)
        for order in orders:
            reversals |= self.request(order)
        reversals.action_submit()
        for order in orders:
            credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
            self.assertIn(f"Because: {self.reason.name}", credit.narration)
            self.assertIn("Reversal of", credit.ref, "ours names the reversal")

    def test_no_wizard_where_nobody_extends_it(self):
        wizards = self.env["account.move.reversal"].sudo()
        before = wizards.search_count([])
        order, _invoice, _payment = self.settle()
        self.reverse(order)
        if not self.env["account.move"]._reversal_wizard_is_extended():
            self.assertEqual(wizards.search_count([]), before)

    def test_what_changes_the_hosts_way(self):
        moves = self.env["account.move"]
        self.assertFalse(moves._reversal_takes_host_way())
        for model, method in (
            ("account.move", "_get_sync_stack"),
            ("account.move", "_reverse_moves"),
            ("account.move", "action_post"),
            ("account.move.line", "create"),
        ):
            with self.subTest(model=model, method=method):
                bases = self.env.registry[model].__bases__
                self.extend(
                    model, **{method: getattr(self.env.registry[model], method)}
                )
                self.assertTrue(moves._reversal_takes_host_way())
                self.env.registry[model].__bases__ = bases
                self.env.registry.clear_cache()

    def test_taxes_typed_by_hand_on_the_hosts_way(self):
        """A copy computes them anew; what was posted is taken back."""
        self.patch(
            type(self.env["account.move"]),
            "_reversal_takes_host_way",
            lambda self: True,
        )
        order = self.make_order()
        invoice = self.invoice(order, post=False)
        before = self.trial_balance()
        tax = invoice.line_ids.filtered("tax_line_id")
        terms = invoice.line_ids.filtered(lambda x: x.display_type == "payment_term")
        invoice.line_ids = [
            (1, tax.id, {"amount_currency": tax.amount_currency - 0.03}),
            (1, terms.id, {"amount_currency": terms.amount_currency + 0.03}),
        ]
        invoice.action_post()
        self.reverse_and_void(order, before)
        self.assertEqual(invoice.payment_state, "reversed")
