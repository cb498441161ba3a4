"""What a rehearsal says is what happens: documents, books, people and refusals."""

import json
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, UserError

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

    def test_what_the_host_would_refuse(self):
        """Known conditions have a finding of their own, from the plan alone."""
        reversal = self.request(self.order)
        refund = self.request(self.order, payment_method="refund")
        for record, values, asked, code in (
            (self.move.journal_id, {"active": False}, reversal, "journal_archived"),
            (self.bank, {"active": False}, refund, "journal_archived"),
            (
                self.bank,
                {"outbound_payment_method_line_ids": [Command.clear()]},
                refund,
                "no_refund_method",
            ),
        ):
            with self.subTest(code, record=record.name), self.undone():
                record.write(values)
                codes = self.check_told(asked)
                self.assertEqual(codes, {code})

    def test_an_inactive_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-02-01", 0.8)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": euro.id}
        )
        order, _move, _payment = self.settle(pricelist_id=pricelist.id)
        euro.active = False
        codes = self.check_told(self.request(order))
        self.assertEqual(codes, {"currency_inactive"})

    def test_a_payment_voided_in_an_archived_journal(self):
        """Nothing is posted for it: what the host lets pass is no finding."""
        reversal = self.request(self.order, "payment", payment_method="void")
        self.bank.active = False
        self.assertEqual(self.check_told(reversal), set())
        self.assertEqual(self.payment.state, "canceled")

    def test_without_a_sequence(self):
        """Told beforehand; the reversal goes on without a number."""
        sequence = self.env.ref("erp_order_reversal.sequence_order_reversal")
        sequence.active = False
        reversal = self.request(self.order)
        found = reversal.rehearse()["findings"]
        self.assertEqual({row["code"] for row in found}, {"sequence_missing"})
        reversal.action_submit()
        self.assertEqual((reversal.state, reversal.name), ("done", "/"))

    def test_an_invoice_that_goes_on(self):
        order = self.make_order()
        move = self.invoice(order, post=False)
        move.auto_post = "monthly"
        move.action_post()
        found = self.request(order).rehearse()["findings"]
        self.assertEqual({row["code"] for row in found}, {"recurring_invoice"})

    @contextmanager
    def undone(self):
        with self.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all(flush=False)

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
        return {found["code"] for found in blockers}

    def test_an_error_of_another_addon(self):
        """Whatever a hook raises becomes a finding, and ends nothing else."""
        cls = type(self.env["sale.order"])
        for raised, code in (
            (UserError("The moon is full."), "host_refused"),
            (KeyError("moon"), "host_failed"),
            (AccessError("No right to the moon."), "no_right"),
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

    def match_with_bank(self):
        """A statement line with the money of the payment."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": self.today(),
                "payment_ref": "From the customer",
                "partner_id": self.partner.id,
                "amount": 690.0,
            }
        )
        liquidity, _counterpart, _other = self.payment._seek_for_lines()
        _bank, suspense, _other = line._seek_for_lines()
        suspense.account_id = liquidity.account_id
        (suspense | liquidity).reconcile()
        return line

    def test_the_chain_ends_at_the_bank(self):
        line = self.match_with_bank()
        tried = self.request(self.order).rehearse()
        [bank] = [e for e in tried["effects"] if e["kind"] == "bank"]
        self.assertEqual((bank["res_id"], bank["acted"]), (line.move_id.id, False))
        matched = "Matched with the bank"
        self.assertEqual((bank["before"], bank["after"]), (matched, matched))
        self.assertEqual(bank["origins"], [f"account.payment,{self.payment.id}"])
        reversal = self.reverse(self.order)
        self.assertIn("bank", reversal.effect_ids.mapped("kind"))

    def test_the_settlement_of_an_order(self):
        """What settles it, and what that settles, too; links by the reader's rights."""
        line = self.match_with_bank()
        other = self.make_order()
        invoice = self.invoice(other)
        self.pay(invoice | self.invoice(self.make_order(partner=self.partner)))
        nodes = self.order.with_user(self.clerk).get_settlement()
        self.assertEqual(json.loads(json.dumps(nodes)), nodes)
        self.assertEqual(
            {(node["kind"], node["res_id"], node["after"]) for node in nodes},
            {
                ("order", self.order.id, "Settled"),
                ("invoice", self.move.id, "Paid"),
                ("payment", self.payment.id, "Matched"),
                ("bank", line.move_id.id, "Matched with the bank"),
            },
        )
        shared = {
            node["key"]: node for node in other.with_user(self.clerk).get_settlement()
        }
        self.assertEqual(len(shared), 5)
        self.assertEqual([n["acted"] for n in shared.values()].count(False), 2)
        # Whoever may not read payments sees that there is one, and can't open it.
        nodes = self.order.with_user(self.requester).get_settlement()
        closed = {node["kind"] for node in nodes if not node["res_id"]}
        self.assertEqual(closed, {"payment", "bank"})
        with self.assertRaises(AccessError):
            self.order.with_user(self.outsider).get_settlement()

    def test_what_an_approver_sees(self):
        """The rehearsal of now by the approver's rights, and what differs by then."""
        self.company.reversal_approval = "always"
        reversal = self.request(self.order, payment_method="void")
        reversal.action_submit()
        stored = self.stored(reversal)
        mine = reversal.with_user(self.approver)
        seen = mine.review_request()
        self.assertEqual((seen["compared"], seen["differences"]), (True, []))
        self.assertIn("690.00", seen["impact_html"])
        with self.assertRaises(AccessError):
            reversal.review_request()
        # The customer's invoice is unpaid by now.
        self.payment.move_id.line_ids.remove_move_reconcile()
        seen = mine.review_request()
        differences = "\n".join(seen["differences"])
        self.assertIn(self.move.name, differences)
        self.assertIn("Not paid", differences)
        # Nothing was written, and what would refuse it is said.
        self.assertEqual(self.stored(reversal), stored)
        cls = type(self.env["sale.order"])

        def fail(orders):
            raise UserError("The moon is full.")

        self.patch(cls, "_action_cancel", fail)
        found = mine.review_request()["findings"]
        self.assertIn("host_refused", {row["code"] for row in found})

    def test_what_comes_next(self):
        """The money that was kept is matched with what the customer owes."""
        open_invoice = self.invoice(self.make_order(products=self.services[:1]))
        reversal = self.reverse(self.order)
        self.assertEqual(reversal.credit_left, 690.0)
        self.assertIn(open_invoice.name, reversal.match_label)
        self.assertIn("115.00", reversal.match_label)
        with self.assertRaises(AccessError):
            reversal.with_user(self.auditor).action_match_credit()
        reversal.action_match_credit()
        self.assertEqual(open_invoice.payment_state, "paid")
        self.env.invalidate_all()
        self.assertEqual((reversal.credit_left, reversal.match_label), (575.0, False))
        with self.assertRaisesRegex(UserError, "left to match"):
            reversal.action_match_credit()

    def test_verified_and_told(self):
        reversal = self.reverse(self.order)
        told = reversal.action_verify_books()["params"]
        self.assertEqual(told["type"], "success")
        for name in (self.order.name, self.move.name, "backup"):
            self.assertIn(name, told["message"])
        self.move.reversal_move_ids.line_ids.remove_move_reconcile()
        told = reversal.action_verify_books()["params"]
        self.assertEqual(told["type"], "danger")
        self.assertEqual(told["message"], reversal.verify_detail)

    def test_activities_end_with_a_restore(self):
        """What had to be looked at is settled again; other activities stay."""
        self.order.user_id = self.requester
        kind = self.env.ref("erp_order_reversal.mail_activity_recheck")
        other = self.order.activity_schedule("mail.mail_activity_data_todo")
        reversal = self.reverse(self.order, "invoice")
        self.assertIn(kind, self.order.activity_ids.activity_type_id)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.order.activity_ids, other)

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

    def test_what_many_did_together(self):
        """Carried out in one go, each has its own effects and its own figures."""
        other, _move, _payment = self.settle()
        alone, _move, _payment = self.settle(partner=self.partner.copy())
        orders = [self.order, other, alone]
        values = {"payment_method": "void", "invoice_method": "credit_note"}
        foreseen = [self.request(order, **values).rehearse() for order in orders]
        reversals = self.env["order.reversal"].with_user(self.clerk)
        reversals = reversals.union(*(self.request(o, **values) for o in orders))
        reversals.action_submit()
        for reversal, tried in zip(reversals, foreseen, strict=True):
            with self.subTest(reversal.root_name):
                self.assertEqual(
                    [(e["before"], e["after"]) for e in tried["effects"]],
                    [(e.before or "", e.after) for e in reversal.effect_ids],
                )
                rows = {row["kind"]: row["amount"] for row in reversal.impact["rows"]}
                self.assertEqual(
                    rows,
                    {
                        "revenue": -600.0,
                        "tax": -90.0,
                        "cash": -690.0,
                        "receivable": 0.0,
                    },
                )

    def test_groups_add_up(self):
        """Revenue, tax, cash and receivable balance, and so do the months."""
        reversal = self.request(self.order, payment_method="refund")
        reversal.action_assess()
        rows = {row["kind"]: row["amount"] for row in reversal.impact["rows"]}
        self.assertEqual(
            rows, {"revenue": -600.0, "tax": -90.0, "cash": -690.0, "receivable": 0.0}
        )
