"""Settled orders, made by the host's own flows, and the trial balance as oracle."""

import functools
import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon
from odoo.addons.erp_order_reversal.proof import signing

from . import kept

GROUP = "erp_order_reversal.group_reversal_"
#: Set by `make test`: the database is a copy that is dropped afterwards.
DISPOSABLE = "ERP_DISPOSABLE_DATABASE"


@functools.cache
def company_with_accounts():
    """A company as the host's tests make it, committed once a process.

    :return: its id
    """
    with Registry(get_db_name()).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = env["res.company"].create({"name": "company_1_data"})
        chart = env["account.chart.template"]
        template = chart._guess_chart_template(company.country_id)
        chart.try_loading(template, company=company, install_demo=False)
        if not company.account_fiscal_country_id:
            company.account_fiscal_country_id = env.ref("base.us")
        return company.id


@functools.cache
def encrypted(context, password):
    """The host's own hash takes a tenth of a second, which is its purpose."""
    return context.hash(password)


class ReversalCase(AccountTestInvoicingCommon):
    """A company with taxes, and one user for each role.

    The case itself runs as the lowest-privileged user who may carry out: `clerk`, a
    salesperson who may also invoice.
    """

    #: Whether what is set up here may be what a class before has set up and committed.
    keeps = True

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return groups | cls.env.ref("sales_team.group_sale_manager")

    @classmethod
    def setUpClass(cls):
        if not os.environ.get(DISPOSABLE) or cls.chart_template or cls.country_code:
            super().setUpClass()
            cls._set_up_people()
        elif cls.keeps and kept.is_known(cls):
            values = kept.set_up(ReversalCase)
            # without what the host's classes would make
            super(BaseCommon, cls).setUpClass()
            kept.rebind(cls, values)
        else:
            # before the transaction of the class, which would not see it
            company_with_accounts()
            super().setUpClass()
            cls._set_up_people()

    @classmethod
    def _set_up_people(cls):
        """Who acts, what is sold, and to whom."""
        cls.company = cls.company_data["company"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.tax = cls.company_data["default_tax_sale"]
        cls.partner = cls.env["res.partner"].create({"name": "Settled Customer"})
        cls.services = cls.env["product.product"].create(
            [
                {
                    "name": f"Service {number}",
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": 100.0 * number,
                    "taxes_id": [Command.set(cls.tax.ids)],
                    "property_account_income_id": cls.company_data[
                        "default_account_revenue"
                    ].id,
                }
                for number in (1, 2, 3)
            ]
        )
        cls.reason = cls.env.ref("erp_order_reversal.reason_operation_mistake")
        sales = "sales_team.group_sale_salesman_all_leads"
        invoicing = "account.group_account_invoice"
        (
            cls.clerk,
            cls.requester,
            cls.approver,
            cls.manager,
            cls.auditor,
            cls.outsider,
        ) = cls._users(
            {
                "clerk_t": (sales, invoicing, GROUP + "user"),
                "requester_t": (sales, GROUP + "user"),
                "approver_t": (sales, invoicing, GROUP + "approver"),
                "manager_t": (sales, invoicing, GROUP + "manager"),
                "auditor_t": (GROUP + "auditor",),
                "outsider_t": (sales, invoicing),
            }
        )

    @classmethod
    def setup_independent_user(cls):
        """Override: only a class that makes everything itself comes here."""
        kept.step_aside(cls.env)
        return super().setup_independent_user()

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """A chart of accounts takes a second to load: once where it may stay."""
        if kwargs or cls.chart_template or cls.country_code:
            return super().setup_independent_company(**kwargs)
        if not os.environ.get(DISPOSABLE):
            return super().setup_independent_company()
        company = cls.env["res.company"].browse(company_with_accounts())
        cls.env.user.company_ids = [Command.link(company.id)]
        return company

    @classmethod
    def _user(cls, login, *groups):
        """A user who logs in with the login as password."""
        return cls._users({login: groups})

    @classmethod
    def _users(cls, groups_of):
        """Users in one go, which takes half the time.

        :param groups_of: {login: external ids of groups}
        """
        users = (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": login,
                        "login": login,
                        "email": f"{login}@example.com",
                        "company_id": cls.company.id,
                        "company_ids": [Command.set(cls.company.ids)],
                        "group_ids": [
                            Command.set(
                                [
                                    cls.env.ref(group).id
                                    for group in ("base.group_user", *groups)
                                ]
                            )
                        ],
                    }
                    for login, groups in groups_of.items()
                ]
            )
        )
        for user in users:
            context = user._crypt_context()
            user._set_encrypted_password(user.id, encrypted(context, user.login))
        return users

    # ------------------------------------------------------------------
    # Settled orders
    # ------------------------------------------------------------------

    @classmethod
    def make_order(cls, products=None, partner=None, quantity=1.0, **values):
        products = cls.services if products is None else products
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.partner).id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product in products
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def invoice(cls, orders, date=None, post=True, final=True, **values):
        invoices = orders._create_invoices(final=final)
        if date or values:
            invoices.write({**({"invoice_date": date} if date else {}), **values})
        if post:
            invoices.action_post()
        return invoices

    @classmethod
    def down_payment(cls, order, percent=30.0):
        """A posted invoice of a part of the order, by the host's wizard."""
        known = order.invoice_ids
        cls.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": percent}
        ).create_invoices()
        invoice = order.invoice_ids - known
        invoice.action_post()
        return invoice

    @classmethod
    def pay(cls, invoices, amount=None, journal=None, **values):
        """Register a payment; several invoices of a customer are paid together."""
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(
                {
                    "journal_id": (journal or cls.bank).id,
                    "group_payment": True,
                    **({"amount": amount} if amount else {}),
                    **values,
                }
            )
        )
        return wizard._create_payments()

    @classmethod
    def settle(cls, sent=True, **values):
        """An order, invoiced and paid; its invoice was sent to the customer."""
        order = cls.make_order(**values)
        invoice = cls.invoice(order)
        invoice.is_move_sent = sent
        payment = cls.pay(invoice)
        return order, invoice, payment

    # ------------------------------------------------------------------
    # Reversals
    # ------------------------------------------------------------------

    def use_key(self):
        """A place of its own for the signing key, where there is none yet.

        :return: Path
        """
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        path = Path(folder) / "key.pem"
        variables = patch.dict("os.environ", {signing.VARIABLE: str(path)})
        variables.start()
        self.addCleanup(variables.stop)
        return path

    def make_key(self):
        """:return: Signer"""
        self.use_key()
        return signing.create()

    def request(self, root, scope=None, user=None, env=None, **values):
        field = {
            "sale.order": "order_id",
            "account.move": "move_id",
            "account.payment": "payment_id",
        }[root._name]
        return (
            (env or self.env)["order.reversal"]
            .with_user(user or self.clerk)
            .create(
                {
                    field: root.id,
                    "reason_id": self.reason.id,
                    **({"scope": scope} if scope else {}),
                    **values,
                }
            )
        )

    def reverse(self, root, scope=None, **values):
        reversal = self.request(root, scope, **values)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        return reversal

    def reverse_and_void(self, order, before, **values):
        """Taken back without leaving anything, by credit note and by void."""
        self.reverse(
            order, payment_method="void", invoice_method="credit_note", **values
        )
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        self.assertBooks(before)

    # ------------------------------------------------------------------
    # The oracle
    # ------------------------------------------------------------------

    def trial_balance(self, exclude=()):
        """{(account code, currency): (balance, amount in currency)} of posted items.

        Accounts that balance are left out.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT aml.account_id, currency.name, SUM(aml.balance),
                      SUM(aml.amount_currency)
                 FROM account_move_line aml
                 JOIN res_currency currency ON currency.id = aml.currency_id
                WHERE aml.parent_state = 'posted' AND aml.company_id = %s
             GROUP BY aml.account_id, currency.name""",
            [self.company.id],
        )
        accounts = self.env["account.account"].with_company(self.company)
        return {
            (accounts.browse(account).code, currency): (balance, amount)
            for account, currency, balance, amount in self.env.cr.fetchall()
            if (round(balance, 4) or round(amount, 4))
            and accounts.browse(account) not in exclude
        }

    def assertBooks(self, before, exclude=()):
        """:param exclude: `account.account`, left out on both sides"""
        left_out = {account.with_company(self.company).code for account in exclude}
        then = {key: sums for key, sums in before.items() if key[0] not in left_out}
        self.assertEqual(
            self._rounded(self.trial_balance(exclude)), self._rounded(then)
        )

    @staticmethod
    def _rounded(balances):
        return {
            key: (round(float(balance), 2), round(float(amount), 2))
            for key, (balance, amount) in balances.items()
        }

    def image(self, *recordsets):
        """Field by field, what must not change of somebody else's documents."""
        self.env.flush_all()
        self.env.invalidate_all()
        image = {}
        for records in recordsets:
            names = [
                name
                for name, field in records._fields.items()
                if field.store
                and field.type not in ("one2many", "binary")
                and name not in ("write_date", "write_uid")
                and not name.startswith(("message_", "activity_"))
            ]
            for row in records.sudo().read(names, load=None):
                image[records._name, row["id"]] = row
        return image

    def today(self):
        return fields.Date.context_today(self.env.user)
