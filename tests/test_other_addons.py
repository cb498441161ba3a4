"""What another addon does to the host's methods is said, or refused in its words."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.orm.model_classes import add_field, pop_field

from .common import ReversalCase
from .extended import ExtendedMixin


class TestOtherAddons(ReversalCase):
    def answer(self, model, method, name="Confirm the cancellation"):
        """Another addon lets a method of the host open a dialog and do nothing."""
        dialog = {"type": "ir.actions.act_window", "name": name}
        return patch.object(
            type(self.env[model]), method, lambda self, *args, **kwargs: dialog
        )

    #: What the reversal calls on its way: model, method, values to get there.
    FORTH = (
        ("account.move", "button_cancel", {"invoice_method": "void"}),
        ("account.move", "action_post", {"invoice_method": "credit_note"}),
        ("account.payment", "action_cancel", {"payment_method": "void"}),
        ("account.payment", "action_post", {"payment_method": "refund"}),
        ("sale.order", "action_unlock", {"scope": "unlock"}),
        ("sale.order", "action_cancel", {}),
        ("sale.order", "action_draft", {"scope": "draft"}),
    )
    #: And on its way back.
    BACK = (
        ("account.move", "button_cancel", {"invoice_method": "credit_note"}),
        ("account.move", "button_draft", {"invoice_method": "void"}),
        ("account.move", "action_post", {"invoice_method": "void"}),
        ("account.payment", "action_cancel", {"payment_method": "refund"}),
        ("account.payment", "action_draft", {"payment_method": "void"}),
        ("account.payment", "action_post", {"payment_method": "void"}),
        ("sale.order", "action_draft", {}),
        ("sale.order", "action_confirm", {}),
        ("sale.order", "action_lock", {"scope": "unlock"}),
    )

    def locked(self):
        order, invoice, payment = self.settle(sent=False)
        order.action_lock()
        return order, invoice, payment

    def assertSaidAndRefused(self, model, method, reversal, act):
        """Refused in the other addon's words, and said before."""
        with self.answer(model, method):
            with self.env.cr.savepoint() as savepoint:
                said = [
                    found["message"]
                    for found in reversal.rehearse()["findings"]
                    if found["severity"] == "blocker"
                ]
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
            self.assertIn("Confirm the cancellation", " ".join(said))
            with (
                self.assertRaisesRegex(UserError, "Confirm the cancellation"),
                self.env.cr.savepoint(),
            ):
                act()
        self.env.invalidate_all()

    def test_a_dialog_is_a_refusal(self):
        for model, method, values in self.FORTH:
            with self.subTest(model=model, method=method):
                order, invoice, payment = self.locked()
                before = self.trial_balance()
                reversal = self.request(order, **values)
                self.assertSaidAndRefused(
                    model, method, reversal, reversal.action_submit
                )
                self.assertEqual(order.state, "sale")
                self.assertTrue(order.locked)
                self.assertEqual(invoice.state, "posted")
                self.assertIn(payment.state, ("in_process", "paid"))
                self.assertBooks(before)

    def test_a_dialog_stops_a_restore(self):
        for model, method, values in self.BACK:
            with self.subTest(model=model, method=method):
                order, _invoice, _payment = self.locked()
                reversal = self.reverse(order, **values)
                state, before = order.state, self.trial_balance()
                restore = (
                    self.env["order.reversal"]
                    .with_user(self.manager)
                    .create({"restores_id": reversal.id, "reason_id": self.reason.id})
                )
                self.assertSaidAndRefused(model, method, restore, restore.action_submit)
                self.assertEqual(order.state, state)
                self.assertFalse(order.locked)
                self.assertBooks(before)

    def test_a_dialog_about_a_write_off(self):
        """The entry that takes it back is posted, and cancelled by a restore."""
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(
            invoice,
            amount=invoice.amount_total - 10.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        reversal = self.request(order, "payment")
        self.assertSaidAndRefused(
            "account.move", "action_post", reversal, reversal.action_submit
        )
        reversal.action_submit()
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )
        self.assertSaidAndRefused(
            "account.move", "button_cancel", restore, restore.action_submit
        )

    def test_a_dialog_when_it_is_settled_again(self):
        """Said when the dialog of it opens, and refused; nothing is invoiced."""
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order, "draft")
        before = self.trial_balance()
        settlements = self.env["order.settlement"].with_user(self.clerk)
        with self.answer("sale.order", "action_confirm", "Over the Credit Limit"):
            settlement = settlements.create({"reversal_id": reversal.id})
            [found] = settlement.finding_ids.filtered(lambda f: f.code == "refused")
            self.assertEqual(found.severity, "blocker")
            self.assertIn("Over the Credit Limit", found.message)
            self.assertIn(order.name, found.message)
            with (
                self.assertRaisesRegex(
                    UserError, "Over the Credit Limit.*Confirm it on the order"
                ),
                self.env.cr.savepoint(),
            ):
                settlement.action_settle()
        self.env.invalidate_all()
        self.assertEqual((order.state, settlement.state), ("draft", "draft"))
        self.assertBooks(before)

    def test_a_workflow_that_invoices_again_is_said(self):
        """As `sale_automatic_workflow`: the order names what acts by itself."""
        order, _invoice, _payment = self.settle()
        field = fields.Many2one("res.partner", store=False)
        type(order).workflow_process_id = field
        add_field(type(order), "workflow_process_id", field)
        self.addCleanup(pop_field, type(order), "workflow_process_id")
        field.prepare_setup()
        field.setup(order)
        for scope, workflow, said in (
            ("invoice", self.partner, True),
            ("cancel", self.partner, False),
            ("invoice", self.partner.browse(), False),
        ):
            with self.subTest(scope=scope, workflow=workflow):
                reversal = self.request(order, scope)
                with self.env.protecting([field], order):
                    self.env.cache.set(order, field, workflow.id or None)
                    reversal.action_assess()
                found = reversal.finding_ids.filtered(lambda f: f.code == "acts_again")
                self.assertEqual(bool(found), said)
                if said:
                    self.assertEqual(found.severity, "warning")
                    self.assertIn(self.partner.name, found.message)

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


class TestWizardValues(ExtendedMixin, ReversalCase):
    """What an addon adds to the host's wizard comes onto our credit notes."""

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

    def test_an_addon_that_confirms_one_at_a_time(self):
        """As `sale_advance_payment` of OCA, whose `action_post` knows one entry."""

        def action_post(moves):
            moves.ensure_one()
            return super(other, moves).action_post()

        other = self.extend("account.move", action_post=action_post)
        before = self.trial_balance()
        orders = [self.make_order(), self.make_order()]
        for order in orders:
            self.invoice(order)
        settled = self.trial_balance()
        for method in ("credit_note", "void"):
            with self.subTest(method):
                reversals = self.env["order.reversal"].with_user(self.clerk)
                for order in orders:
                    reversals |= self.request(order, invoice_method=method)
                reversals.action_submit()
                self.assertEqual(set(reversals.mapped("state")), {"done"})
                self.assertBooks(before)
                reversals.with_user(self.manager).action_undo()
                self.assertBooks(settled)

    def test_taxes_typed_by_hand_beside_another_reversal(self):
        self.check_taxes_typed_by_hand("account.move", "_reverse_moves")

    def test_taxes_typed_by_hand_beside_another_posting(self):
        self.check_taxes_typed_by_hand("account.move", "_post")

    def test_taxes_typed_by_hand_where_lines_are_derived(self):
        self.check_taxes_typed_by_hand("account.move.line", "create")

    def check_taxes_typed_by_hand(self, model, method):
        """What was posted is taken back, whether lines are copied or derived."""
        called = self.pass_through(model, method)
        self.assertTrue(self.env["account.move"]._reversal_takes_host_way())
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
        self.assertIn(method, called)
