"""The job as people do it, in a browser; the outcome is checked in the database."""

from odoo.tests import HttpCase

from .common import ReversalCase


class TestTours(ReversalCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.order, self.move, self.payment = self.settle()

    def tour(self, record, name, user, **options):
        path = record if isinstance(record, str) else f"m-{record._name}/{record.id}"
        options.setdefault("timeout", 300)
        self.start_tour(f"/odoo/{path}", name, login=user.login, **options)
        self.env.invalidate_all()

    def reversals(self):
        return self.env["order.reversal"].with_user(self.manager).search([])

    def assertCancelled(self):
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(self.move.payment_state, "reversed")
        self.assertEqual(self.payment.state, "in_process")
        self.assertFalse(self.payment.is_reconciled)

    def test_from_the_order(self):
        self.tour(self.order, "order_reversal_from_order", self.clerk)
        reversal = self.reversals()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.done_by_id, self.clerk)
        self.assertEqual(reversal.reason_id, self.reason)
        self.assertCancelled()

    def test_from_the_invoice(self):
        self.tour(self.move, "order_reversal_from_invoice", self.clerk)
        self.assertEqual(self.reversals().move_id, self.move)
        self.assertEqual(self.move.payment_state, "reversed")
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.invoice_status, "to invoice")

    def test_from_the_payment(self):
        """With another method than the proposed one."""
        self.tour(self.payment, "order_reversal_from_payment", self.clerk)
        self.assertEqual(self.payment.state, "canceled")
        self.assertEqual(self.move.payment_state, "not_paid")
        self.assertEqual(self.order.state, "sale")

    def test_blockers_and_entries(self):
        self.tour(self.order, "order_reversal_blocked", self.clerk)
        reversal = self.reversals()
        self.assertEqual(reversal.note, "Typed twice")
        self.assertCancelled()

    def test_a_reason_proposes(self):
        """And takes it back; what a person chose stays. Nothing is left behind."""
        self.tour(self.order, "order_reversal_reasons", self.clerk)
        self.assertFalse(self.reversals())

    def test_refused_confirm(self):
        """The dialog stays true: the new plan, what changed marked, no draft left."""
        sequence = self.env.ref("erp_order_reversal.sequence_order_reversal")
        number = sequence.number_next_actual
        self.tour(self.order, "order_reversal_refused", self.clerk)
        self.assertEqual(self.reversals().state, "done")
        self.assertEqual(sequence.number_next_actual, number + 1)
        self.assertCancelled()

    def test_request_and_approve(self):
        self.tour(self.order, "order_reversal_request", self.requester)
        reversal = self.reversals()
        self.assertEqual(reversal.state, "to_approve")
        self.assertEqual(self.order.state, "sale")
        self.tour(
            "action-erp_order_reversal.order_reversal_action_to_approve",
            "order_reversal_approve",
            self.approver,
        )
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.requester_id, self.requester)
        self.assertEqual(reversal.approver_id, self.approver)
        self.assertCancelled()

    def test_restore(self):
        before = self.trial_balance()
        reversal = self.reverse(self.order)
        self.tour(reversal, "order_reversal_restore", self.manager)
        self.assertEqual(reversal.state, "undone")
        self.assertEqual(self.order.settlement_state, "settled")
        self.assertBooks(before)

    def test_restore_by_two(self):
        before = self.trial_balance()
        reversal = self.reverse(self.order)
        self.company.reversal_approval = "always"
        waiting = "action-erp_order_reversal.order_reversal_action_to_approve"
        self.tour(reversal, "order_reversal_restore_request", self.manager)
        self.assertEqual(reversal.restore_ids.requester_id, self.manager)
        self.tour(waiting, "order_reversal_restore_reject", self.approver)
        self.assertEqual(reversal.restore_ids.state, "rejected")
        self.assertCancelled()
        self.tour(reversal, "order_reversal_restore_request", self.manager)
        self.tour(waiting, "order_reversal_restore_approve", self.approver)
        self.assertEqual(reversal.state, "undone")
        self.assertEqual(reversal.undone_by_id, self.approver)
        self.assertBooks(before)

    def test_auditor(self):
        self.reverse(self.order)
        self.tour("reversals", "order_reversal_audit", self.auditor)

    def test_chinese(self):
        self.clerk.lang = "zh_CN"
        self.tour(self.order, "order_reversal_chinese", self.clerk)
        self.assertCancelled()

    def test_a_picture_of_many(self):
        """One payment of four orders: nothing lies upon anything else."""
        orders = self.env["sale.order"].union(*(self.make_order() for _n in range(4)))
        moves = self.env["account.move"].union(*map(self.invoice, orders))
        reversal = self.reverse(self.pay(moves), "cancel", invoice_method="credit_note")
        self.assertEqual(len(reversal.effect_ids), 13)
        self.tour(reversal, "order_reversal_picture", self.clerk)


class TestPhone(ReversalCase, HttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_the_picture_is_a_list(self):
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        self.start_tour(
            f"/odoo/m-order.reversal/{reversal.id}",
            "order_reversal_phone",
            login=self.clerk.login,
        )
