"""Who asks and who approves read different languages."""

from odoo.exceptions import UserError

from .common import ReversalCase


class TestLanguages(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.company.reversal_approval = "always"

    def ask(self, order):
        reversal = self.request(order).with_user(self.clerk)
        reversal = reversal.with_context(lang="en_US")
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        chinese = reversal.with_user(self.approver).with_context(lang="zh_CN")
        return reversal, chinese

    def settle_with_draft(self):
        """A settled order and a draft, whose name is a word: “Draft Invoice”."""
        order = self.settle()[0]
        order.order_line[0].product_uom_qty += 1.0
        self.invoice(order, post=False)
        return order

    def test_the_approver_reads_the_plan_in_his_language(self):
        reversal, chinese = self.ask(self.settle_with_draft())
        self.env.flush_all()
        self.env.invalidate_all()
        english = reversal.step_ids.mapped("outcome")
        self.assertIn("Kept as customer credit", english)
        self.assertIn("取消核销，保留为客户预收款", chinese.step_ids.mapped("outcome"))
        for step in chinese.step_ids:
            for text in (step.outcome, step.why):
                self.assertTrue(not text or not text.isascii(), text)

    def test_the_approver_is_told_in_his_language(self):
        self.approver.lang = "zh_CN"
        reversal, _chinese = self.ask(self.settle()[0])
        activities = reversal.sudo().activity_ids
        told = activities.filtered(lambda one: one.user_id == self.approver)
        self.assertRegex(told.summary, "[一-鿿]")
        self.assertRegex(told.note, "[一-鿿]")

    def test_findings_are_read_in_both_languages(self):
        order = self.settle()[0]
        self.company.fiscalyear_lock_date = self.today()
        reversal, chinese = self.ask(order)
        codes = reversal.finding_ids.mapped("code")
        self.assertIn("date_moved", codes)
        english = reversal.finding_ids.filtered(lambda f: f.code == "date_moved")
        self.assertIn("lies in a locked period", english.message)
        found = chinese.finding_ids.filtered(lambda f: f.code == "date_moved")
        self.assertNotIn("lies in a locked period", found.message)
        self.assertFalse(found.remedy.isascii())

    def test_another_language_is_no_change_of_the_documents(self):
        order = self.settle_with_draft()
        reversal, chinese = self.ask(order)
        draft = order.invoice_ids.filtered(lambda move: move.state == "draft")
        names = set()
        for code in ("en_US", "zh_CN"):
            self.env.invalidate_all()
            names.add(draft.with_context(lang=code).display_name)
        self.assertEqual(len(names), 2, "the test needs a name that is translated")
        self.env.invalidate_all()
        self.assertFalse(chinese.changes)
        chinese.action_approve()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(order.state, "cancel")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("Kept as customer credit", reversal.step_ids.mapped("outcome"))
        self.assertIn("取消核销，保留为客户预收款", chinese.step_ids.mapped("outcome"))

    def test_a_real_change_is_seen_in_any_language(self):
        order = self.settle_with_draft()
        _reversal, chinese = self.ask(order)
        draft = order.invoice_ids.filtered(lambda move: move.state == "draft")
        draft.invoice_line_ids.quantity = 7.0
        chinese.invalidate_recordset(["changes"])
        self.assertTrue(chinese.changes)
        with self.assertRaisesRegex(UserError, "已不能批准"):
            chinese.action_approve()


class TestLanguageThatComesLater(ReversalCase):
    """Who reads a language that nobody read at the time reads English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        users = cls.env["res.users"].with_context(active_test=False).search([])
        users.lang = "zh_CN"

    def assertEnglishLater(self, reversal):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["res.lang"]._activate_lang("fr_FR")
        reader = reversal.with_user(self.auditor).with_context(lang="fr_FR")
        chinese = reversal.with_user(self.auditor).with_context(lang="zh_CN")
        for lines, names in (
            ("step_ids", ("outcome",)),
            ("effect_ids", ("before", "after")),
            ("finding_ids", ("message", "remedy", "who")),
        ):
            for name in names:
                for text in reader[lines].mapped(name):
                    self.assertFalse(self._is_chinese(text), text)
            texts = chinese[lines].mapped(names[0])
            self.assertTrue(any(map(self._is_chinese, texts)), texts)
        self.assertIn("Kept as customer credit", reader.step_ids.mapped("outcome"))

    @staticmethod
    def _is_chinese(text):
        return any("一" <= sign <= "鿿" for sign in text or "")

    def submit(self):
        """With a finding, by somebody who reads Chinese."""
        order = self.settle()[0]
        self.company.fiscalyear_lock_date = self.today()
        reversal = self.request(order).with_context(lang="zh_CN")
        reversal.action_submit()
        return reversal

    def test_carried_out_at_once(self):
        reversal = self.submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal._get_reader_langs(), ["zh_CN", "en_US"])
        self.assertEnglishLater(reversal)

    def test_asked_for(self):
        self.company.reversal_approval = "always"
        reversal = self.submit()
        self.assertEqual(reversal.state, "to_approve")
        self.assertEnglishLater(reversal)

    def test_approved(self):
        self.company.reversal_approval = "always"
        reversal = self.submit()
        approver = reversal.with_user(self.approver).with_context(lang="zh_CN")
        approver.action_approve()
        self.assertEqual(reversal.state, "done")
        self.assertEnglishLater(reversal)
