"""Draft invoices of orders, and what the check says of them."""

from ..common import ReversalCase


class CheckCase(ReversalCase):
    """The check asked by a clerk; `salesman` may neither invoice nor reverse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = cls._user(
            "salesman_t", "sales_team.group_sale_salesman_all_leads"
        )
        # sudo: what a manager sets, see `test_rules`
        cls.rules = (
            cls.env["settlement.check.rule"]
            .sudo()
            .search([("company_id", "=", cls.company.id)])
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.terms = cls.env.ref("account.account_payment_term_30days")
        cls.other = cls.env["res.partner"].create({"name": "Somebody Else"})

    def codes(self, record, user=None):
        """The codes of what differs, sorted, each as often as it is found."""
        return sorted(
            found["code"]
            for found in record.with_user(user or self.clerk).check_settlement()
        )

    def assertAgrees(self, *records):
        for record in records:
            self.assertEqual(record.with_user(self.clerk).check_settlement(), [])

    def rule(self, code):
        return self.rules.filtered(lambda rule: rule.code == code)

    def block(self, *codes):
        for code in codes:
            self.rule(code).severity = "blocker"

    def draft(self, order=None, **values):
        """A draft invoice of an order, made by the host."""
        return self.invoice(order or self.make_order(**values), post=False)

    def product_lines(self, invoice):
        return invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
