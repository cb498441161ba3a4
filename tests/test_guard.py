"""The host's own ways to take settled documents back: logged, or closed."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.erp_order_reversal.exceptions import ReversalGuardError

from .common import ReversalCase
from .rpc import RpcMixin


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

    # ------------------------------------------------------------------
    # Every field that ties the documents of a settlement together
    # ------------------------------------------------------------------

    def _fields_written(self, user, order, invoice, payment):
        """{name: the first move of a way round the guard}, by plain writes."""
        order, invoice, payment = (
            record.with_user(user) for record in (order, invoice, payment)
        )
        lines, partial = order.order_line, invoice.line_ids.matched_credit_ids
        sold = invoice.invoice_line_ids
        other = self.make_order().with_user(user)
        return {
            "order: no state": lambda: order.write({"state": False}),
            "order: sent": lambda: order.write({"state": "sent"}),
            "order: another company": lambda: order.write({"company_id": 1}),
            "lines: links cleared": lambda: lines.write(
                {"invoice_lines": [Command.clear()]}
            ),
            "lines: links set": lambda: lines.write(
                {"invoice_lines": [Command.set([])]}
            ),
            "line: one link": lambda: lines[0].write(
                {"invoice_lines": [Command.unlink(sold[0].id)]}
            ),
            "lines: by the order": lambda: order.write(
                {
                    "order_line": [
                        Command.update(line.id, {"invoice_lines": [Command.clear()]})
                        for line in lines
                    ]
                }
            ),
            "lines: to another order": lambda: lines.write({"order_id": other.id}),
            "items: links cleared": lambda: sold.write(
                {"sale_line_ids": [Command.clear()]}
            ),
            "items: by the invoice": lambda: invoice.write(
                {
                    "line_ids": [
                        Command.update(line.id, {"sale_line_ids": [Command.clear()]})
                        for line in sold
                    ]
                }
            ),
            "items: deleted": lambda: sold.with_context(force_delete=True).unlink(),
            "invoice: deleted": lambda: invoice.with_context(
                force_delete=True
            ).unlink(),
            "invoice: no state": lambda: invoice.write({"state": False}),
            "invoice: no invoice": lambda: invoice.write({"move_type": "entry"}),
            "payment: no state": lambda: payment.write({"state": False}),
            "payment: rejected": lambda: payment.write({"state": "rejected"}),
            "payment: no entry": lambda: payment.write({"move_id": False}),
            "payment: deleted": lambda: payment.unlink(),
            "entry: no state": lambda: payment.move_id.write({"state": False}),
            "match: bent": lambda: partial.write({"amount": 0.01}),
            "match: other item": lambda: partial.write(
                {"credit_move_id": partial.debit_move_id.id}
            ),
            "match: by the item": lambda: invoice.line_ids.filtered(
                "matched_credit_ids"
            ).write({"matched_credit_ids": [Command.delete(partial.id)]}),
        }

    def test_no_way_round(self):
        """For a clerk, and for who holds every right of the host."""
        self.company.reversal_guard = True
        order, invoice, payment = self.settle()
        accountant = self._user(
            "accountant_t",
            "sales_team.group_sale_manager",
            "account.group_account_manager",
        )
        documents = (order, order.order_line, invoice, invoice.line_ids, payment)
        image = self.image(*documents)
        by_the_guard = set()
        for user in (self.outsider, accountant):
            ways = self._fields_written(user, order, invoice, payment)
            for name, way in ways.items():
                with self.subTest(way=name, user=user.login):
                    try:
                        with self.cr.savepoint():
                            way()
                            self.env.flush_all()
                            self.fail("nothing stood against it")
                    except UserError as error:
                        if "by a reversal only" in str(error):
                            by_the_guard.add(name)
                    self.assertEqual(self.image(*documents), image)
        # What the host itself refuses needs no guard: that is all the rest.
        self.assertEqual(
            set(ways) - by_the_guard, {"items: by the invoice"}, "by the guard"
        )

    def test_stored_amounts_and_states_are_not_believed(self):
        """What the host computes and stores, a client can write."""
        self.company.reversal_guard = True
        order, invoice, payment = self.settle()
        order, invoice, payment = (
            record.with_user(self.outsider) for record in (order, invoice, payment)
        )
        invoice.write({"payment_state": "reversed"})
        invoice.write({"amount_residual": 1.0})
        invoice.write({"origin_payment_id": False})
        payment.move_id.write({"origin_payment_id": False})
        order.write({"invoice_status": "no", "settlement_state": "none"})
        for way in (
            order.action_cancel,
            invoice.button_draft,
            payment.action_cancel,
            payment.move_id.button_draft,
            payment.move_id.button_cancel,
        ):
            with self.assertRaisesRegex(UserError, "by a reversal only"):
                with self.cr.savepoint():
                    way()

    def test_a_payment_without_an_entry(self):
        self.company.reversal_guard = True
        method = self.bank.inbound_payment_method_line_ids[:1]
        method.payment_account_id = False
        order, invoice, payment = self.settle()
        if payment.move_id:
            # This release gives each payment an entry: the link is a note then.
            return
        mine = payment.with_user(self.outsider)
        for way in (
            lambda: mine.write({"invoice_ids": [Command.clear()]}),
            lambda: mine.unlink(),
            lambda: invoice.with_user(self.outsider).write(
                {"matched_payment_ids": [Command.clear()]}
            ),
        ):
            with self.assertRaisesRegex(UserError, "by a reversal only"):
                with self.cr.savepoint():
                    way()

    def credit_by_hand(self, invoice, amount, **values):
        """A posted credit note that nobody's wizard made."""
        notes = self.env["account.move"].with_user(self.outsider)
        line = {"name": "x", "price_unit": amount, "tax_ids": [Command.clear()]}
        note = notes.create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "invoice_date": self.today(),
                "invoice_line_ids": [Command.create({**line, **values})],
            }
        )
        note.action_post()
        return note

    def owed(self, move):
        return move.line_ids.filtered(lambda item: item.display_type == "payment_term")

    def test_a_match_that_a_client_made(self):
        """Of any amount, between any items: the host asks for nothing."""
        self.company.reversal_guard = True
        order = self.make_order()
        invoice = self.invoice(order)
        note = self.credit_by_hand(invoice, 1.0)
        due = invoice.amount_total
        matches = self.env["account.partial.reconcile"].with_user(self.outsider)
        matches.create(
            {
                "amount": due,
                "debit_amount_currency": due,
                "credit_amount_currency": due,
                "debit_move_id": self.owed(invoice).id,
                "credit_move_id": self.owed(note).id,
            }
        )
        for taken_from in (False, invoice):
            # A note of its own is worth no more than it says, either.
            self.env.flush_all()
            self.cr.execute(
                "UPDATE account_move SET reversed_entry_id = %s WHERE id = %s",
                [taken_from and taken_from.id or None, note.id],
            )
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "by a reversal only"):
                with self.cr.savepoint():
                    order.with_user(self.outsider).action_cancel()

    def test_a_credit_note_that_was_made_line_by_line(self):
        self.company.reversal_guard = True
        order = self.make_order()
        invoice = self.invoice(order)
        sold = [Command.set(order.order_line.ids)]
        with self.assertRaisesRegex(UserError, "by a reversal only"):
            with self.cr.savepoint():
                self.credit_by_hand(invoice, invoice.amount_total, sale_line_ids=sold)
        # Money that is owed to the customer for something else is no way round.
        note = self.credit_by_hand(invoice, invoice.amount_total)
        with self.assertRaisesRegex(UserError, "by a reversal only"):
            with self.cr.savepoint():
                note.reversed_entry_id = invoice
        (self.owed(note) | self.owed(invoice)).reconcile()
        self.assertTrue(self.owed(invoice).reconciled)
        with self.assertRaisesRegex(UserError, "by a reversal only"):
            with self.cr.savepoint():
                order.with_user(self.outsider).action_cancel()
        reversal = self.reverse(order)
        self.assertEqual(order.state, "cancel")
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_a_credit_note_by_hand_is_logged(self):
        order, invoice, _payment = self.settle()
        log = self.env["order.reversal.log"].sudo()
        known = log.search([])
        sold = [Command.set(order.order_line.ids)]
        self.credit_by_hand(invoice, 10.0, sale_line_ids=sold)
        row = log.search([]) - known
        self.assertEqual((row.event, row.res_model), ("host", "sale.order"))
        self.assertEqual((row.res_id, row.user_id), (order.id, self.outsider))

    def test_after_a_credit_note_the_host_may(self):
        """An order that was taken back by hand is settled no more."""
        order, invoice, payment = self.settle()
        invoice.line_ids.remove_move_reconcile()
        invoice._reverse_moves([{}], cancel=True)
        self.company.reversal_guard = True
        order.with_user(self.outsider).action_cancel()
        self.assertEqual(order.state, "cancel")


@tagged("post_install", "-at_install")
class TestGuardOverRpc(ReversalCase, RpcMixin, HttpCase):
    def test_a_refused_attempt_is_logged(self):
        """Though all else of it is rolled back; by who tried it."""
        self.company.reversal_guard = True
        order, _invoice, payment = self.settle(user_id=self.outsider.id)
        self.env.flush_all()
        log = self.env["order.reversal.log"].sudo()
        known = log.search([])
        lines = order.order_line.ids
        for model, method, *arguments in (
            ("sale.order", "write", order.ids, {"state": False}),
            ("sale.order", "action_cancel", order.ids),
            ("sale.order.line", "write", lines, {"invoice_lines": [[5, 0, 0]]}),
            ("account.payment", "action_cancel", payment.ids),
        ):
            # Not by `assertRaises`, which would roll back what was logged.
            with mute_logger("odoo.http"):
                try:
                    self._rpc("outsider", model, method, *arguments)
                    self.fail(f"{model}.{method} passed")
                except JsonRpcException as error:
                    self.assertIn("UserError", str(error))
        self.env.invalidate_all()
        rows = log.search([]) - known
        self.assertEqual(rows.mapped("event"), ["refused"] * 4)
        self.assertEqual(rows.user_id, self.outsider)
        self.assertEqual(
            [(row.res_model, row.res_id, row.detail["action"]) for row in rows],
            [
                ("sale.order", order.id, "no state"),
                ("sale.order", order.id, "cancel"),
                ("sale.order", order.id, "unlink"),
                ("account.payment", payment.id, "canceled"),
            ],
        )
        self.assertEqual(order.state, "sale")
        self.assertTrue(log.verify_chain(self.company)["intact"])
