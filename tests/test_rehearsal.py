"""What a rehearsal says is what happens: documents, books, people and refusals."""

import json

from odoo.exceptions import UserError

from .common import ReversalCase


class TestRehearsal(ReversalCase):
    def setUp(self):
        super().setUp()
        self.order, self.move, self.payment = self.settle()

    def effects(self, tried):
        return {
            (effect["res_model"], effect["res_id"]): (effect["before"], effect["after"])
            for effect in tried["effects"]
            if effect["res_id"]
        }

    def test_nothing_is_kept(self):
        books = self.trial_balance()
        sequence = self.env.ref("erp_order_reversal.sequence_order_reversal")
        number = sequence.number_next_actual
        reversal = self.request(self.order)
        image = self.image(self.order, self.move, self.payment)
        logs = self.env["order.reversal.log"].sudo().search_count([])
        mails = self.env["mail.mail"].sudo().search_count([])
        messages = self.env["mail.message"].sudo().search_count([])
        tried = reversal.rehearse()
        self.assertEqual(json.loads(json.dumps(tried)), tried)
        self.assertBooks(books)
        self.assertEqual(self.image(self.order, self.move, self.payment), image)
        self.assertEqual(self.env["order.reversal.log"].sudo().search_count([]), logs)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), messages)
        self.assertEqual(sequence.number_next_actual, number)
        self.assertEqual((reversal.state, reversal.name), ("draft", "/"))
        self.assertFalse(reversal.step_ids)

    def test_every_document_that_changes(self):
        effects = self.effects(self.request(self.order).rehearse())
        self.assertEqual(
            effects[self.order._name, self.order.id], ("Settled", "Cancelled")
        )
        self.assertEqual(
            effects[self.move._name, self.move.id],
            ("Paid", "Taken back by a credit note"),
        )
        before, after = effects[self.payment._name, self.payment.id]
        self.assertEqual(before, "Matched")
        self.assertIn("690.00", after)

    def test_what_no_step_acts_on(self):
        """From a payment: its invoice and its order become unpaid."""
        effects = self.effects(self.request(self.payment).rehearse())
        self.assertEqual(
            effects[self.order._name, self.order.id], ("Settled", "Partly settled")
        )
        self.assertEqual(effects[self.move._name, self.move.id], ("Paid", "Not paid"))

    def test_the_position_of_each_partner(self):
        """The invoice went to another customer than the order's."""
        payer = self.env["res.partner"].create({"name": "Who pays"})
        order = self.make_order(partner_invoice_id=payer.id)
        self.pay(self.invoice(order))
        tried = self.request(order).rehearse()
        [position] = tried["positions"]
        self.assertEqual(position["partner_id"], payer.id)
        self.assertEqual((position["before"], position["after"]), (0.0, -690.0))
        self.assertEqual(position["currency"], self.company.currency_id.name)

    def test_stored_by_assess_and_as_it_came(self):
        reversal = self.request(self.order)
        reversal.action_assess()
        foreseen = self.stored(reversal)
        self.assertTrue(foreseen)
        reversal.action_submit()
        self.assertEqual(self.stored(reversal), foreseen)

    def stored(self, reversal):
        return [
            (effect.res_model, effect.before, effect.after, effect.acted)
            for effect in reversal.effect_ids
        ]

    def test_what_the_host_refuses(self):
        """A host error is a finding, in the host's own words."""
        reversal = self.request(self.order)
        self.move.journal_id.active = False
        with self.subTest("archived journal"):
            self.check_told(reversal)

    def check_told(self, reversal):
        tried = reversal.rehearse()
        blockers = [f for f in tried["findings"] if f["severity"] == "blocker"]
        try:
            with self.cr.savepoint():
                reversal.action_submit()
        except UserError as error:
            self.assertTrue(blockers, error)
            for found in blockers:
                self.assertIn(found["message"], str(error))
        else:
            self.assertFalse(blockers)

    def test_an_error_of_another_addon(self):
        """Whatever a hook raises becomes a finding, and ends nothing else."""
        cls = type(self.env["sale.order"])
        for raised, code in (
            (UserError("The moon is full."), "host_refused"),
            (KeyError("moon"), "host_failed"),
        ):

            def fail(orders, raised=raised):
                raise raised

            with self.subTest(code):
                self.patch(cls, "_action_cancel", fail)
                tried = self.request(self.order).rehearse()
                [found] = tried["findings"]
                self.assertEqual((found["code"], found["severity"]), (code, "blocker"))
                self.assertIn("moon", found["message"])
                self.assertEqual(found["res_name"], self.order.name)
                self.assertTrue(found["remedy"] and found["who"])
                self.assertEqual(self.order.state, "sale")

    def test_as_an_approver_would(self):
        """Who may not invoice sees what an approver would do."""
        reversal = self.request(self.order, user=self.requester)
        mine = self.request(self.order).rehearse()
        tried = reversal.rehearse()
        self.assertFalse(tried["findings"])
        self.assertEqual(tried["entries"], mine["entries"])
        self.assertEqual(tried["positions"], mine["positions"])
        self.assertEqual(self.effects(tried), self.effects(mine))

    def test_one_request_a_root(self):
        self.company.reversal_approval = "always"
        first = self.request(self.order)
        first.action_submit()
        self.assertEqual(first.state, "to_approve")
        self.assertTrue(first.effect_ids)
        second = self.request(self.order, user=self.requester)
        [found] = second.rehearse()["findings"]
        self.assertEqual(found["code"], "already_requested")
        self.assertIn(first.name, found["message"])
        self.assertIn(self.clerk.name, found["message"])
        self.assertIn(self.approver.name, found["who"])
        with self.assertRaisesRegex(UserError, "asked for it already"):
            second.action_submit()
        first.with_user(self.approver).action_approve()
        self.assertEqual(first.state, "done")

    def test_sent_back(self):
        self.company.reversal_approval = "always"
        reversal = self.request(self.order)
        reversal.action_submit()
        name = reversal.name
        with self.assertRaises(UserError):
            reversal.with_user(self.approver).action_rework(" ")
        with self.assertRaises(UserError):
            reversal.action_rework("by myself")
        reversal.with_user(self.approver).action_rework("Keep the order")
        self.assertEqual(reversal.state, "draft")
        told = reversal.sudo().message_ids[0]
        self.assertIn("Keep the order", told.body)
        self.assertIn(self.clerk.partner_id, told.notified_partner_ids)
        self.assertEqual(reversal.sudo().log_ids[-1:].event, "reworked")
        reversal.scope = "invoice"
        reversal.action_submit()
        self.assertEqual((reversal.state, reversal.name), ("to_approve", name))
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(self.order.state, "sale")

    def test_an_order_whose_part_was_taken_back(self):
        """Of an invoice that two orders share, nothing of this one is left."""
        mine, other = self.make_order(), self.make_order()
        self.pay(self.invoice(mine | other))
        self.assertEqual(mine.settlement_state, "settled")
        self.reverse(mine, "invoice")
        self.assertEqual(mine.settlement_state, "none")
        self.assertEqual(other.settlement_state, "settled")

    def test_groups_add_up(self):
        """Revenue, tax, cash and receivable balance, and so do the months."""
        reversal = self.request(self.order, payment_method="refund")
        reversal.action_assess()
        rows = {row["kind"]: row["amount"] for row in reversal.impact["rows"]}
        self.assertEqual(
            rows, {"revenue": -600.0, "tax": -90.0, "cash": -690.0, "receivable": 0.0}
        )
