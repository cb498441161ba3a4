"""A restore ends on the accounts on which it began, or is refused with the reason."""

from odoo import Command
from odoo.exceptions import UserError

from .common import ReversalCase


class TestRestoreLedger(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_exigibility = True
        account = cls.env["account.account"]
        cls.transition = account.create(
            {
                "name": "Tax due on payment",
                "code": "251999",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        cls.cash_basis = cls.tax.copy(
            {
                "name": "Due on payment",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": cls.transition.id,
            }
        )
        cls.services[0].taxes_id = [Command.set(cls.cash_basis.ids)]

    def settle_on_payment(self):
        return self.settle(products=self.services[0])

    def test_the_same_setup(self):
        order, _invoice, _payment = self.settle_on_payment()
        settled = self.trial_balance()
        reversal = self.reverse(order)
        reversal.with_user(self.manager).action_undo()
        self.assertBooks(settled)

    def test_cash_basis_switched_off_since(self):
        order, invoice, _payment = self.settle_on_payment()
        reversal = self.reverse(order)
        books = self.trial_balance()
        self.cash_basis.sudo().tax_exigibility = "on_invoice"
        with self.assertRaisesRegex(UserError, "set it back"), self.cr.savepoint():
            reversal.with_user(self.manager).action_undo()
        self.assertBooks(books)
        self.assertEqual(reversal.state, "done")
        # Beforehand, too.
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )
        found = restore.rehearse()["findings"]
        self.assertIn(invoice.name, " ".join(finding["message"] for finding in found))
        self.assertIn("blocker", {finding["severity"] for finding in found})
        self.cash_basis.sudo().tax_exigibility = "on_payment"
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.settlement_state, "settled")

    def test_another_account_of_the_exchange_difference(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": euro.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
                for day, rate in (("2026-01-01", 0.8), ("2026-03-01", 1.0))
            ]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        order = self.make_order(products=self.services[1], pricelist_id=pricelist.id)
        invoice = self.invoice(order, date="2026-02-10")
        invoice.is_move_sent = True
        self.pay(invoice, payment_date="2026-03-05")
        settled = self.trial_balance()
        reversal = self.reverse(order)
        company = self.company.sudo()
        used = company.expense_currency_exchange_account_id
        other = used.copy({"code": "699999"})
        income = company.income_currency_exchange_account_id
        company.expense_currency_exchange_account_id = other
        company.income_currency_exchange_account_id = other
        with self.assertRaisesRegex(UserError, "same accounts"), self.cr.savepoint():
            reversal.with_user(self.manager).action_undo()
        company.expense_currency_exchange_account_id = used
        company.income_currency_exchange_account_id = income
        reversal.with_user(self.manager).action_undo()
        self.assertBooks(settled)
