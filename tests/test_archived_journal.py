"""The journal of a document is archived: another one stands in, and it is said."""

from odoo.exceptions import UserError

from .extended import ExtendedMixin
from .foreseen import ForeseenCase
from .test_parts import PartCase

BLOCKER, WARNING = "blocker", "warning"


class ArchivedJournalCase(ForeseenCase, PartCase):
    def setUp(self):
        super().setUp()
        self.before = self.trial_balance()
        self.order, self.move, self.payment = self.settle(quantity=2.0)
        self.sales = self.move.journal_id

    def journal(self, like, code, **values):
        return self.env["account.journal"].create(
            {
                "name": f"Second {code}",
                "code": code,
                "type": like.type,
                "company_id": like.company_id.id,
                **values,
            }
        )

    def archive(self, journal):
        journal.active = False
        self.env.flush_all()

    def told(self, reversal, code, severity=WARNING):
        """The one finding with this code, as the rehearsal says it."""
        [found] = [f for f in reversal.rehearse()["findings"] if f["code"] == code]
        self.assertEqual(found["severity"], severity)
        self.assertIn("administrator", found["who"])
        return found


class TestCreditNote(ExtendedMixin, ArchivedJournalCase):
    def setUp(self):
        super().setUp()
        self.other = self.journal(self.sales, "SALE2")
        self.archive(self.sales)

    def check_credit(self, reversal):
        """It went where it was said, and the log keeps it."""
        credit = self.move.reversal_move_ids
        self.assertEqual(credit.journal_id, self.other)
        step = reversal.step_ids.filtered(lambda step: step.operation == "credit")
        self.assertIn(self.other.name, step.outcome)
        rows = reversal.sudo().log_ids.filtered(lambda row: row.event == "step")
        self.assertTrue(
            any(self.other.name in row.detail["outcome"] for row in rows), rows
        )
        return credit

    def test_in_another_journal(self):
        """Said before Confirm, done so, and restored."""
        settled = self.trial_balance()
        reversal = self.request(self.order)
        found = self.told(reversal, "journal_replaced")
        for name in (self.sales.name, self.other.name, self.move.name):
            self.assertIn(name, found["message"])
        self.assertIn(
            self.other.name, {row["journal"] for row in reversal.preview_entries()}
        )
        reversal.action_submit()
        credit = self.check_credit(reversal)
        self.assertTrue(credit.name.startswith("RSALE2"), credit.name)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        # Cancelled is not posted: whatever became of that journal since.
        self.archive(self.other)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(credit.state, "cancel")
        self.assertEqual(self.move.payment_state, "paid")
        self.assertBooks(settled)

    def test_leaves_nothing(self):
        self.reverse_and_void(self.order, self.before)

    def test_of_a_part(self):
        reversal = self.part(self.order, {self.order.order_line[0]: 1.0})
        self.told(reversal, "journal_replaced")
        reversal.action_submit()
        self.assertEqual(self.check_credit(reversal).amount_total, 115.0)

    def test_the_hosts_way(self):
        """Where another addon overrides how a credit note is made, or its lines."""
        for methods in (("_reverse_moves",), ("_reverse_moves", "create")):
            with self.subTest(methods):
                called = self.pass_through("account.move", *methods)
                order, move, _payment = self.settle_elsewhere()
                self.reverse(order)
                self.assertEqual(move.reversal_move_ids.journal_id, self.other)
                self.assertIn("_reverse_moves", called)

    def test_of_many(self):
        order, move, _payment = self.settle_elsewhere()
        reversals = self.request(self.order) | self.request(order)
        reversals.action_submit()
        self.assertEqual(
            (self.move | move).reversal_move_ids.mapped("journal_id"), self.other
        )

    def settle_elsewhere(self):
        """An order that was invoiced before its journal was archived, too."""
        self.sales.active = True
        settled = self.settle()
        self.archive(self.sales)
        return settled

    def test_only_one_like_it(self):
        """Of another type, currency or company, or for practice: none of them."""
        euro = self.setup_other_currency("EUR")
        purchases = self.journal(self.company_data["default_journal_purchase"], "BUY2")
        foreign = self.journal(self.sales, "SALE3", currency_id=euro.id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.journal(self.sales, "SALE4", company_id=company.id)
        self.assertEqual(self.sales._reversal_in_use(), self.other)
        self.archive(self.other)
        self.assertFalse(
            self.sales._reversal_in_use() & (purchases | foreign | elsewhere)
        )
        reversal = self.request(self.order)
        found = self.told(reversal, "journal_archived", BLOCKER)
        self.assertIn(self.sales.name, found["message"])
        self.assertIn("create another one", found["remedy"])
        with self.assertRaisesRegex(UserError, "is archived"):
            reversal.action_submit()
        self.assertEqual(reversal.state, "draft")

    def test_the_currency_is_written_out(self):
        """A journal in the company's own currency is one without a currency."""
        self.other.currency_id = self.company.currency_id
        self.reverse(self.order)
        self.assertEqual(self.move.reversal_move_ids.journal_id, self.other)

    def test_archived_after_the_request(self):
        """Where it is numbered is what was approved."""
        self.sales.active = True
        self.company.reversal_approval = "always"
        reversal = self.request(self.order)
        reversal.action_submit()
        self.archive(self.sales)
        approved = reversal.with_user(self.approver)
        with self.assertRaisesRegex(UserError, "changed since"), self.cr.savepoint():
            approved.action_approve()
        self.env.invalidate_all()
        self.sales.active = True
        approved.action_approve()
        self.assertEqual(self.move.reversal_move_ids.journal_id, self.sales)

    def test_secured_by_a_hash_there(self):
        """What counts is the journal that the credit note goes to."""
        self.other.restrict_mode_hash_table = True
        self.assertIn(
            self.other.name, self.told_one_way(self.request(self.order))["message"]
        )

    def told_one_way(self, reversal):
        [found] = [f for f in reversal.rehearse()["findings"] if f["code"] == "one_way"]
        return found


class TestBank(ArchivedJournalCase):
    def test_refund_from_another_journal(self):
        other = self.journal(self.bank, "BNK8")
        self.archive(self.bank)
        settled = self.trial_balance()
        reversal = self.request(self.order, payment_method="refund")
        found = self.told(reversal, "journal_replaced")
        self.assertIn(other.name, found["message"])
        reversal.action_submit()
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        refund = step._get_document().browse(step.result_id)
        self.assertEqual(refund.journal_id, other)
        self.assertIn(other.name, step.outcome)
        self.assertEqual(refund.payment_method_line_id.journal_id, other)
        reversal.with_user(self.manager).action_undo()
        self.assertBooks(settled)

    def test_no_method_there(self):
        """What pays nothing out can't stand in."""
        other = self.journal(self.bank, "BNK8")
        other.outbound_payment_method_line_ids.unlink()
        self.archive(self.bank)
        reversal = self.request(self.order, payment_method="refund")
        found = self.told(reversal, "journal_archived", BLOCKER)
        self.assertIn("keep the money", found["remedy"])
        with self.assertRaisesRegex(UserError, "is archived"):
            reversal.action_submit()

    def test_a_counter_entry(self):
        """The entry of the payment is locked: what takes it back goes elsewhere."""
        other = self.journal(self.bank, "BNK8")
        self.company.sudo().fiscalyear_lock_date = self.today()
        self.archive(self.bank)
        reversal = self.request(self.order, payment_method="void")
        found = self.told(reversal, "journal_replaced")
        self.assertIn(other.name, found["message"])
        reversal.action_submit()
        step = reversal.step_ids.filtered(lambda step: step.operation == "void_payment")
        entry = self.move.browse(step.result_id)
        self.assertEqual((entry.journal_id, entry.state), (other, "posted"))

    def test_restored_in_its_own_journal_alone(self):
        """What is posted once more has its number there."""
        self.journal(self.bank, "BNK8")
        reversal = self.reverse(self.order, "payment", payment_method="void")
        self.archive(self.bank)
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )
        found = self.told(restore, "journal_archived", BLOCKER)
        self.assertIn("can't be posted again", found["message"])
        with self.assertRaisesRegex(UserError, "posted again"), self.cr.savepoint():
            restore.action_submit()
        self.bank.active = True
        restore.action_submit()
        self.assertEqual(self.move.payment_state, "paid")

    def test_an_invoice_that_was_voided(self):
        """Journal, accounts and currency must be in use for it to stand again."""
        order, move, _payment = self.settle(sent=False)
        reversal = self.reverse(order, "invoice", invoice_method="void")
        self.assertEqual(move.state, "cancel")
        account = move.invoice_line_ids.account_id[:1]
        for record, code in (
            (self.sales, "journal_archived"),
            (account, "account_archived"),
        ):
            with self.subTest(code):
                record.active = False
                restore = (
                    self.env["order.reversal"]
                    .with_user(self.manager)
                    .create({"restores_id": reversal.id, "reason_id": self.reason.id})
                )
                self.told(restore, code, BLOCKER)
                with self.assertRaises(UserError), self.cr.savepoint():
                    restore.action_submit()
                record.active = True
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(move.state, "posted")

    def test_settled_again(self):
        """What is over is paid back from what stands in, which is said."""
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 0.0
        other = self.journal(self.bank, "BNK8")
        self.archive(self.bank)
        settlement = (
            self.env["order.settlement"]
            .with_user(self.clerk)
            .create({"reversal_id": reversal.id, "rest_method": "refund"})
        )
        [found] = settlement.finding_ids.filtered(
            lambda f: f.code == "journal_replaced"
        )
        self.assertEqual(found.severity, WARNING)
        self.assertIn(other.name, found.message)
        settlement.action_settle()
        self.assertEqual(settlement.refund_ids.journal_id, other)
        # A second one finds no journal to pay from.
        self.archive(other)
        self.bank.active = True
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[1].price_unit = 0.0
        self.archive(self.bank)
        settlement = (
            self.env["order.settlement"]
            .with_user(self.clerk)
            .create({"reversal_id": reversal.id, "rest_method": "refund"})
        )
        [found] = settlement.finding_ids.filtered(lambda f: f.severity == BLOCKER)
        self.assertEqual(found.code, "journal_archived")
        with self.assertRaisesRegex(UserError, "is archived"):
            settlement.action_settle()
