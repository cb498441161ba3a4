from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ...checks import check_one

USER = "erp_order_reversal.group_reversal_user"
#: Code and type of the accounts that practice is booked on. None of them is an income
#: account: profit and loss never see practice, and assets get as much as they lose.
ACCOUNTS = {
    "receivable": ("PRACT1", "asset_receivable"),
    "clearing": ("PRACT2", "asset_current"),
    "outstanding": ("PRACT3", "asset_current"),
    "cash": ("PRACT4", "asset_cash"),
}


class OrderReversalPractice(models.Model):
    """What practice needs in a company: journals, accounts, a customer, a product.

    Made when the first practice order is, and removed together with all of them.
    """

    _name = "order.reversal.practice"
    _description = "Practice"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    payment_journal_id = fields.Many2one("account.journal", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    account_ids = fields.Many2many("account.account", readonly=True)
    order_count = fields.Integer(
        "Practice Orders", compute="_compute_order_count", compute_sudo=True
    )
    lesson_ids = fields.Many2many(
        "order.reversal.lesson", compute="_compute_lesson_ids", string="Lessons"
    )

    _company_unique = models.UniqueIndex(
        "(company_id)", "Practice is set up in this company already."
    )

    @api.depends_context("lang")
    def _compute_display_name(self):
        """The title of the page."""
        self.display_name = self.env._("Learn")

    def _compute_order_count(self):
        for practice in self:
            practice.order_count = self.env["sale.order"].search_count(
                practice._get_order_domain()
            )

    @api.depends_context("uid", "lang")
    def _compute_lesson_ids(self):
        lessons = self.env["order.reversal.lesson"].search([])
        self.lesson_ids = lessons._filter_for_user()

    def _get_order_domain(self):
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("reversal_practice", "!=", False),
        ]

    def _get_journals(self):
        """All journals of practice in this company, those put aside too."""
        self.ensure_one()
        return (
            self.env["account.journal"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("reversal_practice", "=", True),
                ]
            )
        )

    @api.model
    def _check_may_practise(self):
        """:raise AccessError: whoever may not ask for reversals"""
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._(
                    "Practice orders are opened and removed by whoever may take orders "
                    "back. Ask somebody with the right “Order Reversal: User”."
                )
            )

    @api.model
    def _get(self):
        """The practice of the company one works in; set up if it is not yet.

        :return: `order.reversal.practice`
        """
        # sudo: a row that says where practice is, and nothing else.
        practice = self.sudo().search([("company_id", "=", self.env.company.id)])
        if not practice:
            practice = self.sudo().create({"company_id": self.env.company.id})
        return practice.sudo(self.env.su)

    @api.model
    def action_learn(self):
        """Open the page with the lessons, the practice orders and the first steps.

        :raise AccessError: whoever may not even read reversals
        :return: an action
        """
        self.check_access("read")
        practice = self._get()
        self.env["onboarding.onboarding"]._tick_reversal_steps()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "erp_order_reversal.order_reversal_practice_action"
            ),
            "res_id": practice.id,
        }

    def action_view_orders(self):
        """The practice orders of the company."""
        check_one(self)
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "erp_order_reversal.sale_order_action_practice"
        )

    # ------------------------------------------------------------------
    # What it needs
    # ------------------------------------------------------------------

    def _set_up(self):
        """Make what practice needs and is not there yet; called as sudo."""
        self.ensure_one()
        if self.journal_id:
            return
        accounts = self._make_accounts()
        journal, payment_journal = self._make_journals(accounts)
        self.write(
            {
                "account_ids": [
                    Command.set([account.id for account in accounts.values()])
                ],
                "journal_id": journal.id,
                "payment_journal_id": payment_journal.id,
                "partner_id": self._make_partner(accounts).id,
                "product_id": self._make_product(accounts).id,
            }
        )

    def _make_accounts(self):
        """:return: {key of ACCOUNTS: account}; those put aside are taken again"""
        root = self.company_id.root_id
        model = self.env["account.account"].with_company(root)
        codes = [code for code, _kind in ACCOUNTS.values()]
        known = {
            account.code: account
            for account in model.with_context(active_test=False).search(
                [("code", "in", codes), ("company_ids", "in", root.ids)]
            )
        }
        accounts = {}
        for key, (code, kind) in ACCOUNTS.items():
            account = known.get(code) or model.create(
                {
                    "code": code,
                    "name": self.env._("Practice"),
                    "account_type": kind,
                    "reconcile": key in ("receivable", "outstanding"),
                    "company_ids": [Command.set(root.ids)],
                }
            )
            account.active = True
            accounts[key] = account
        return accounts

    def _make_journals(self, accounts):
        """A journal for invoices, one for payments; those put aside are taken again."""
        engine = self.env["order.reversal"]._engine_env(self.env["account.journal"])
        known = {journal.code: journal for journal in self._get_journals()}
        common = {
            "company_id": self.company_id.id,
            "reversal_practice": True,
            # the last that anything is proposed in
            "sequence": 9999,
            "show_on_dashboard": False,
        }
        journal = known.get("PRACT") or engine.create(
            {
                **common,
                "name": self.env._("Practice Invoices"),
                "code": "PRACT",
                "type": "sale",
                "default_account_id": accounts["clearing"].id,
            }
        )
        payment_journal = known.get("PRACP") or engine.create(
            {
                **common,
                "name": self.env._("Practice Payments"),
                "code": "PRACP",
                "type": "cash",
                "default_account_id": accounts["cash"].id,
            }
        )
        (journal | payment_journal).active = True
        lines = (
            payment_journal.inbound_payment_method_line_ids
            | payment_journal.outbound_payment_method_line_ids
        )
        lines.payment_account_id = accounts["outstanding"]
        return journal, payment_journal

    def _make_partner(self, accounts):
        return (
            self.env["res.partner"]
            .with_company(self.company_id)
            .create(
                {
                    "name": self.env._("Practice Customer"),
                    "company_id": self.company_id.id,
                    "country_id": self.company_id.country_id.id,
                    "lang": self.env.user.lang,
                    "property_account_receivable_id": accounts["receivable"].id,
                }
            )
        )

    def _make_product(self, accounts):
        return (
            self.env["product.product"]
            .with_company(self.company_id)
            .create(
                {
                    "name": self.env._("Practice Service"),
                    "type": "service",
                    "invoice_policy": "order",
                    "company_id": self.company_id.id,
                    "sale_ok": False,
                    "purchase_ok": False,
                    "taxes_id": [Command.clear()],
                    "supplier_taxes_id": [Command.clear()],
                    "property_account_income_id": accounts["clearing"].id,
                }
            )
        )
