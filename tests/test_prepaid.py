"""Money that was received for an order, which has no invoice yet."""

from odoo import Command

from .common import ReversalCase


class OnlineMixin:
    """A provider of the company, and transactions of its orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = (
            cls.env.ref("payment.payment_provider_demo")
            .sudo()
            .copy({"company_id": cls.company.id, "state": "test"})
        )
        cls.provider.journal_id = cls.bank
        cls.bank.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == cls.provider
        ).payment_account_id = cls.inbound_payment_method_line.payment_account_id

    def transact(self, order):
        """A transaction of all of an order, which has not been sent yet."""
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.env.ref(
                        "payment_demo.payment_method_demo"
                    ).id,
                    "reference": f"PREPAID-{order.id}",
                    "operation": "online_direct",
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": self.partner.id,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )


class TestPrepaid(OnlineMixin, ReversalCase):
    def prepaid(self):
        """An order that was paid online, and not invoiced.

        :return: (order, payment)
        """
        order = self.make_order()
        transaction = self.transact(order)
        transaction._set_done()
        transaction._post_process()
        self.assertFalse(order.invoice_ids)
        self.assertTrue(transaction.payment_id)
        return order, transaction.payment_id

    def steps(self, reversal):
        return {step.operation: step for step in reversal.step_ids}

    def test_kept_as_a_credit(self):
        order, payment = self.prepaid()
        before = self.trial_balance()
        reversal = self.reverse(order)
        step = self.steps(reversal)["release"]
        self.assertEqual(step._get_document(), payment)
        self.assertEqual(step.amount, payment.amount)
        self.assertEqual(reversal.amount_credit, payment.amount)
        self.assertEqual(order.state, "cancel")
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertBooks(before)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertBooks(before)

    def test_paid_back(self):
        order, payment = self.prepaid()
        reversal = self.reverse(order, payment_method="refund")
        step = self.steps(reversal)["refund"]
        self.assertEqual(step._get_document(), payment)
        self.assertEqual(step.amount, payment.amount)
        self.assertTrue(step._is_online_refund(), "the provider sends it, afterwards")

    def test_it_is_no_void_payment(self):
        """The provider has the money: it can't be said that it never came."""
        order, _payment = self.prepaid()
        reversal = self.request(order, payment_method="void")
        reversal.action_assess()
        self.assertIn("payment_online", reversal.finding_ids.mapped("code"))

    def test_said_where_the_order_stays(self):
        order, payment = self.prepaid()
        order.action_lock()
        reversal = self.request(order, "invoice")
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda f: f.code == "prepaid_kept")
        self.assertIn(payment.display_name, found.message)

    def test_what_was_invoiced_since_is_released_once(self):
        order, payment = self.prepaid()
        self.invoice(order)
        reversal = self.reverse(order)
        found = reversal.step_ids.filtered(
            lambda step: step.res_model == "account.payment"
        )
        self.assertEqual(len(found), 1)
        self.assertTrue(found.data["releases"])
        self.assertEqual(found._get_document(), payment)
