"""Teams are told as the reason says, and the customer if somebody wants it."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.erp_order_reversal.models.order_reversal_batch.busy import Busy

from .batch import BatchCase


class TestTelling(BatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.reason = cls.env.ref("erp_order_reversal.reason_customer_withdrew")
        cls.template = cls.env.ref("erp_order_reversal.mail_template_credit")

    def plan(self, model):
        """Accounting within two days, sales (whoever sold it) the next day."""
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "After a reversal",
                "res_model": model,
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": self.todo.id,
                            "summary": "Check the taxes",
                            "responsible_type": "other",
                            "responsible_id": self.approver.id,
                            "delay_count": 2,
                            "delay_from": "after_plan_date",
                        }
                    ),
                    Command.create(
                        {
                            "activity_type_id": self.todo.id,
                            "summary": "Call the customer",
                            "responsible_type": "on_demand",
                            "delay_count": 1,
                            "delay_from": "after_plan_date",
                        }
                    ),
                ],
            }
        )
        self.reason.with_user(self.manager).activity_plan_id = plan
        return plan

    def told(self, record):
        return {
            (activity.summary, activity.user_id, activity.date_deadline)
            for activity in record.sudo().activity_ids
            if activity.activity_type_id == self.todo
        }

    def expected(self):
        today = fields.Date.context_today(self.env.user)
        return {
            ("Check the taxes", self.approver, fields.Date.add(today, days=2)),
            ("Call the customer", self.requester, fields.Date.add(today, days=1)),
        }

    def test_the_teams_of_a_reversal(self):
        self.plan("order.reversal")
        order, _invoice, _payment = self.settle(user_id=self.requester.id)
        reversal = self.request(order)
        reversal.rehearse()
        self.assertFalse(self.told(reversal))
        reversal.action_submit()
        self.assertEqual(self.told(reversal), self.expected())
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.told(reversal), self.expected())
        self.assertFalse(self.told(reversal.restored_by_id))

    def test_the_teams_of_the_order(self):
        self.plan("sale.order")
        order, invoice, _payment = self.settle(user_id=self.requester.id)
        reversal = self.reverse(invoice, "invoice")
        self.assertFalse(self.told(reversal))
        self.assertEqual(self.told(order), self.expected())

    def test_of_a_batch_no_mail_is_sent(self):
        self.plan("order.reversal")
        orders = self.settle_many(2)
        orders.user_id = self.requester
        mails = self.env["mail.mail"].sudo().search([])
        messages = self.env["mail.message"].sudo().search([])
        self.reason.with_user(self.manager).mail_template_id = self.template
        batch = self.batch(orders)
        batch.action_start()
        for reversal in batch.reversal_ids:
            self.assertEqual(self.told(reversal), self.expected())
        new = self.env["mail.message"].sudo().search([]) - messages
        self.assertNotIn(self.partner, new.partner_ids | new.notified_partner_ids)
        sent = self.env["mail.mail"].sudo().search([]) - mails
        self.assertNotIn(self.partner, sent.recipient_ids)
        self.assertFalse(
            any(orders.invoice_ids.reversal_move_ids.mapped("is_move_sent"))
        )

    # ------------------------------------------------------------------
    # Each once, in their language, with links
    # ------------------------------------------------------------------

    def messages(self, user, act):
        """What a person is notified of while `act` is called."""
        messages = self.env["mail.message"].sudo()
        domain = [
            ("partner_ids", "in", user.partner_id.ids),
            ("message_type", "=", "user_notification"),
        ]
        before = messages.search(domain)
        act()
        return messages.search(domain) - before

    def test_one_task_is_told_as_the_host_does(self):
        order, _invoice, _payment = self.settle(user_id=self.requester.id)
        [message] = self.messages(self.requester, lambda: self.reverse(order, "draft"))
        self.assertEqual((message.model, message.res_id), (order._name, order.id))

    def test_a_person_with_several_tasks_is_told_once(self):
        """Accounting, approver and salesperson in one: a link to each document."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.approver.lang = "zh_CN"
        self.plan("order.reversal")
        order, _invoice, _payment = self.settle(user_id=self.approver.id)
        reversal = self.request(order, "draft")
        [message] = self.messages(self.approver, reversal.action_submit)
        self.assertIn("撤销", message.subject)
        self.assertIn("3", message.subject)
        for record in (order, reversal):
            self.assertIn(f'data-oe-model="{record._name}"', message.body)
            self.assertIn(f'data-oe-id="{record.id}"', message.body)
        self.assertIn("Check the taxes", message.body)
        self.assertIn("Call the customer", message.body)
        self.assertNotIn("settle it again", message.body, "in the reader's language")

    def test_who_acts_is_told_nothing(self):
        self.plan("order.reversal")
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        self.assertFalse(self.messages(self.clerk, lambda: self.reverse(order)))

    def test_a_batch_tells_each_person_once(self):
        """Twenty orders in several chunks: one message each, at the end."""
        self.plan("order.reversal")
        orders = self.settle_many(20)
        orders.user_id = self.requester
        batch = self.batch(orders, scope="draft")
        found = {}

        def work():
            self.in_background(batch, chunk=7)
            found["chunk"] = self.messages(
                self.approver, lambda: batch.sudo()._work_step(Busy())
            )
            batch._process()

        told = self.messages(self.approver, lambda: found.update(work=work()))
        self.assertEqual(batch.done_count, 20)
        self.assertFalse(found["chunk"], "not before the end")
        self.assertEqual(len(told), 1)
        self.assertEqual(told.body.count("data-oe-id"), 20)
        given = self.env["mail.activity"].sudo()
        self.assertFalse(given.search([("reversal_batch_id", "=", batch.id)]))
        tasks = given.search([("user_id", "=", self.requester.id)])
        self.assertGreaterEqual(len(tasks), 40)
        for reversal in batch.reversal_ids:
            self.assertEqual(self.told(reversal), self.expected())

    def test_the_salesperson_of_a_batch(self):
        orders = self.settle_many(3)
        orders.user_id = self.requester
        batch = self.batch(orders, scope="draft")
        [message] = self.messages(self.requester, batch.action_start)
        for order in orders:
            self.assertIn(order.name, message.body)

    def test_approvers_of_a_batch(self):
        self.company.reversal_approval = "always"
        batch = self.batch(self.settle_many(3), scope="draft")
        [message] = self.messages(self.approver, batch.action_start)
        self.assertEqual((message.model, message.res_id), (batch._name, batch.id))

    def test_the_customer_reads_his_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.partner.write({"email": "customer@example.com", "lang": "zh_CN"})
        self.reason.with_user(self.manager).mail_template_id = self.template
        reversal = self.reverse(self.settle()[0])
        action = reversal.action_tell_customer()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn("我们已撤销", wizard.body)
        self.assertNotIn("we have taken back", wizard.body)

    def test_the_customer_is_told_by_a_person(self):
        self.partner.email = "customer@example.com"
        self.reason.with_user(self.manager).mail_template_id = self.template
        order, invoice, _payment = self.settle()
        reversal = self.request(order)
        self.assertFalse(reversal.can_tell_customer)
        with self.assertRaises(UserError):
            reversal.action_tell_customer()
        reversal.action_submit()
        self.assertTrue(reversal.can_tell_customer)
        action = reversal.action_tell_customer()
        credit = invoice.reversal_move_ids
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertFalse(credit.is_move_sent)
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.move_id, credit)
        self.assertEqual(wizard.template_id, self.template)
        self.assertIn(credit.name, wizard.subject)
        self.assertIn(credit.name, wizard.body)
        self.assertEqual(wizard.mail_partner_ids, self.partner)
        [attached] = [row for row in wizard.mail_attachments_widget if row["name"]]
        self.assertTrue(attached["name"].endswith(".pdf"))

    def test_its_kinds_of_activities_stay(self):
        """Without one, approvals, restores or the daily verification would fail."""
        for name in ("approve", "recheck", "broken"):
            # sudo: an administrator, who may delete what nobody needs
            kind = self.env.ref(f"erp_order_reversal.mail_activity_{name}").sudo()
            with (
                self.subTest(kind=name),
                self.assertRaisesRegex(UserError, "required"),
                self.cr.savepoint(),
            ):
                kind.unlink()

    def test_who_may_tell(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        self.assertFalse(reversal.can_tell_customer)
        with self.assertRaisesRegex(UserError, "no credit note"):
            reversal.action_tell_customer()
        with self.assertRaises(AccessError):
            reversal.with_user(self.outsider).action_tell_customer()
