"""When a second person has to approve, counted alike for one document and for many."""

from datetime import timedelta

from odoo.tests import Form

from .common import GROUP, ReversalCase


class TestPolicy(ReversalCase):
    def rules(self, root, scope=None, user=None, **values):
        """The sentences that `user` reads before anything is asked for."""
        reversal = self.request(root, scope, user, **values)
        reversal.action_assess()
        return reversal.approval_note or ""

    def counts(self, records, saved, **values):
        """(at once, need approval) of a bulk reversal by the clerk."""
        name = {
            "sale.order": "order_ids",
            "account.move": "move_ids",
            "account.payment": "payment_ids",
        }[records._name]
        model = self.env["order.reversal.batch"].with_user(self.clerk)
        values = {name: records.ids, "reason_id": self.reason.id, **values}
        if saved:
            batch = model.create(values)
            return batch.ready_count, batch.approval_count, batch.blocked_count
        found = [model.assess_part({**values, name: record.ids}) for record in records]
        return tuple(
            sum(part[count] for part in found)
            for count in ("ready", "approval", "blocked")
        )

    def assertCounts(self, records, expected, **values):
        """The batch and the parts of its dialog agree."""
        for saved in (True, False):
            with self.subTest(saved=saved, **values):
                self.assertEqual(self.counts(records, saved, **values), expected)

    def days_ago(self, days):
        return self.today() - timedelta(days=days)

    def settle_on(self, date):
        """An order of that day, invoiced and paid on it."""
        order = self.make_order()
        order.date_order = date
        invoice = self.invoice(order, date=date)
        payment = self.pay(invoice, payment_date=date)
        return order, invoice, payment

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def test_without_limits(self):
        order, invoice, payment = self.settle_on(self.days_ago(400))
        self.company.sudo().sale_lock_date = self.days_ago(100)
        for root in (order, invoice, payment):
            self.assertFalse(self.rules(root))
            self.assertCounts(root, (1, 0, 0))

    def test_age(self):
        self.company.reversal_approval_age = 30
        old, old_invoice, old_payment = self.settle_on(self.days_ago(31))
        new, new_invoice, new_payment = self.settle_on(self.days_ago(29))
        for root in (old, old_invoice, old_payment):
            self.assertIn("older than 30 days", self.rules(root))
        for root in (new, new_invoice, new_payment):
            self.assertFalse(self.rules(root))
        self.assertCounts(old | new, (1, 1, 0))
        self.assertCounts(old_invoice | new_invoice, (1, 1, 0))
        self.assertCounts(old_payment | new_payment, (1, 1, 0))
        reversal = self.request(old)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        reversal = self.request(new)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")

    def test_age_of_an_undated_draft(self):
        """Counted by its accounting date: a draft needs no date of its own."""
        self.company.reversal_approval_age = 30
        draft = self.invoice(self.make_order(), post=False)
        self.assertFalse(draft.invoice_date)
        self.assertFalse(self.rules(draft))
        draft.date = self.days_ago(31)
        self.assertIn("older than", self.rules(draft))
        self.assertCounts(draft, (0, 1, 0))

    def test_locked_period(self):
        self.company.reversal_approval_locked = True
        locked, locked_invoice, locked_payment = self.settle_on(self.days_ago(90))
        free, free_invoice, free_payment = self.settle_on(self.days_ago(20))
        self.company.sudo().fiscalyear_lock_date = self.days_ago(60)
        for root in (locked, locked_invoice, locked_payment):
            self.assertIn("period is locked", self.rules(root))
        for root in (free, free_invoice, free_payment):
            self.assertFalse(self.rules(root))
        self.assertCounts(locked | free, (1, 1, 0))
        self.assertCounts(locked_invoice | free_invoice, (1, 1, 0))
        self.assertCounts(locked_payment | free_payment, (1, 1, 0))
        self.assertIn(locked_payment.name, self.rules(locked, "payment"))
        self.assertNotIn(locked_invoice.name, self.rules(locked, "payment"))
        self.assertFalse(self.rules(self.lock(locked), "unlock"))
        self.assertCounts(self.lock(free) | locked, (2, 0, 0), scope="unlock")

    def lock(self, order):
        order.action_lock()
        return order

    def test_locked_for_sales_concerns_invoices_only(self):
        self.company.reversal_approval_locked = True
        order, invoice, payment = self.settle_on(self.days_ago(90))
        self.company.sudo().sale_lock_date = self.days_ago(60)
        self.assertIn(invoice.name, self.rules(order))
        self.assertNotIn(payment.name, self.rules(order))
        self.assertFalse(self.rules(order, "payment"))
        self.assertCounts(order, (0, 1, 0))
        self.assertCounts(order, (1, 0, 0), scope="payment")

    def test_an_exception_opens_no_way_around_it(self):
        self.company.reversal_approval_locked = True
        order, _invoice, _payment = self.settle_on(self.days_ago(90))
        self.company.sudo().fiscalyear_lock_date = self.days_ago(60)
        self.env["account.lock_exception"].sudo().create(
            {
                "company_id": self.company.id,
                "user_id": self.clerk.id,
                "fiscalyear_lock_date": False,
                "end_datetime": False,
            }
        )
        self.assertIn("period is locked", self.rules(order))
        self.assertCounts(order, (0, 1, 0))

    def test_money(self):
        order, invoice, payment = self.settle()
        unpaid = self.make_order()
        self.invoice(unpaid)
        both = order | unpaid
        cases = (
            # policy, method, sentence, counts
            (False, "refund", "", (2, 0, 0)),
            ("refund", "auto", "", (2, 0, 0)),
            ("refund", "refund", "refunded", (1, 1, 0)),
            ("refund", "void", "", (2, 0, 0)),
            ("kept", "auto", "kept as credit", (1, 1, 0)),
            ("kept", "credit", "kept as credit", (1, 1, 0)),
            ("kept", "refund", "refunded", (1, 1, 0)),
            ("kept", "void", "", (2, 0, 0)),
        )
        for policy, method, sentence, counts in cases:
            self.company.reversal_approval_money = policy
            with self.subTest(policy=policy, method=method):
                for root in (order, invoice, payment):
                    note = self.rules(root, payment_method=method)
                    if sentence:
                        self.assertIn(sentence, note)
                        self.assertIn("690.00", note)
                    else:
                        self.assertFalse(note)
                self.assertFalse(self.rules(unpaid, payment_method=method))
                self.assertCounts(both, counts, payment_method=method)
                self.assertCounts(
                    payment, (1 - counts[1], counts[1], 0), payment_method=method
                )

    def test_limits_go_by_the_company(self):
        order, _invoice, _payment = self.settle_on(self.days_ago(31))
        other = self.setup_other_company()["company"]
        other.sudo().reversal_approval_age = 1
        self.assertFalse(self.rules(order))
        self.assertCounts(order, (1, 0, 0))

    def test_all_rules_are_named(self):
        self.company.write(
            {
                "reversal_approval": "above",
                "reversal_approval_amount": 100.0,
                "reversal_approval_age": 10,
                "reversal_approval_money": "kept",
            }
        )
        order, _invoice, _payment = self.settle_on(self.days_ago(11))
        *rules, who = self.rules(order).splitlines()
        self.assertEqual(len(rules), 3)
        self.assertIn("690.00 is more than the limit of", rules[0])
        self.assertIn(self.approver.name, who)
        self.assertNotIn(self.clerk.name, who)

    # ------------------------------------------------------------------
    # Settings
    # ------------------------------------------------------------------

    def test_settings(self):
        admin = self._user("admin_t", GROUP + "manager", "base.group_system")
        with Form(
            self.env["res.config.settings"]
            .with_user(admin)
            .with_context(allowed_company_ids=self.company.ids)
        ) as form:
            form.reversal_approval_age = 45
            form.reversal_approval_locked = True
            form.reversal_approval_money = "refund"
        form.record.execute()
        self.assertEqual(self.company.reversal_approval_age, 45)
        self.assertTrue(self.company.reversal_approval_locked)
        self.assertEqual(self.company.reversal_approval_money, "refund")

    # ------------------------------------------------------------------
    # For whoever reads it
    # ------------------------------------------------------------------

    def test_missing_right_as_its_reader_needs_it(self):
        order, _invoice, _payment = self.settle()
        self.assertIn(
            "You may not change invoices", self.rules(order, user=self.requester)
        )
        self.assertFalse(self.rules(order))
        reversal = self.request(order, user=self.requester)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        activity = reversal.activity_ids.filtered(
            lambda activity: activity.user_id == self.approver
        )
        name = self.requester.name
        self.assertIn(f"{name} may not change invoices", activity.note)
        note = reversal.with_user(self.approver).approval_note
        self.assertIn(f"{name} may not change invoices", note)
        reversal.invalidate_recordset(["approval_note"])
        self.assertIn("You may not", reversal.with_user(self.requester).approval_note)

    def test_the_approver_is_told_in_his_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.approver.lang = "zh_CN"
        order, _invoice, _payment = self.settle()
        reversal = self.request(order, user=self.requester)
        reversal.action_submit()
        activity = reversal.activity_ids.filtered(
            lambda activity: activity.user_id == self.approver
        )
        self.assertIn("无权", activity.note)
