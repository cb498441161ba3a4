"""What people read afterwards: in their own language, and nothing beside the point."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from .batch import BatchCase


class TestReaders(BatchCase):
    def test_outcomes_in_the_language_of_the_reader(self):
        self.manager.lang = "zh_CN"
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        self.env.invalidate_all()
        for name, lines in (
            ("outcome", reversal.step_ids),
            ("after", reversal.effect_ids),
        ):
            english = lines.with_context(lang="en_US").mapped(name)
            chinese = lines.with_context(lang="zh_CN").mapped(name)
            self.assertTrue(any(english), name)
            for here, there in zip(english, chinese, strict=True):
                self.assertFalse(self._is_chinese(here), here)
                self.assertEqual(bool(here), self._is_chinese(there), there)

    def test_what_differs_in_the_language_of_the_reader(self):
        """Found at night by nobody, told to a manager, read by an auditor."""
        self.manager.lang = "zh_CN"
        reversal = self.reverse(self.settle()[0])
        forged = reversal._get_image_text().replace('"sale"', '"sole"')
        self.env.flush_all()
        self.cr.execute(
            "UPDATE order_reversal SET snapshot = %s WHERE id = %s",
            [forged, reversal.id],
        )
        self.env.invalidate_all()
        reversal.sudo().with_context(lang=False)._verify_again()
        self.assertEqual(reversal.verify_state, "broken")
        activities = reversal.sudo().activity_ids
        told = activities.filtered(lambda one: one.user_id == self.manager)
        self.assertTrue(self._is_chinese(told.summary), told.summary)
        self.assertTrue(self._is_chinese(told.note), told.note)
        read = reversal.with_user(self.auditor)
        english = read.with_context(lang="en_US").verify_detail
        self.assertTrue(english)
        self.assertFalse(self._is_chinese(english), english)
        read = read.with_context(lang="zh_CN")
        self.assertTrue(self._is_chinese(read.verify_detail), read.verify_detail)
        self.assertTrue(read.alerts)
        for alert in read.alerts:
            self.assertTrue(self._is_chinese(alert["text"]), alert)

    def test_outcomes_of_a_batch(self):
        self.manager.lang = "zh_CN"
        batch = self.batch(self.settle_many(2))
        batch.action_start()
        batch._process()
        self.assertEqual(batch.done_count, 2)
        self.env.invalidate_all()
        steps = batch.reversal_ids.step_ids
        self.assertFalse(any(map(self._is_chinese, steps.mapped("outcome"))))
        chinese = steps.with_context(lang="zh_CN").mapped("outcome")
        self.assertTrue(all(map(self._is_chinese, chinese)))

    def test_a_language_that_is_read_later(self):
        """Nobody reads Chinese yet; whoever does one day, reads it of what was done."""
        users = self.env["res.users"].with_context(active_test=False).search([])
        users.lang = "en_US"
        reversal = self.reverse(self.settle()[0])
        self.auditor.lang = "zh_CN"
        self.env.invalidate_all()
        reader = reversal.with_user(self.auditor).with_context(lang="zh_CN")
        self.assertTrue(reader.step_ids)
        for text in reader.step_ids.mapped("outcome"):
            self.assertTrue(self._is_chinese(text), text)

    def test_of_many_languages_those_that_are_read(self):
        """Each is planned anew, so that those nobody reads are left out."""
        for code in ("de_DE", "es_ES", "fr_FR", "it_IT"):
            self.env["res.lang"]._activate_lang(code)
        users = self.env["res.users"].search([("company_ids", "in", self.company.ids)])
        users.lang = "en_US"
        reversal = self.request(self.settle()[0])
        self.assertEqual(reversal._get_reader_langs(), ["en_US"])
        self.manager.lang = "zh_CN"
        self.assertEqual(reversal._get_reader_langs(), ["en_US", "zh_CN"])

    @staticmethod
    def _is_chinese(text):
        return any("一" <= sign <= "鿿" for sign in text or "")

    def test_only_what_settles_is_a_settlement(self):
        _order, _move, payment = self.settle()
        free = self.env["account.payment"].create(
            {
                "partner_id": self.partner.id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": 50.0,
                "journal_id": self.bank.id,
            }
        )
        free.action_post()
        action = self.env.ref("erp_order_reversal.account_payment_action_settlements")
        domain = safe_eval(action.sudo().domain)
        payments = self.env["account.payment"].with_user(self.clerk)
        found = payments.search([*domain, ("id", "in", (payment | free).ids)])
        self.assertEqual(found, payment)

    def test_one_button_to_credit_an_invoice(self):
        _order, move, _payment = self.settle()
        bare = self.init_invoice("out_invoice", products=self.services[0], post=True)
        for user, expected in ((self.clerk, True), (self.outsider, False)):
            self.assertIs(move.with_user(user).reversal_credits, expected)
            self.assertFalse(bare.with_user(user).reversal_credits)
        for user in (self.clerk, self.outsider):
            moves = self.env["account.move"].with_user(user)
            arch = etree.fromstring(moves.get_view(view_type="form")["arch"])
            [button] = arch.xpath("//header//button[@name='action_reverse']")
            self.assertIn("reversal_credits", button.get("invisible"))
            self.assertIn("move_type", button.get("invisible"))

    def test_all_is_only_said_of_all(self):
        """Of 3000 orders with one left, 99 percent are done."""
        batch = self.env["order.reversal.batch"].new({"state": "running"})
        self.assertEqual(batch._get_progress(2999, 3000), 99.0)
        self.assertEqual(batch._get_progress(3000, 3000), 100.0)
        self.assertEqual(batch._get_progress(0, 0), 0.0)
