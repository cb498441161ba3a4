"""The host's own ways to take settled documents back: logged, or closed."""

from odoo.exceptions import UserError

from odoo.addons.erp_order_reversal.exceptions import ReversalGuardError

from .common import ReversalCase


class TestGuard(ReversalCase):
    def _ways(self, order, invoice, payment):
        """{name: the host's own way}, each as the user `outsider` clicks it."""
        order, invoice, payment = (
            record.with_user(self.outsider) for record in (order, invoice, payment)
        )
        partial = invoice.line_ids.matched_credit_ids
        mass = self.env["sale.mass.cancel.orders"].with_user(self.outsider)
        wizard = self.env["account.move.reversal"].with_user(self.outsider)
        return {
            "order cancel": order._action_cancel,
            "mass cancel": lambda: mass.create(
                {"sale_order_ids": order.ids}
            ).action_mass_cancel(),
            "unlock": order.action_unlock,
            "invoice to draft": invoice.button_draft,
            "invoice cancel": invoice.button_cancel,
            "payment to draft": payment.action_draft,
            "payment cancel": payment.action_cancel,
            "unreconcile": lambda: invoice.js_remove_outstanding_partial(partial.id),
            "credit note": lambda: wizard.with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            .create({"reason": "by hand", "journal_id": invoice.journal_id.id})
            .refund_moves(),
            "state by RPC": lambda: order.write({"state": "cancel"}),
        }

    def test_closed_with_the_guard(self):
        self.company.reversal_guard = True
        order, invoice, payment = self.settle()
        order.action_lock()
        image = self.image(order, invoice, payment)
        for name, way in self._ways(order, invoice, payment).items():
            with self.subTest(way=name):
                with self.assertRaisesRegex(UserError, "by a reversal only"):
                    with self.cr.savepoint():
                        way()
                self.assertEqual(self.image(order, invoice, payment), image)

    def test_message_opens_a_reversal(self):
        self.company.reversal_guard = True
        order, _invoice, _payment = self.settle()
        with self.assertRaises(ReversalGuardError) as caught:
            order.with_user(self.clerk)._action_cancel()
        _message, action_id, _button, context = caught.exception.args
        action = self.env["ir.actions.act_window"].browse(action_id)
        self.assertEqual(action.sudo().res_model, "order.reversal")
        self.assertEqual(context, {"default_order_id": order.id})

    def test_a_reversal_and_its_undo_pass(self):
        self.company.reversal_guard = True
        for methods in (
            {"payment_method": "void", "invoice_method": "void"},
            {"payment_method": "refund", "invoice_method": "credit_note"},
        ):
            with self.subTest(**methods):
                order, _invoice, _payment = self.settle(sent=False)
                order.action_lock()
                reversal = self.reverse(order, **methods)
                reversal.with_user(self.manager).action_undo()
                self.assertEqual(order.settlement_state, "settled")

    def test_preview_passes(self):
        self.company.reversal_guard = True
        order, _invoice, _payment = self.settle()
        self.assertTrue(self.request(order).preview_entries())

    def test_the_marker_cannot_be_forged(self):
        self.company.reversal_guard = True
        order, _invoice, _payment = self.settle()
        with self.assertRaises(UserError):
            order.with_user(self.outsider).with_context(
                order_reversal_running=True
            )._action_cancel()

    def test_open_and_logged_without_the_guard(self):
        log = self.env["order.reversal.log"].sudo()
        for name in (
            "order cancel",
            "unlock",
            "invoice cancel",
            "payment cancel",
            "unreconcile",
            "credit note",
        ):
            with self.subTest(way=name):
                order, invoice, payment = self.settle()
                order.action_lock()
                known = log.search([])
                self._ways(order, invoice, payment)[name]()
                rows = log.search([("event", "=", "host")]) - known
                self.assertTrue(rows)
                self.assertEqual(rows.user_id, self.outsider)
                self.assertLessEqual(
                    {(row.res_model, row.res_id) for row in rows},
                    {(r._name, r.id) for r in (order, invoice, payment)},
                )
        self.assertTrue(log.verify_chain(self.company)["intact"])

    def test_the_entry_of_a_payment_and_a_state_that_a_client_wrote(self):
        self.company.reversal_guard = True
        order, invoice, payment = self.settle()
        order = order.with_user(self.outsider)
        order.settlement_state = "none"
        with self.assertRaisesRegex(UserError, "by a reversal only"):
            order.action_cancel()
        with self.assertRaisesRegex(UserError, "by a reversal only"):
            payment.move_id.with_user(self.outsider).button_draft()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(payment.move_id.state, "posted")

    def test_what_is_not_settled_is_left_alone(self):
        self.company.reversal_guard = True
        log = self.env["order.reversal.log"].sudo()
        known = log.search_count([("company_id", "=", self.company.id)])
        order = self.make_order()
        order.action_lock()
        order.action_unlock()
        order.action_cancel()
        invoice = self.init_invoice("out_invoice", amounts=[10.0], post=True)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(
            log.search_count([("company_id", "=", self.company.id)]), known
        )
