"""Practice: marked, in no report, with numbers of its own, and gone by one click."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.safe_eval import safe_eval

from .common import ReversalCase


class PracticeCase(ReversalCase):
    def practice(self, user=None):
        return (
            self.env["order.reversal.practice"].with_user(user or self.requester)._get()
        )

    def prepare(self, case, user=None):
        return self.practice(user)._prepare_case(case)

    def found(self, window, user):
        """What a list shows to a user."""
        domain = safe_eval(window.domain or "[]", {"uid": user.id})
        return self.env[window.res_model].with_user(user).search(domain)

    def numbers(self):
        """The numbers that the next real documents would get."""
        sequences = self.env["ir.sequence"].search(
            [
                (
                    "code",
                    "in",
                    (
                        "sale.order",
                        "order.reversal",
                        "order.reversal.batch",
                        "order.settlement",
                    ),
                )
            ]
        )
        before = sequences.mapped("number_next_actual")
        with self.cr.savepoint() as savepoint:
            order, move, payment = self.settle()
            self.reverse(order)
            names = [move.name, payment.name, move.reversal_move_ids.name]
            savepoint.rollback()
        self.env.clear()
        # What was rolled back used numbers up: those sequences have gaps by design.
        self.env["ir.sequence"].search([]).invalidate_recordset()
        for sequence, number in zip(sequences, before, strict=True):
            sequence.number_next_actual = number
        return [*before, *names]


class TestPractice(PracticeCase):
    def test_by_the_least_who_may(self):
        """Somebody who may neither invoice nor see others' orders."""
        own_only = self._user(
            "own_only_t",
            "sales_team.group_sale_salesman",
            "erp_order_reversal.group_reversal_user",
        )
        orders = self.prepare("take_back", own_only)
        self.assertEqual(set(orders.mapped("settlement_state")), {"settled"})
        self.assertEqual(orders.mapped("reversal_practice"), ["take_back"] * 2)
        self.assertEqual(orders.user_id, own_only)
        self.assertTrue(
            all(name.startswith("PRACTICE/") for name in orders.mapped("name"))
        )
        reversal = self.request(orders[0], user=own_only)
        self.assertTrue(reversal.is_practice)
        self.practice(own_only).action_remove()
        self.assertFalse(orders.exists())

    def test_who_may_not(self):
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.practice(self.requester).with_user(user)._prepare_case("take_back")
            with self.assertRaises(AccessError):
                self.practice(self.requester).with_user(user).action_remove()

    def test_numbers_of_real_documents(self):
        before = self.numbers()
        for case in ("take_back", "approve", "restore", "settle"):
            self.prepare(case, self.manager)
        self.reverse(self.prepare("take_back", self.clerk)[0])
        batch = self.batch(self.prepare("many", self.clerk), self.clerk)
        batch.action_start()
        self.assertEqual(set(batch.reversal_ids.mapped("state")), {"done"})
        for record in (batch, *batch.reversal_ids):
            self.assertTrue(record.name.startswith("PRACTICE/"), record.name)
        order = self.prepare("settle", self.clerk)[0]
        left = self.env["order.reversal"].sudo().search([("order_id", "=", order.id)])
        settlement = self.env["order.settlement"].with_user(self.clerk)
        settlement = settlement.create({"reversal_id": left.id})
        self.assertTrue(settlement.name.startswith("PRACTICE/"), settlement.name)
        self.assertEqual(self.numbers(), before)
        self.practice().action_remove()
        self.assertEqual(self.numbers(), before)

    def test_removal_leaves_the_books_as_they_were(self):
        self.settle()
        before = self.trial_balance()
        orders = self.prepare("take_back", self.clerk)
        self.prepare("settle", self.clerk)
        reversal = self.reverse(orders[0], payment_method="refund")
        moves = orders.invoice_ids | self.env["account.move"].search(
            [("journal_id.reversal_practice", "=", True)]
        )
        practice = self.practice().sudo()
        setup = (
            practice.journal_id | practice.payment_journal_id,
            practice.partner_id,
            practice.product_id,
            practice.account_ids,
        )
        self.assertNotEqual(self._rounded(self.trial_balance()), self._rounded(before))
        self.practice().action_remove()
        self.assertBooks(before)
        self.assertFalse(moves.exists())
        self.assertFalse(orders.exists())
        for records in setup:
            self.assertFalse(records.exists())
        self.assertEqual(reversal.state, "done")
        self.assertTrue(reversal.is_practice)
        log = self.env["order.reversal.log"].with_user(self.clerk)
        self.assertTrue(log.verify_chain(self.company.id)["intact"])

    def test_real_accounts_never_see_it(self):
        self.settle()
        before = self.trial_balance()
        self.prepare("take_back", self.clerk)
        self.prepare("settle", self.clerk)
        accounts = self.practice().sudo().account_ids
        self.assertEqual(len(accounts), 4)
        self.assertBooks(before, exclude=accounts)
        self.assertNotIn("income", " ".join(accounts.mapped("account_type")))

    def test_what_is_recorded_says_that_it_is_practice(self):
        reversal = self.reverse(self.prepare("take_back", self.clerk)[0])
        self.assertTrue(reversal.name.startswith("PRACTICE/REV/"))
        self.assertTrue(all(row.detail["practice"] for row in reversal.log_ids))
        real = self.reverse(self.settle(user_id=self.clerk.id)[0])
        self.assertFalse(any("practice" in row.detail for row in real.log_ids))
        self.practice().action_remove()
        log = self.env["order.reversal.log"].with_user(self.manager)
        row = log.search([("event", "=", "removed")])
        self.assertTrue(row.detail["practice"])
        self.assertEqual(row.user_id, self.requester)

    def test_restrictive_audit_trail(self):
        """What was posted once stays, cancelled."""
        self.company.restrictive_audit_trail = True
        before = self.trial_balance()
        orders = self.prepare("take_back", self.clerk)
        invoices, journals = orders.invoice_ids, self.practice().sudo()._get_journals()
        notice = self.practice().action_remove()
        self.assertIn("stay", notice["params"]["message"])
        self.assertEqual(set(invoices.mapped("state")), {"cancel"})
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        self.assertFalse(any(journals.mapped("active")))
        self.assertBooks(before)
        again = self.prepare("take_back", self.clerk)
        self.assertEqual(
            again.journal_id, journals.filtered(lambda j: j.type == "sale")
        )

    def test_closed_period(self):
        """What lies in a period that was closed since is taken back after it."""
        before = self.trial_balance()
        orders = self.prepare("take_back", self.clerk)
        invoices = orders.invoice_ids
        self.company.fiscalyear_lock_date = self.today()
        self.practice().action_remove()
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertEqual(set(invoices.mapped("payment_state")), {"reversed"})
        self.assertBooks(before)

    def test_other_companies(self):
        other = self.setup_other_company()["company"]
        orders = self.prepare("take_back", self.clerk)
        practice = (
            self.env["order.reversal.practice"].sudo().create({"company_id": other.id})
        )
        with self.assertRaises(AccessError):
            practice.with_user(self.clerk).sudo(False).action_remove()
        self.assertTrue(orders.exists())

    def test_in_no_report(self):
        sales = self.env["sale.report"]
        invoices = self.env["account.invoice.report"]
        domain = [("company_id", "=", self.company.id)]
        self.settle()
        self.env.flush_all()
        counts = [model.search_count(domain) for model in (sales, invoices)]
        self.assertTrue(all(counts))
        self.reverse(self.prepare("take_back", self.clerk)[0])
        self.env.flush_all()
        self.assertEqual(
            [model.search_count(domain) for model in (sales, invoices)], counts
        )

    def test_in_no_figure_of_ours(self):
        """Not in the analysis, the signals, the digest or on the auditor's page."""
        cards = self.env["order.reversal.audit.card"].with_user(self.auditor)
        log = self.env.ref("erp_order_reversal.audit_card_log")
        outside = self.env.ref("erp_order_reversal.audit_card_outside")
        kept = cards.search([("id", "not in", (log | outside).ids)])
        digest = self.env["digest.digest"].create(
            {"name": "Weekly", "company_id": self.company.id}
        )
        digest = digest.with_user(self.auditor).with_context(
            start_datetime=datetime.now() - timedelta(days=1),
            end_datetime=datetime.now() + timedelta(days=1),
        )

        def figures():
            self.env.flush_all()
            self.env.invalidate_all()
            models = ("order.reversal.report", "order.reversal.signal")
            return [
                *(self.env[name].sudo().search_count([]) for name in models),
                *kept.mapped("record_count"),
                digest.kpi_order_reversal_value,
                digest.kpi_order_reversal_amount_value,
            ]

        self.company.write(
            {"reversal_signal_night_from": 0, "reversal_signal_night_to": 23}
        )
        before = figures()
        for case in ("approve", "restore", "settle", "audit"):
            self.prepare(case, self.manager)
        self.reverse(self.prepare("take_back", self.clerk)[0])
        self.assertEqual(figures(), before)

    def test_told_apart_in_our_lists(self):
        order = self.prepare("take_back", self.clerk)[0]
        self.reverse(order, "draft")
        self.prepare("approve", self.manager)
        for name, model in (
            ("sale_order_action_settled", "sale.order"),
            ("order_reversal_action", "order.reversal"),
            ("order_reversal_action_to_approve", "order.reversal"),
            ("order_reversal_action_open", "order.reversal"),
            ("account_payment_action_settlements", "account.payment"),
        ):
            action = self.env.ref(f"erp_order_reversal.{name}")
            found = self.found(action, self.manager)
            mark = "is_practice" if model == "order.reversal" else "reversal_practice"
            self.assertFalse(any(found.mapped(mark)), name)
        report = self.env["order.reversal.report"].sudo()
        self.env.flush_all()
        self.assertFalse(report.search_count([("company_id", "=", self.company.id)]))

    def test_bulk_reversals_are_told_apart(self):
        practice = self.batch(self.prepare("many", self.clerk), self.clerk)
        real = self.batch(self.make_order(), self.clerk)
        self.assertTrue(practice.is_practice)
        self.assertFalse(real.is_practice)
        listed = self.found(
            self.env.ref("erp_order_reversal.order_reversal_batch_action"), self.clerk
        )
        self.assertIn(real, listed)
        self.assertNotIn(practice, listed)
        listed = self.found(
            self.env.ref("erp_order_reversal.order_reversal_batch_action_practice"),
            self.clerk,
        )
        self.assertIn(practice, listed)
        self.assertNotIn(real, listed)

    def batch(self, orders, user):
        reason = self.env.ref("erp_order_reversal.reason_operation_mistake")
        return (
            self.env["order.reversal.batch"]
            .with_user(user)
            .create(
                {
                    "order_ids": orders.ids,
                    "reason_id": reason.id,
                    "scope": "draft",
                }
            )
        )

    def test_nothing_real_gets_into_its_journals(self):
        """It would be removed along, by whoever practises."""
        self.prepare("take_back")
        refused = ValidationError, "is for practice"
        practice = self.practice().sudo()
        real = self.invoice(self.make_order(), post=False).with_user(self.clerk)
        with self.assertRaisesRegex(*refused), self.cr.savepoint():
            real.journal_id = practice.journal_id
        values = {
            "partner_id": self.partner.id,
            "amount": 7.0,
            "payment_type": "inbound",
        }
        with self.assertRaisesRegex(*refused), self.cr.savepoint():
            self.env["account.payment"].with_user(self.clerk).create(
                {**values, "journal_id": practice.payment_journal_id.id}
            )
        invoice = self.env["account.move"].search(
            [("journal_id", "=", practice.journal_id.id)] + [("state", "=", "posted")],
            limit=1,
        )
        invoice.button_draft()
        with self.assertRaisesRegex(*refused), self.cr.savepoint():
            invoice.partner_id = self.partner

    def test_nobody_marks_a_real_document(self):
        order, move, _payment = self.settle()
        for record, value in ((order, "take_back"), (move.journal_id, True)):
            with self.assertRaises(ValidationError):
                record.sudo().write({"reversal_practice": value})
        with self.assertRaises(ValidationError):
            self.env["sale.order"].with_context(
                default_reversal_practice="take_back"
            ).create({"partner_id": self.partner.id})
        practice = self.prepare("take_back", self.clerk)[0]
        for values in ({"reversal_practice": False}, {"journal_id": False}):
            with self.assertRaises(ValidationError):
                practice.sudo().write(values)
        self.assertFalse(practice.copy().reversal_practice)

    def test_nobody_else_is_told(self):
        activities = self.env["mail.activity"].sudo()
        before = activities.search_count([])
        self.prepare("approve", self.manager)
        self.reverse(self.prepare("take_back", self.clerk)[0], "draft")
        self.assertEqual(activities.search_count([]), before)

    def test_the_policy_of_the_company_is_for_real_documents(self):
        self.company.reversal_approval = "always"
        self.reverse(self.prepare("take_back", self.clerk)[0])
        waiting = self.request(self.prepare("ask", self.clerk)[0])
        waiting.action_submit()
        self.assertEqual(waiting.state, "to_approve")
        order = self.settle()[0]
        practice = self.prepare("take_back", self.clerk)[0]
        # A real invoice on a practice order is not practice.
        real = order.invoice_ids
        practice.sudo().order_line[0].invoice_lines = [
            Command.link(real.invoice_line_ids[0].id)
        ]
        mixed = self.request(practice)
        mixed.action_assess()
        self.assertIn("Every reversal needs approval.", mixed._get_approval_rules())


class TestLessons(PracticeCase):
    def lesson(self, name, user):
        addon = "erp_order_reversal_check" if name == "check" else "erp_order_reversal"
        return self.env.ref(f"{addon}.lesson_{name}").with_user(user)

    def test_each_role_has_its_lessons(self):
        def names(user):
            lessons = self.practice(user).with_user(user).lesson_ids
            return set(lessons.mapped("case"))

        everybody = {"take_back", "ask", "many", "settle"}
        self.assertLessEqual(everybody, names(self.requester))
        self.assertFalse({"approve", "restore"} & names(self.clerk))
        self.assertIn("approve", names(self.approver))
        self.assertLessEqual({"approve", "restore", "audit"}, names(self.manager))
        self.assertEqual(names(self.auditor), {"audit"})

    def test_each_lesson_has_what_it_starts_on(self):
        for name, user in (
            ("take_back", self.clerk),
            ("ask", self.requester),
            ("approve", self.approver),
            ("restore", self.manager),
            ("many", self.clerk),
            ("settle", self.clerk),
            ("check", self.clerk),
        ):
            with self.subTest(lesson=name):
                lesson = self.lesson(name, user)
                action = lesson.action_start()
                self.assertIn(f"tour={lesson.tour}", action["url"])
                path = lesson.url.rpartition("/")[2]
                window = self.env["ir.actions.act_window"].search([("path", "=", path)])
                count = len(self.found(window, user))
                self.assertGreaterEqual(count, 2)
                lesson.action_start()
                self.assertEqual(len(self.found(window, user)), count)

    def test_a_company_with_reasons_of_its_own(self):
        """The shipped one is archived, or deleted: it was never given."""
        reasons = self.env["order.reversal.reason"].sudo()
        shipped = self.env.ref("erp_order_reversal.reason_operation_mistake").sudo()
        own = reasons.create({"name": "Our own", "sequence": 0})
        fee = {"fee_type": "percent", "fee_percent": 5.0}
        fee["fee_product_id"] = self.services[0].id
        reasons.create({"name": "Charges", "sequence": -1, **fee})
        for do_without in (shipped.action_archive, shipped.unlink):
            do_without()
            for name in ("approve", "restore", "settle"):
                with self.subTest(lesson=name, without=do_without.__name__):
                    self.practice(self.manager).sudo().action_remove()
                    self.lesson(name, self.manager).action_start()
                    made = (
                        self.env["order.reversal"]
                        .sudo()
                        .search([("is_practice", "=", True)])
                    )
                    self.assertTrue(made)
                    self.assertEqual(made.reason_id, own)
        self.practice(self.manager).sudo().action_remove()
        reasons.search([]).active = False
        with self.assertRaisesRegex(UserError, "Configuration, Reasons"):
            self.lesson("restore", self.manager).action_start()

    def test_what_was_put_right_leaves_the_lesson(self):
        """Its draft does not differ any more: nothing would be pointed at."""
        lesson = self.lesson("check", self.clerk)
        lesson.action_start()
        window = self.env["ir.actions.act_window"].search(
            [("path", "=", "practice-check")]
        )
        mended, other = self.found(window, self.clerk)
        invoice = mended.invoice_ids.sudo()
        for line in invoice.invoice_line_ids:
            line.price_unit = line.sale_line_ids.price_unit
        lesson.action_start()
        found = self.found(window, self.clerk)
        self.assertEqual(len(found), 2)
        self.assertIn(other, found)
        self.assertNotIn(mended, found)
        self.assertEqual(invoice.state, "cancel")
        self.assertEqual(set(found.invoice_ids.mapped("state")), {"draft"})

    def test_an_approver_decides_what_the_system_asked_for(self):
        self.lesson("approve", self.approver).action_start()
        waiting = (
            self.env["order.reversal"]
            .with_user(self.approver)
            .search([("is_practice", "=", True), ("state", "=", "to_approve")])
        )
        self.assertEqual(waiting.requester_id, self.env.ref("base.user_root"))
        waiting[0].action_approve()
        self.assertEqual(waiting[0].state, "done")

    def test_others_lessons_are_refused(self):
        with self.assertRaisesRegex(AccessError, "Approver"):
            self.lesson("approve", self.clerk).action_start()
        with self.assertRaises(AccessError):
            self.lesson("take_back", self.outsider).action_start()
        with self.assertRaisesRegex(UserError, "Learn"):
            self.lesson("audit", self.auditor).action_start()
        self.prepare("restore", self.manager)
        self.assertIn("tour=", self.lesson("audit", self.auditor).action_start()["url"])
