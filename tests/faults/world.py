"""A company whose documents are committed, and what can be done to them."""

from pathlib import Path

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests.common import BaseCase, get_db_name

from .database import watching

GROUPS = {
    "clerk": (
        "account.group_account_invoice",
        "erp_order_reversal.group_reversal_user",
    ),
    "approver": (
        "account.group_account_invoice",
        "erp_order_reversal.group_reversal_approver",
    ),
    "second": (
        "account.group_account_invoice",
        "erp_order_reversal.group_reversal_approver",
    ),
    "manager": (
        "account.group_account_invoice",
        "erp_order_reversal.group_reversal_manager",
    ),
    "accountant": ("account.group_account_manager",),
}


class WorldCase(BaseCase):
    """Commits, as a server does: on a database that is a copy for this worker."""

    groups = GROUPS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.company_id = cls._make_company(env)
            cls.user_ids = cls._make_users(env)

    @classmethod
    def _make_company(cls, env):
        number = env["res.company"].search_count([])
        company = env["res.company"].create({"name": f"Faults {number}"})
        env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
        company.tax_exigibility = True
        return company.id

    @classmethod
    def _make_users(cls, env):
        sales = "sales_team.group_sale_salesman_all_leads"
        return {
            name: env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": f"{name} {cls.company_id}",
                    "login": f"{name}_{cls.company_id}",
                    "company_id": cls.company_id,
                    "company_ids": [Command.set([cls.company_id])],
                    "group_ids": [
                        Command.set(
                            [
                                env.ref(group).id
                                for group in ("base.group_user", sales, *groups)
                            ]
                        )
                    ],
                }
            )
            .id
            for name, groups in cls.groups.items()
        }

    def setUp(self):
        super().setUp()
        self.enterContext(watching())

    # ------------------------------------------------------------------
    # As the server does
    # ------------------------------------------------------------------

    def context(self):
        return {"allowed_company_ids": [self.company_id]}

    def env_of(self, cr, user):
        return api.Environment(cr, self.user_ids[user], self.context())

    def admin(self, cr):
        return api.Environment(cr, SUPERUSER_ID, self.context())

    def commit(self, function):
        """Do something as the administrator, and commit it."""
        with self.registry.cursor() as cr:
            return function(self.admin(cr))

    def serve(self, user, function, cr=None):
        """Do something as a request of a user: tried again, then committed."""
        own = cr or self.registry.cursor()
        try:
            env = self.env_of(own, user)
            return retrying(lambda: function(env), env)
        finally:
            own.close()

    # ------------------------------------------------------------------
    # What others see
    # ------------------------------------------------------------------

    #: Each line is one kind of thing, without the numbers that differ each time.
    IMAGE = """
        SELECT 'books', account_id::text, currency_id::text,
               ROUND(SUM(balance), 2)::text, ROUND(SUM(amount_currency), 2)::text
          FROM account_move_line
         WHERE parent_state = 'posted' AND company_id = %(company)s
      GROUP BY account_id, currency_id
        HAVING ROUND(SUM(balance), 2) != 0 OR ROUND(SUM(amount_currency), 2) != 0
     UNION ALL
        SELECT 'order', id::text, state, COALESCE(locked, FALSE)::text, invoice_status
          FROM sale_order WHERE company_id = %(company)s
     UNION ALL
        SELECT 'line', id::text, qty_invoiced::text, product_uom_qty::text, ''
          FROM sale_order_line WHERE company_id = %(company)s
     UNION ALL
        SELECT 'entry', move_type, state, COALESCE(payment_state, ''),
               amount_residual::text
          FROM account_move WHERE company_id = %(company)s
     UNION ALL
        SELECT 'payment', payment_type, state, amount::text, ''
          FROM account_payment WHERE company_id = %(company)s
     UNION ALL
        SELECT 'match', amount::text, '', '', ''
          FROM account_partial_reconcile WHERE company_id = %(company)s
     UNION ALL
        SELECT 'reversal', state, scope, COALESCE(snapshot_hash != '', FALSE)::text, ''
          FROM order_reversal WHERE company_id = %(company)s
     UNION ALL
        SELECT 'settlement', settlement.state, '', '', ''
          FROM order_settlement settlement
          JOIN order_reversal reversal ON reversal.id = settlement.reversal_id
         WHERE reversal.company_id = %(company)s
     UNION ALL
        SELECT 'log', event, COALESCE(res_model, ''), '', ''
          FROM order_reversal_log WHERE company_id = %(company)s
     UNION ALL
        SELECT 'batch', batch.state, '', '', ''
          FROM order_reversal_batch batch
          JOIN res_users users ON users.id = batch.requester_id
         WHERE users.company_id = %(company)s
     UNION ALL
        SELECT 'note', message.model, message.message_type, '', ''
          FROM mail_message message
          JOIN account_move move ON move.id = message.res_id
         WHERE message.model = 'account.move' AND move.company_id = %(company)s
     UNION ALL
        SELECT 'note', message.model, message.message_type, '', ''
          FROM mail_message message
          JOIN sale_order orders ON orders.id = message.res_id
         WHERE message.model = 'sale.order' AND orders.company_id = %(company)s
     UNION ALL
        SELECT 'setup', COALESCE(fiscalyear_lock_date::text, ''), reversal_approval,
               '', ''
          FROM res_company WHERE id = %(company)s
    """

    def image(self):
        """What is true of the company for others, as sorted rows."""
        with self.registry.cursor() as cr:
            cr.execute(self.IMAGE, {"company": self.company_id})
            return sorted(cr.fetchall())

    def anchor(self):
        """Where the end of the audit log is written down beside the database."""
        with self.registry.cursor() as cr:
            folder = self.admin(cr)["order.reversal.log"]._get_anchor_folder()
            return Path(folder) / f"{self.company_id}.json"

    def assertChain(self):
        with self.registry.cursor() as cr:
            chain = self.admin(cr)["order.reversal.log"].verify_chain(self.company_id)
            self.assertTrue(chain["intact"], chain)

    # ------------------------------------------------------------------
    # Settled orders
    # ------------------------------------------------------------------

    def settle(self, env, shape):
        """Settled orders of a `Shape`.

        :return: ids of the orders
        """
        self.set_up(env, shape)
        partner = env["res.partner"].create({"name": "Customer"})
        product = self.product(env)
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company_id,
                    **self.values(env, shape),
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": 2,
                                "price_unit": price,
                                "tax_ids": [Command.set(self.taxes(env, shape).ids)],
                            }
                        )
                        for price in (100, 50)
                    ],
                }
                for _number in range(shape.orders)
            ]
        )
        orders.action_confirm()
        if shape.down_payment:
            self.pay(self.down_payment(orders), shape)
        invoices = self.invoices(orders, shape)
        invoices.is_move_sent = not shape.unsent
        if shape.credit:
            invoices[0]._reverse_moves().action_post()
        if shape.paid:
            self.pay(invoices, shape)
        if shape.locked:
            orders.action_lock()
        if shape.closed:
            orders.company_id.fiscalyear_lock_date = fields.Date.subtract(
                fields.Date.today(), days=1
            )
        return orders.ids

    def product(self, env):
        return env["product.product"].create(
            {"name": "Service", "type": "service", "invoice_policy": "order"}
        )

    def set_up(self, env, shape):
        env.company.write({"fiscalyear_lock_date": False, "reversal_approval": "never"})

    def taxes(self, env, shape):
        if not shape.cash_basis:
            return env.company.account_sale_tax_id
        waiting = env["account.account"].create(
            {
                "name": "Tax waiting",
                "code": f"2519{env['account.account'].search_count([]) % 1000:03}",
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": [Command.set([self.company_id])],
            }
        )
        return env.company.account_sale_tax_id.copy(
            {
                "name": f"Later {waiting.code}",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": waiting.id,
            }
        )

    def values(self, env, shape):
        if not shape.foreign:
            return {}
        euro = env.ref("base.EUR")
        euro.active = True
        rates = env["res.currency.rate"]
        if not rates.search([("company_id", "=", self.company_id)]):
            for days, rate in ((60, 0.8), (5, 1.1)):
                rates.create(
                    {
                        "currency_id": euro.id,
                        "company_id": self.company_id,
                        "name": fields.Date.subtract(fields.Date.today(), days=days),
                        "rate": rate,
                    }
                )
        return {
            "pricelist_id": env["product.pricelist"]
            .create(
                {"name": "EUR", "currency_id": euro.id, "company_id": self.company_id}
            )
            .id
        }

    def down_payment(self, orders):
        env = orders.env
        env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=orders.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        invoice = orders.invoice_ids
        invoice.action_post()
        return invoice

    def invoices(self, orders, shape):
        known = orders.invoice_ids
        day = fields.Date.subtract(fields.Date.today(), days=shape.age)
        if shape.together:
            orders._create_invoices(final=True)
        else:
            for order in orders:
                order._create_invoices(final=True)
        invoices = orders.invoice_ids - known
        invoices.invoice_date = day
        invoices.action_post()
        return invoices

    def pay(self, invoices, shape):
        groups = [invoices] if shape.one_payment else list(invoices)
        for group in groups:
            wizard = (
                group.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=group.ids)
                .create({"group_payment": True})
            )
            if shape.age:
                wizard.payment_date = (
                    fields.Date.today() if shape.foreign else (group[0].invoice_date)
                )
            if shape.half:
                wizard.amount = group.currency_id.round(wizard.amount / 2)
            if shape.write_off:
                wizard.write(
                    {
                        "amount": wizard.amount - 5,
                        "payment_difference_handling": "reconcile",
                        "writeoff_account_id": self.expense(group.env).id,
                    }
                )
            payment = wizard._create_payments()
            if shape.bank:
                self.match_with_bank(payment)

    def expense(self, env):
        return env["account.account"].search(
            [
                ("account_type", "=", "expense"),
                ("company_ids", "in", self.company_id),
            ],
            limit=1,
        )

    def match_with_bank(self, payment):
        liquidity, _counterpart, _write_off = payment._seek_for_lines()
        line = payment.env["account.bank.statement.line"].create(
            {
                "journal_id": payment.journal_id.id,
                "date": payment.date,
                "payment_ref": payment.name,
                "partner_id": payment.partner_id.id,
                "amount": liquidity.balance,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.with_context(
            skip_readonly_check=True
        ).account_id = liquidity.account_id
        (suspense | liquidity).reconcile()

    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    def request(self, env, order_id, shape):
        return env["order.reversal"].create(
            {
                "order_id": order_id,
                "reason_id": env.ref("erp_order_reversal.reason_operation_mistake").id,
                **shape.how,
            }
        )
