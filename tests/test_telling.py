"""Teams are told as the reason says, and the customer if somebody wants it."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

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

    def test_who_may_tell(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        self.assertFalse(reversal.can_tell_customer)
        with self.assertRaisesRegex(UserError, "no credit note"):
            reversal.action_tell_customer()
        with self.assertRaises(AccessError):
            reversal.with_user(self.outsider).action_tell_customer()
