"""What a reversal left is settled again: matched, invoiced, recorded, once."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ReversalCase

MODEL = "order.settlement"


class SettlementCase(ReversalCase):
    def settle_again(self, reversal, user=None, **values):
        settlement = self.open_settlement(reversal, user, **values)
        self.assertFalse(
            settlement.finding_ids.filtered(lambda f: f.severity == "blocker"),
            settlement.finding_ids.mapped("message"),
        )
        settlement.action_settle()
        self.assertEqual(settlement.state, "done")
        return settlement

    def open_settlement(self, reversal, user=None, **values):
        return (
            self.env[MODEL]
            .with_user(user or self.clerk)
            .create({"reversal_id": reversal.id, **values})
        )

    def codes(self, settlement):
        return set(settlement.finding_ids.mapped("code"))


class TestSettlement(SettlementCase):
    def setUp(self):
        super().setUp()
        self.order, self.move, self.payment = self.settle(user_id=self.clerk.id)

    # ------------------------------------------------------------------
    # By scope
    # ------------------------------------------------------------------

    def test_after_payment(self):
        """The invoice stands: the kept money is matched with it, nothing is made."""
        before = self.trial_balance()
        reversal = self.reverse(self.order, "payment")
        self.assertEqual(reversal.settled_again_state, "open")
        settlement = self.settle_again(reversal)
        self.assertEqual(settlement.move_ids, self.move)
        self.assertEqual(self.move.payment_state, "paid")
        self.assertEqual(settlement.amount_due, 0.0)
        self.assertEqual(self.order.settlement_state, "settled")
        self.assertEqual(reversal.settled_again_state, "done")
        self.assertBooks(before)

    def test_after_invoice(self):
        before = self.trial_balance()
        reversal = self.reverse(self.order, "invoice")
        settlement = self.settle_again(reversal)
        self.assertEqual(len(settlement.move_ids), 1)
        self.assertNotEqual(settlement.move_ids, self.move)
        self.assertEqual(settlement.move_ids.payment_state, "paid")
        self.assertEqual(self.order.settlement_state, "settled")
        self.assertBooks(before)

    def test_after_draft(self):
        """A quotation is confirmed first; what was locked is locked again."""
        self.order.action_lock()
        before = self.trial_balance()
        reversal = self.reverse(self.order, "draft")
        self.assertEqual(self.order.state, "draft")
        settlement = self.settle_again(reversal)
        self.assertEqual(self.order.state, "sale")
        self.assertTrue(self.order.locked)
        self.assertEqual(settlement.order_ids, self.order)
        self.assertBooks(before)

    def test_after_cancel(self):
        """The order that replaces the cancelled one takes its money."""
        before = self.trial_balance()
        reversal = self.reverse(self.order, "cancel")
        self.assertEqual(reversal.settled_again_state, "none_needed")
        self.assertIn("nothing_left", self.codes(self.open_settlement(reversal)))
        action = reversal.action_new_quotation()
        replacement = reversal.replacement_id
        self.assertEqual(action["res_id"], replacement.id)
        self.assertEqual(replacement.replaces_id, self.order)
        self.assertEqual(self.order.replaced_by_id, replacement)
        self.assertEqual(reversal.action_new_quotation()["res_id"], replacement.id)
        self.assertEqual(reversal.settled_again_state, "open")
        settlement = self.settle_again(reversal)
        self.assertEqual(settlement.order_ids, replacement)
        self.assertEqual(set(settlement.difference_ids.mapped("change")), {"same"})
        self.assertEqual(replacement.settlement_state, "settled")
        self.assertEqual(reversal.settled_again_state, "done")
        self.assertBooks(before)

    def test_from_the_invoice_and_from_the_payment(self):
        for root, scope in ((self.move, "invoice"), (self.payment, "payment")):
            before = self.trial_balance()
            reversal = self.reverse(root, scope)
            self.settle_again(reversal)
            self.assertEqual(self.order.settlement_state, "settled")
            self.assertBooks(before)
            self.order, self.move, self.payment = self.settle(user_id=self.clerk.id)

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def test_differences(self):
        other = self.env["account.tax"].create({"name": "Low", "amount": 5.0})
        reversal = self.reverse(self.order, "draft")
        first, second, third = self.order.order_line
        first.write({"product_uom_qty": 3.0, "price_unit": 90.0, "discount": 10.0})
        first.tax_ids = other
        third.unlink()
        self.order.order_line = [
            Command.create({"product_id": self.services[2].id, "price_unit": 7.0})
        ]
        settlement = self.open_settlement(reversal)
        rows = {row.change: row for row in settlement.difference_ids}
        self.assertEqual(
            settlement.difference_ids.mapped("change"),
            ["changed", "same", "added", "removed"],
        )
        changed = rows["changed"]
        self.assertEqual(changed.order_line_id, first)
        self.assertEqual((changed.quantity_before, changed.quantity_after), (1.0, 3.0))
        self.assertEqual((changed.price_before, changed.price_after), (100.0, 90.0))
        self.assertEqual((changed.discount_before, changed.discount_after), (0.0, 10.0))
        self.assertEqual(
            (changed.tax_before, changed.tax_after), (self.tax.name, "Low")
        )
        self.assertEqual(
            (changed.subtotal_before, changed.subtotal_after), (100.0, 243.0)
        )
        self.assertEqual(rows["same"].order_line_id, second)
        self.assertEqual(rows["added"].subtotal_after, 7.0)
        self.assertEqual(rows["removed"].product_id, self.services[2])
        self.assertEqual(rows["removed"].subtotal_before, 300.0)
        self.assertEqual(settlement.amount_before, 600.0)
        self.assertEqual(settlement.amount_after, 450.0)

    def test_due(self):
        """More than was paid: the rest is due."""
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 200.0
        settlement = self.open_settlement(reversal)
        self.assertEqual(settlement.amount_open, 805.0)
        self.assertEqual(settlement.amount_due, 115.0)
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.amount_residual, 115.0)
        self.assertEqual(settlement.amount_due, 115.0)
        self.assertEqual(settlement.credit_ids.amount, 690.0)

    def test_over_is_kept(self):
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 0.0
        settlement = self.open_settlement(reversal)
        self.assertEqual(settlement.amount_due, -115.0)
        self.assertEqual(settlement.credit_ids.amount_open, 690.0)
        self.assertEqual(settlement.credit_ids.amount, 575.0)
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.payment_state, "paid")
        self.assertEqual(settlement.amount_due, -115.0)
        line = settlement.credit_ids.line_id
        self.assertEqual(line.amount_residual, -115.0)

    def test_over_is_refunded(self):
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 0.0
        settlement = self.settle_again(reversal, rest_method="refund")
        self.assertEqual(settlement.amount_due, 0.0)
        self.assertEqual(settlement.refund_ids.amount, 115.0)
        self.assertEqual(settlement.refund_ids.payment_type, "outbound")
        line = settlement.credit_ids.line_id
        self.assertTrue(line.reconciled)
        self.assertTrue(settlement.refund_ids.is_reconciled)

    def test_only_the_chosen_amount_is_matched(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        settlement.credit_ids.amount = 200.0
        self.assertEqual(settlement.amount_due, 490.0)
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.amount_residual, 490.0)
        self.assertEqual(settlement.credit_ids.line_id.amount_residual, -490.0)
        self.assertEqual(settlement.amount_due, 490.0)

    def test_other_credits_stay(self):
        """Never another credit of the customer, nor what a payment had left before."""
        other = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": 1000.0,
                "journal_id": self.bank.id,
            }
        )
        other.action_post()
        order = self.make_order(user_id=self.clerk.id)
        move = self.invoice(order)
        over = self.pay(move, amount=800.0)
        reversal = self.reverse(order, "draft")
        order.order_line[0].price_unit = 500.0
        settlement = self.open_settlement(reversal)
        self.assertEqual(settlement.credit_ids.payment_id, over)
        self.assertEqual(settlement.credit_ids.amount_open, 690.0)
        settlement.action_settle()
        self.assertFalse(other.is_reconciled)
        self.assertEqual(settlement.move_ids.amount_residual, 1150.0 - 690.0)
        self.assertEqual(settlement.credit_ids.line_id.amount_residual, -110.0)

    def test_money_in_another_currency(self):
        """Matched to the chosen amount of the money's own currency."""
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        order = self.make_order(user_id=self.clerk.id)
        move = self.invoice(order)
        payment = self.pay(move, amount=345.0, currency_id=euro.id)
        self.assertEqual(move.payment_state, "paid")
        reversal = self.reverse(order, "draft")
        settlement = self.open_settlement(reversal)
        self.assertEqual(settlement.credit_ids.payment_id, payment)
        self.assertEqual(settlement.credit_ids.amount_open, 345.0)
        settlement.credit_ids.amount = 100.0
        self.assertEqual(settlement.amount_due, 490.0)
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.amount_residual, 490.0)

    def test_another_customer(self):
        """Money of the one who paid is matched for another only if chosen."""
        reversal = self.reverse(self.order, "draft")
        stranger = self.env["res.partner"].create({"name": "Right Customer"})
        self.order.partner_id = stranger
        settlement = self.open_settlement(reversal)
        self.assertLessEqual(
            {"other_customer", "customer_changed"}, self.codes(settlement)
        )
        self.assertEqual(settlement.credit_ids.amount, 0.0)
        self.assertEqual(settlement.amount_due, 690.0)
        settlement.credit_ids.amount = 690.0
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.partner_id, stranger)
        self.assertEqual(settlement.move_ids.payment_state, "paid")

    def test_a_draft_credit_note_of_what_was_taken_back(self):
        """Neither posted along, nor invoiced as much again: it goes first."""
        draft = self.move._reverse_moves(cancel=False)
        reversal = self.reverse(self.payment, "invoice")
        self.assertEqual(draft.state, "draft")
        settlement = self.open_settlement(reversal)
        [found] = settlement.finding_ids.filtered(lambda f: f.code == "draft_stale")
        self.assertIn(self.move.name, found.message)
        with self.assertRaisesRegex(UserError, "once more"):
            settlement.action_settle()
        draft.unlink()
        settlement = self.settle_again(reversal)
        self.assertEqual(settlement.move_ids.amount_total, self.move.amount_total)

    def test_a_draft_and_an_invoice_by_hand(self):
        """What was made by hand since is posted and matched, not made twice."""
        for post in (False, True):
            reversal = self.reverse(self.order, "invoice")
            made = self.invoice(self.order, post=post)
            settlement = self.settle_again(reversal)
            self.assertEqual(settlement.move_ids, made)
            self.assertEqual(made.payment_state, "paid")
            self.order, self.move, self.payment = self.settle(user_id=self.clerk.id)

    def test_settled_by_hand(self):
        reversal = self.reverse(self.order, "invoice")
        self.assertEqual(reversal.settled_again_state, "open")
        self.pay(self.invoice(self.order))
        self.env.flush_all()  # as before a commit
        self.assertEqual(reversal.settled_again_state, "done")

    def test_replacement_is_deleted(self):
        """A reversal does not wait for a quotation that was given up."""
        reversal = self.reverse(self.order, "cancel")
        replacement = self.env["sale.order"].browse(
            reversal.action_new_quotation()["res_id"]
        )
        self.env.flush_all()
        self.assertEqual(reversal.settled_again_state, "open")
        replacement.unlink()
        self.env.flush_all()
        self.assertEqual(reversal.settled_again_state, "none_needed")

    # ------------------------------------------------------------------
    # What is shown is what is done
    # ------------------------------------------------------------------

    def test_each_choice_is_rehearsed(self):
        """Date, journal, amounts and what becomes of the rest: shown, never kept."""
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        journal = self.company_data["default_journal_sale"].copy(
            {"code": "S2", "currency_id": euro.id}
        )
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 0.0
        settlement = self.open_settlement(reversal)
        before = settlement.read()[0]

        def rows(**choices):
            shown = settlement.preview_settlement(choices)
            self.assertFalse(shown["findings"])
            return {
                row["name"]: row["amount"].replace("\xa0", " ") for row in shown["rows"]
            }

        self.assertEqual(
            rows(), {"open": "$ 575.00", "kept": "$ 575.00", "over": "$ 115.00"}
        )
        [over] = [
            row["label"]
            for row in settlement.preview_settlement({"rest_method": "refund"})["rows"]
            if row["name"] == "over"
        ]
        self.assertEqual(over, "Refunded to the customer")
        # the same prices in another currency: the host's own doing, and seen here
        self.assertEqual(rows(journal_id=journal.id)["open"], "$ 1,150.00")
        credit = settlement.credit_ids
        chosen = {"credit_ids": [Command.update(credit.id, {"amount": 200.0})]}
        self.assertEqual(
            rows(**chosen),
            {
                "open": "$ 575.00",
                "kept": "$ 200.00",
                "due": "$ 375.00",
                "over": "$ 490.00",
            },
        )
        self.company.sale_lock_date = "2026-01-31"
        locked = settlement.preview_settlement({"date": "2026-01-15"})
        codes = [found["code"] for found in locked["findings"]]
        self.assertEqual(codes, ["date_locked"])
        self.env.invalidate_all()
        self.assertEqual(settlement.read()[0], before)

    def test_a_rehearsal_uses_up_no_number(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .create({"name": "Seen", "code": "seen", "company_id": False})
        )
        confirm = type(self.order).action_confirm

        def numbering(orders):
            orders.env["ir.sequence"].next_by_code("seen")
            return confirm(orders)

        self.patch(type(self.order), "action_confirm", numbering)
        settlement.preview_settlement({"date": "2026-03-04"})
        self.assertEqual(sequence.number_next_actual, 1)
        settlement.action_settle()
        self.assertEqual(sequence.number_next_actual, 2)

    def test_only_what_was_shown_is_settled(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        journal = self.company_data["default_journal_sale"].copy({"code": "S2"})
        books = self.trial_balance()
        values = {"date": "2026-03-04", "journal_id": journal.id}
        seen = settlement.preview_settlement(values)["seen"]

        other = "shown|chosen otherwise|changed"

        def refused(values, seen, error=UserError, match=other):
            with self.assertRaisesRegex(error, match):
                settlement.settle_shown(values, seen)
            self.assertEqual(settlement.state, "draft")
            self.assertEqual(self.order.state, "draft")
            self.assertBooks(books)

        # Other choices than the shown ones, and the same as by another window.
        refused({**values, "date": "2026-03-05"}, seen)
        refused({}, seen)
        refused({**values, "rest_method": "refund"}, seen)
        credit = settlement.credit_ids
        refused(
            {**values, "credit_ids": [Command.update(credit.id, {"amount": 1.0})]}, seen
        )
        # Another amount, and documents that changed since.
        for name in ("open", "kept", "due"):
            refused(values, {**seen, name: seen[name] + 0.01})
            refused(values, {**seen, name: float("nan")}, ValidationError, "missing")
        self.order.order_line[0].price_unit += 1.0
        refused(values, seen)
        self.order.order_line[0].price_unit -= 1.0
        for wrong in (None, {}, [], "x", {**seen, "due": "0"}, {"open": 0.0}):
            refused(values, wrong, ValidationError, "")
        with self.assertRaises(AccessError):
            settlement.with_user(self.manager).settle_shown(values, seen)
        action = settlement.settle_shown(values, seen)
        self.assertEqual(action["res_id"], self.order.id)
        self.assertEqual(settlement.move_ids.journal_id, journal)
        self.assertEqual(
            settlement.move_ids.invoice_date, fields.Date.to_date("2026-03-04")
        )
        with self.assertRaisesRegex(UserError, "settled already"):
            settlement.settle_shown({}, seen)

    def test_another_outcome_than_shown(self):
        """The host comes to something else than it did when it was rehearsed."""
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        seen = settlement.preview_settlement()["seen"]
        # The order still says what it said; the invoice is made by today's tax.
        self.services[0].property_account_income_id = False
        self.tax.sudo().amount = 16.0
        with self.assertRaisesRegex(UserError, "not what was shown"):
            settlement.settle_shown({}, seen)
        self.assertEqual(self.order.state, "draft")

    def test_a_choice_stays_and_a_proposal_follows(self):
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 0.0
        settlement = self.open_settlement(reversal)
        self.assertEqual(settlement.credit_ids.amount, 575.0)
        self.order.order_line[0].price_unit = 100.0
        again = reversal.with_user(self.clerk).action_settle_again()
        self.assertEqual(again["res_id"], settlement.id)
        self.assertEqual(settlement.credit_ids.amount, 690.0)
        credit = settlement.credit_ids
        credit.amount = 200.0
        settlement.action_assess()
        self.assertEqual(settlement.credit_ids, credit)
        self.assertEqual(credit.amount, 200.0)

    def test_a_choice_by_rpc_is_rehearsed(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        self.order.order_line[0].price_unit = 200.0
        settlement.write({"date": "2026-03-04"})
        self.assertEqual(settlement.amount_open, 805.0)
        settlement.action_settle()
        self.assertEqual(settlement.move_ids.amount_total, 805.0)

    def test_other_addons_see_what_the_dialog_chooses(self):
        """Whoever overrides `write` is not passed over; it is tried out once."""
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        cls = type(settlement)
        written, tried = [], []
        write, rehearse = cls.write, cls._rehearse

        def note(records, vals):
            if "date" in vals:
                written.append(vals["date"])
            return write(records, vals)

        def count(records):
            tried.append(records.date)
            return rehearse(records)

        self.patch(cls, "write", note)
        self.patch(cls, "_rehearse", count)
        values = {"date": "2026-03-04"}
        seen = settlement.preview_settlement(values)["seen"]
        self.assertEqual((written, len(tried)), (["2026-03-04"], 1))
        settlement.settle_shown(values, seen)
        self.assertEqual((written, len(tried)), (["2026-03-04"] * 2, 1))
        self.assertEqual(str(settlement.move_ids.invoice_date), "2026-03-04")

    def test_no_client_says_that_it_chooses(self):
        settlement = self.open_settlement(self.reverse(self.order, "draft"))
        forged = settlement.with_context(order_settlement_choosing=True)
        forged.credit_ids.amount = 1.0
        forged.write({"rest_method": "refund"})
        before = settlement.rehearsed
        forged.write({"credit_ids": [[1, settlement.credit_ids.id, {"amount": 200.0}]]})
        self.assertNotEqual(settlement.rehearsed, before)

    def test_date_and_journal(self):
        journal = self.company_data["default_journal_sale"].copy({"code": "S2"})
        reversal = self.reverse(self.order, "invoice")
        settlement = self.settle_again(
            reversal, date="2026-03-04", journal_id=journal.id
        )
        self.assertEqual(settlement.move_ids.journal_id, journal)
        self.assertEqual(
            settlement.move_ids.invoice_date, fields.Date.to_date("2026-03-04")
        )

    # ------------------------------------------------------------------
    # Refused, with nothing changed
    # ------------------------------------------------------------------

    def test_a_second_call_refuses(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.settle_again(reversal)
        books = self.trial_balance()
        with self.assertRaisesRegex(UserError, "settled already"):
            settlement.action_settle()
        again = self.open_settlement(reversal)
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            again.action_settle()
        self.assertBooks(books)

    def test_all_or_nothing(self):
        """A host that can't post leaves the quotation a quotation."""
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        books = self.trial_balance()
        account = self.company_data["default_account_revenue"]
        account.active = False
        with self.assertRaises(UserError):
            settlement.action_settle()
        self.assertEqual(self.order.state, "draft")
        self.assertEqual(settlement.state, "draft")
        self.assertEqual(reversal.settled_again_state, "open")
        self.assertBooks(books)
        settlement.action_assess()
        self.assertIn("refused", self.codes(settlement))

    def test_changed_since_it_was_shown(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.open_settlement(reversal)
        self.order.order_line[0].price_unit = 1.0
        with self.assertRaisesRegex(UserError, "changed since"):
            settlement.action_settle()
        self.assertEqual(self.order.state, "draft")
        action = reversal.with_user(self.clerk).action_settle_again()
        self.assertEqual(action["res_id"], settlement.id)
        settlement.action_settle()
        self.assertEqual(settlement.state, "done")

    def test_all_blockers_at_once(self):
        reversal = self.reverse(self.order, "draft")
        self.company.sale_lock_date = "2026-01-31"
        self.order.order_line[0].price_unit = 0.0
        self.company.reversal_approval_money = "refund"
        settlement = self.open_settlement(reversal, date="2026-01-15")
        settlement.rest_method = "refund"
        self.assertLessEqual({"date_locked", "refund_policy"}, self.codes(settlement))
        with self.assertRaises(UserError) as caught:
            settlement.action_settle()
        for finding in settlement.finding_ids.filtered(
            lambda f: f.severity == "blocker"
        ):
            self.assertIn(finding.message, str(caught.exception))
            self.assertTrue(finding.remedy)
        self.assertIn("02/01/2026", str(caught.exception))

    def test_restored_or_only_unlocked(self):
        self.order.action_lock()
        reversal = self.reverse(self.order, "unlock")
        self.assertEqual(reversal.settled_again_state, "none_needed")
        self.assertIn("nothing_left", self.codes(self.open_settlement(reversal)))
        order, _move, _payment = self.settle(user_id=self.clerk.id)
        reversal = self.reverse(order, "draft")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(reversal.settled_again_state, "none_needed")
        self.assertIn("nothing_left", self.codes(self.open_settlement(reversal)))

    def test_credit_used_elsewhere(self):
        reversal = self.reverse(self.order, "invoice")
        settlement = self.open_settlement(reversal)
        other = self.invoice(self.make_order())
        other.js_assign_outstanding_line(settlement.credit_ids.line_id.id)
        with self.assertRaisesRegex(UserError, "changed since"):
            settlement.action_settle()
        again = self.open_settlement(reversal)
        self.assertFalse(again.credit_ids)
        self.assertIn("money_used", self.codes(again))
        self.assertEqual(again.amount_due, 690.0)

    # ------------------------------------------------------------------
    # The record of it, and the way back
    # ------------------------------------------------------------------

    def test_log_and_notes(self):
        reversal = self.reverse(self.order, "draft")
        settlement = self.settle_again(reversal)
        row = reversal.log_ids.filtered(lambda row: row.event == "settled")
        self.assertEqual(row.res_id, self.order.id)
        self.assertEqual(row.detail["result"], settlement.move_ids.name)
        self.assertEqual(row.user_id, self.clerk)
        log = self.env["order.reversal.log"].with_user(self.manager)
        self.assertTrue(log.verify_chain(self.company)["intact"])
        for record in (self.order, settlement.move_ids):
            notes = " ".join(record.message_ids.mapped("body"))
            self.assertIn(settlement.name, notes)

    def test_activities_end(self):
        reversal = self.reverse(self.order, "draft")
        self.assertTrue(self.order.activity_ids)
        self.settle_again(reversal)
        self.assertFalse(self.order.activity_ids)

    def test_activities_end_with_a_restore(self):
        reversal = self.reverse(self.order, "draft")
        self.assertTrue(self.order.activity_ids)
        reversal.with_user(self.manager).action_undo()
        self.assertFalse(self.order.activity_ids)

    def test_restore_after_it(self):
        """It says what to take back first; once that is done, it restores."""
        before = self.trial_balance()
        for scope in ("invoice", "draft"):
            reversal = self.reverse(self.order, scope)
            settlement = self.settle_again(reversal)
            with self.assertRaisesRegex(UserError, settlement.move_ids.name):
                reversal.with_user(self.manager).action_undo()
            second = self.reverse(settlement.move_ids, "invoice")
            self.assertEqual(second.settled_again_state, "open")
            reversal.with_user(self.manager).action_undo()
            self.assertEqual(self.order.settlement_state, "settled")
            self.assertBooks(before)

    # ------------------------------------------------------------------
    # Who, and what may come in
    # ------------------------------------------------------------------

    def test_who(self):
        reversal = self.reverse(self.order, "draft")
        with self.assertRaises(AccessError):
            self.open_settlement(reversal, self.outsider)
        with self.assertRaises(AccessError):
            self.open_settlement(reversal, self.auditor)
        # May ask for reversals, but not invoice: told so, and by whom it can be done.
        order, _move, _payment = self.settle(user_id=self.requester.id)
        asked = self.reverse(order, "draft", user=self.approver)
        settlement = self.open_settlement(asked, self.requester)
        self.assertEqual(self.codes(settlement), {"invoicing_right"})
        with self.assertRaisesRegex(UserError, "Invoicing"):
            settlement.action_settle()
        # A draft is its owner's.
        with self.assertRaises(AccessError):
            settlement.with_user(self.approver).action_settle()
        with self.assertRaises(AccessError):
            settlement.with_user(self.approver).write({"date": self.today()})
        self.settle_again(asked, self.approver)

    def test_only_an_own_order(self):
        """Who may see own orders alone can't settle somebody else's."""
        salesman = self._user(
            "salesman_t",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        self.order.user_id = salesman
        reversal = self.reverse(self.order, "draft", user=salesman)
        self.order.user_id = self.clerk
        settlement = self.open_settlement(reversal, salesman)
        self.assertIn("order_right", self.codes(settlement))
        with self.assertRaisesRegex(UserError, "All Documents"):
            settlement.action_settle()
        self.assertEqual(self.order.state, "draft")

    def test_bad_input(self):
        reversal = self.reverse(self.order, "draft")
        for vals in (
            {},
            {"reversal_id": False},
            {"reversal_id": 0},
            {"reversal_id": "x"},
            {"reversal_id": True},
            {"reversal_id": 10**9},
            {"reversal_id": reversal.id, "date": "soon"},
            {"reversal_id": reversal.id, "date": False},
            {"reversal_id": reversal.id, "rest_method": "burn"},
            {"reversal_id": reversal.id, "journal_id": self.bank.id},
            {"reversal_id": reversal.id, "journal_id": "x"},
            {"reversal_id": reversal.id, "state": "done"},
            {"reversal_id": reversal.id, "amount_open": 5.0},
            {"reversal_id": reversal.id, "requester_id": self.manager.id},
        ):
            with self.assertRaises(ValidationError, msg=vals):
                self.env[MODEL].with_user(self.clerk).create(vals)
        settlement = self.open_settlement(reversal)
        for vals in (
            {"state": "done"},
            {"amount_due": 0.0},
            {"difference_ids": [Command.clear()]},
            {"date": False},
            {"rest_method": 1},
            {"reversal_id": reversal.id},
        ):
            with self.assertRaises(ValidationError, msg=vals):
                settlement.write(vals)
        for amount in (-1.0, 690.01, "x", True, None, float("nan"), float("inf")):
            with self.assertRaises(ValidationError, msg=amount), self.cr.savepoint():
                settlement.credit_ids.write({"amount": amount})
        with self.assertRaises(AccessError):
            settlement.credit_ids.write({"amount_open": 9999.0})
        with self.assertRaises(AccessError):
            settlement.write({"credit_ids": [Command.create({"amount": 1.0})]})
        with self.assertRaises(ValidationError):
            settlement.copy()
        settlement.action_settle()
        with self.assertRaises(ValidationError):
            settlement.write({"date": self.today()})
        with self.assertRaises(ValidationError):
            settlement.unlink()
        with self.assertRaises(ValidationError):
            settlement.credit_ids.write({"amount": 1.0})
