"""Money that came in online goes back through its provider, as the last step."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import ReversalCase


class TestOnlineRefund(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = (
            cls.env.ref("payment.payment_provider_demo")
            .sudo()
            .copy({"company_id": cls.company.id, "state": "test"})
        )
        cls.provider.journal_id = cls.bank
        cls.bank.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == cls.provider
        ).payment_account_id = cls.inbound_payment_method_line.payment_account_id
        cls.method = cls.env.ref("payment_demo.payment_method_demo").sudo()

    def online(self):
        """An order that was paid online."""
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "reference": f"ONLINE-{order.id}",
                    "operation": "online_direct",
                    "amount": invoice.amount_total,
                    "currency_id": invoice.currency_id.id,
                    "partner_id": self.partner.id,
                    "invoice_ids": [Command.set(invoice.ids)],
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )
        transaction._set_done()
        transaction._post_process()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        return order, invoice, transaction

    def send(self):
        """What the scheduler does after the commit."""
        self.env.flush_all()
        cron = self.env.ref("erp_order_reversal.cron_refund")
        with self.enter_registry_test_mode():
            cron.sudo().method_direct_trigger()
        self.env.invalidate_all()

    def reverse_online(self, order):
        reversal = self.request(order, payment_method="refund")
        reversal.action_submit()
        self.send()
        return reversal

    def provider_says(self, answer):
        """Patch what the provider answers; it gets the refund transaction."""
        calls = []

        def send(transaction):
            calls.append(transaction)
            answer(transaction)

        cls = type(self.env["payment.transaction"])
        return calls, patch.object(cls, "_send_refund_request", send)

    def test_refund_goes_through_the_provider(self):
        order, invoice, transaction = self.online()
        before = self.trial_balance()
        reversal = self.request(order, payment_method="refund")
        preview = reversal.preview_entries()
        self.assertFalse(transaction.child_transaction_ids, "a preview sends nothing")
        reversal.action_submit()
        refund = transaction.child_transaction_ids
        self.assertEqual(refund.state, "draft", "written down, not asked for")
        self.assertEqual(reversal.refund_state, "pending")
        self.send()
        self.assertEqual(refund.state, "done")
        self.assertEqual(refund.amount, -invoice.amount_total)
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        self.assertTrue(step.done)
        self.assertEqual(step.result_id, refund.payment_id.id)
        self.assertEqual(refund.payment_id.payment_type, "outbound")
        lines = (transaction.payment_id | refund.payment_id).move_id.line_ids
        receivable = lines.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertTrue(all(receivable.mapped("reconciled")))
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(reversal.refund_state)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        after = self.trial_balance()
        change = {}
        for row in preview:
            key = (row["account_code"], row["currency"])
            change[key] = change.get(key, 0.0) + float(row["balance"])
        for key in set(before) | set(after) | set(change):
            moved = float(after.get(key, (0, 0))[0]) - float(before.get(key, (0, 0))[0])
            self.assertAlmostEqual(moved, change.get(key, 0.0), 2, key)

    def test_what_was_paid_back_before_does_not_go_back_again(self):
        order, invoice, transaction = self.online()
        transaction.action_refund(amount_to_refund=200.0)
        refund = transaction.child_transaction_ids
        refund._post_process()
        self.assertEqual(refund.payment_id.amount, 200.0)
        reversal = self.request(order, payment_method="refund")
        with self.assertRaisesRegex(UserError, "paid back in part"):
            reversal.action_submit()
        self.assertEqual(transaction.child_transaction_ids, refund)
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_failure_is_shown_and_tried_again(self):
        order, invoice, transaction = self.online()

        def fail(_transaction):
            raise ValidationError("The provider is closed.")

        _calls, closed = self.provider_says(fail)
        with closed:
            reversal = self.reverse_online(order)
        self.assertEqual(reversal.state, "done")
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(reversal.refund_state, "failed")
        self.assertIn("The provider is closed.", reversal.refund_message)
        self.assertFalse(reversal.action_verify())
        refund = transaction.child_transaction_ids
        self.assertEqual(refund.state, "error")
        books = self.trial_balance()

        def no_route(_transaction):
            raise ConnectionError("no route")

        _calls, unreachable = self.provider_says(no_route)
        with unreachable:
            reversal.action_retry_refunds()
            self.send()
        self.assertEqual(reversal.refund_state, "failed")
        self.assertIn("no route", reversal.refund_message)
        self.assertBooks(books)
        for user in (self.auditor, self.outsider, self.requester):
            with self.assertRaises(AccessError):
                reversal.with_user(user).action_retry_refunds()
        reversal.action_retry_refunds()
        self.send()
        self.assertEqual(transaction.child_transaction_ids, refund, "the same one")
        self.assertEqual(refund.state, "done")
        self.assertFalse(reversal.refund_state)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        credits = invoice.reversal_move_ids
        self.assertEqual(len(credits), 1, "the books were not touched twice")
        reversal.action_retry_refunds()
        self.send()
        self.assertEqual(len(transaction.child_transaction_ids), 1)

    def test_a_refund_that_is_confirmed_later(self):
        order, _invoice, transaction = self.online()
        calls, slow = self.provider_says(lambda refund: refund._set_pending())
        with slow:
            reversal = self.reverse_online(order)
            self.assertEqual(reversal.refund_state, "pending")
            self.assertTrue(reversal.action_verify(), reversal.verify_detail)
            reversal.action_retry_refunds()
            self.send()
        self.assertEqual(len(calls), 1, "what is on its way is not asked for again")
        refund = transaction.child_transaction_ids
        refund._set_done()
        refund._post_process()
        self.assertFalse(reversal.refund_state)
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        self.assertEqual(step.result_id, refund.payment_id.id)
        line = refund.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertTrue(line.reconciled)

    def test_a_provider_that_cannot_refund(self):
        self.provider.support_refund = "none"
        self.method.support_refund = "none"
        order, _invoice, transaction = self.online()
        reversal = self.reverse(order, payment_method="refund")
        self.assertIn("refund_online", reversal.finding_ids.mapped("code"))
        self.assertFalse(transaction.child_transaction_ids)
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        refund = self.env["account.payment"].browse(step.result_id)
        self.assertEqual(refund.payment_type, "outbound")

    def test_undo_after_a_refund(self):
        order, _invoice, _transaction = self.online()
        reversal = self.reverse_online(order)
        with self.assertRaisesRegex(UserError, "paid back by the payment provider"):
            reversal.with_user(self.manager).action_undo()

    def test_undo_after_a_refund_that_failed(self):
        order, invoice, transaction = self.online()
        settled = self.trial_balance()

        def fail(_transaction):
            raise ValidationError("No.")

        _calls, closed = self.provider_says(fail)
        with closed:
            reversal = self.reverse_online(order)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(reversal.state, "undone")
        self.assertBooks(settled)
        self.assertEqual(invoice.amount_residual, 0.0)
        with self.assertRaises(UserError):
            reversal.action_retry_refunds()
        self.assertEqual(transaction.child_transaction_ids.state, "error")

    def test_a_refund_confirmed_after_the_undo_is_not_the_reversals(self):
        order, _invoice, transaction = self.online()

        def fail(_transaction):
            raise ValidationError("No.")

        _calls, closed = self.provider_says(fail)
        with closed:
            reversal = self.reverse_online(order)
        reversal.with_user(self.manager).action_undo()
        refund = transaction.child_transaction_ids
        refund._set_done()
        refund._post_process()
        self.assertTrue(refund.payment_id, "the money did move")
        self.assertFalse(reversal.step_ids.filtered("refund_transaction_id").done)

    def test_of_a_batch_each_refund_is_asked_for_once(self):
        """Also when the chunk is rolled back and goes one by one."""
        orders = self.online()[0] | self.online()[0]
        batch = (
            self.env["order.reversal.batch"]
            .with_user(self.clerk)
            .create(
                {
                    "order_ids": [Command.set(orders.ids)],
                    "scope": "cancel",
                    "reason_id": self.reason.id,
                    "payment_method": "refund",
                }
            )
        )
        model = type(self.env["order.reversal"])
        submit = model._submit_planned

        def fail_together(reversals, plans):
            result = submit(reversals, plans)
            if len(reversals) > 1:
                raise UserError("Not together.")
            return result

        calls, provider = self.provider_says(lambda refund: refund._set_done())
        with provider, patch.object(model, "_submit_planned", fail_together):
            batch.action_start()
            batch._process()
            self.assertFalse(calls, "nothing is sent before the commit")
            self.send()
        self.assertEqual(batch.done_count, 2, batch.reversal_ids.mapped("error"))
        self.assertEqual(len(calls), 2)
        self.assertFalse(any(batch.reversal_ids.mapped("refund_state")))

    def test_a_payment_kept_as_credit_asks_for_nothing(self):
        order, _invoice, transaction = self.online()
        self.reverse(order)
        self.assertFalse(transaction.child_transaction_ids)

    # ------------------------------------------------------------------
    # While it is not known whether the customer has the money
    # ------------------------------------------------------------------

    def test_while_it_is_open_nothing_else_becomes_of_the_money(self):
        order, _invoice, transaction = self.online()
        reversal = self.request(order, payment_method="refund")
        reversal.action_submit()
        payment = transaction.payment_id
        for method in ("refund", "credit", "void"):
            another = self.request(payment, payment_method=method)
            another.action_assess()
            self.assertIn("refund_pending", another.finding_ids.mapped("code"), method)
            with self.assertRaisesRegex(UserError, "has not answered yet"):
                another.action_submit()
        with self.assertRaisesRegex(UserError, "paid back by the payment provider"):
            reversal.with_user(self.manager).action_undo()

        def fail(_transaction):
            raise ValidationError("No.")

        _calls, closed = self.provider_says(fail)
        with closed:
            self.send()
        another = self.request(payment, payment_method="refund")
        another.action_assess()
        self.assertNotIn("refund_pending", another.finding_ids.mapped("code"))

    def test_nothing_is_sent_of_what_is_rolled_back(self):
        order, _invoice, transaction = self.online()
        calls, provider = self.provider_says(lambda refund: refund._set_done())
        with provider:
            with self.cr.savepoint() as savepoint:
                self.request(order, payment_method="refund").action_submit()
                savepoint.rollback()
            self.env.invalidate_all()
            self.send()
        self.assertFalse(calls)
        self.assertFalse(transaction.child_transaction_ids)

    def test_an_answer_that_came_by_itself(self):
        """A notification of the provider, while the request's own answer is lost."""
        order, _invoice, transaction = self.online()
        calls, provider = self.provider_says(lambda refund: None)
        reversal = self.request(order, payment_method="refund")
        reversal.action_submit()
        refund = transaction.child_transaction_ids
        refund._set_done()
        refund._post_process()
        with provider:
            self.send()
        self.assertFalse(calls, "it is not asked once more")
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        self.assertFalse(step.refund_due)
        self.assertTrue(step.done)
        self.assertFalse(reversal.refund_state)

    def test_the_answer_stays_whatever_follows(self):
        """The provider has paid; that the books refuse the payment changes nothing."""
        order, _invoice, transaction = self.online()
        reversal = self.request(order, payment_method="refund")
        reversal.action_submit()
        cls = type(self.env["order.reversal.step"])

        def refuse(_step):
            raise UserError("The period is closed.")

        calls, provider = self.provider_says(lambda refund: refund._set_done())
        with (
            provider,
            patch.object(cls, "_finish_refund", refuse),
            mute_logger("odoo.addons.erp_order_reversal"),
            mute_logger(
                "odoo.addons.erp_order_reversal.models.account_payment.refund_online"
            ),
        ):
            self.send()
        refund = transaction.child_transaction_ids
        self.assertEqual(refund.state, "done")
        self.assertEqual(reversal.refund_state, "pending")
        with provider:
            self.send()
        self.assertEqual(len(calls), 1)
        # As the host's scheduled action does it later.
        refund._post_process()
        self.assertFalse(reversal.refund_state)

    def test_who_carried_it_out_is_told_of_a_failure(self):
        order, _invoice, _transaction = self.online()

        def fail(_transaction):
            raise ValidationError("The card is gone.")

        _calls, closed = self.provider_says(fail)
        with closed:
            reversal = self.reverse_online(order)
        told = reversal.message_ids.filtered(
            lambda message: self.clerk.partner_id in message.notified_partner_ids
        )
        self.assertIn("The card is gone.", told[0].body)
        rows = reversal.log_ids.filtered(
            lambda row: row.detail.get("operation") == "refund"
        )
        self.assertEqual(
            [row.detail["after"] for row in rows if row.detail.get("transaction")],
            ["asked", "error"],
        )
