"""Which rules would have caught what was taken back, and the settlement voucher."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import CheckCase


class TestCauses(CheckCase):
    def settled_wrong(self, **values):
        order = self.make_order(**values)
        move = self.draft(order)
        self.product_lines(move)[0].write({"price_unit": 1.0, "discount": 5.0})
        move.action_post()
        self.pay(move)
        return order

    def test_codes_are_noted(self):
        """Of each rule, also of one that is off, and of any root."""
        self.rule("price").severity = "off"
        wrong = self.settled_wrong()
        reversal = self.reverse(wrong)
        self.assertEqual(reversal.check_codes, "discount, price")
        self.assertIn("Price unlike the order's", reversal.check_names)
        self.assertAgrees(wrong)
        right = self.settle(quantity=2.0)[0]
        self.assertFalse(self.reverse(right, "payment").check_codes)
        other = self.settled_wrong(quantity=3.0)
        reversal = self.reverse(other.invoice_ids, "invoice")
        self.assertEqual(reversal.check_codes, "discount, price")

    def test_codes_are_not_written(self):
        reversal = self.reverse(self.settled_wrong())
        with self.assertRaises(UserError):
            reversal.with_user(self.manager).write({"check_codes": ""})

    def test_rule_counts(self):
        reversal = self.reverse(self.settled_wrong())
        self.reverse(self.settle(quantity=2.0)[0])
        rule = self.rule("price").with_user(self.manager)
        self.assertEqual((rule.caught_count, rule.caught_text), (1, "1 of 2"))
        action = rule.action_view_caught()
        found = (
            self.env["order.reversal"].with_user(self.manager).search(action["domain"])
        )
        self.assertEqual(found, reversal)
        # no code is taken for another one that contains it
        self.assertFalse(self.rule("product").with_user(self.manager).caught_count)
        domain = self.env["order.reversal"]._check_code_domain("count")
        self.assertFalse(self.env["order.reversal"].sudo().search(domain))

    def test_rule_form(self):
        rule = self.rule("price").with_user(self.manager)
        with Form(rule) as form:
            form.severity = "blocker"
            form.tolerance = 2.5
        self.assertEqual((rule.severity, rule.tolerance), ("blocker", 2.5))
        with self.assertRaises(UserError):
            rule.tolerance = -1
        with self.assertRaises(UserError):
            self.rule("product_history").tolerance = 0.5
        with self.assertRaises(AccessError):
            rule.with_user(self.clerk).severity = "off"
        with self.assertRaises(AccessError):
            rule.with_user(self.manager).create({"code": "price"})


class TestVoucher(CheckCase):
    REPORTS = {
        "sale.order": "erp_order_reversal_check.report_settlement",
        "account.move": "erp_order_reversal_check.report_settlement_invoice",
    }

    def render(self, record, user):
        context = {"lang": user.lang}
        report = self.env["ir.actions.report"].with_user(user).with_context(**context)
        name = self.REPORTS[record._name]
        return report._render_qweb_html(name, record.ids)[0].decode()

    def test_content(self):
        order, move, payment = self.settle(quantity=2.0)
        for record in (order, move):
            html = self.render(record, self.clerk)
            for text in (order.name, move.name, payment.name, "1,380.00", "agree"):
                self.assertIn(text, html)

    def test_differences(self):
        order = self.make_order()
        move = self.draft(order)
        self.product_lines(move)[0].price_unit = 1.0
        move.action_post()
        self.assertIn("costs", self.render(order, self.clerk))
        move.with_user(self.clerk).accept_differences("A sample")
        self.assertIn("(accepted)", self.render(move, self.clerk))

    def test_who_may_print(self):
        order, move, _payment = self.settle()
        for record in (order, move):
            self.assertTrue(self.render(record, self.clerk))
            with self.assertRaises(AccessError):
                self.render(record, self.outsider)
        stranger = self._user(
            "stranger_t",
            "sales_team.group_sale_salesman",
            "erp_order_reversal.group_reversal_user",
        )
        order.user_id = self.clerk
        with self.assertRaises(AccessError):
            self.render(order, stranger)

    def test_print_button(self):
        order, move, _payment = self.settle()
        for record in (order, move):
            action = record.with_user(self.clerk).action_print_settlement()
            self.assertEqual(action["report_name"], self.REPORTS[record._name])

    def test_chinese(self):
        order, _move, _payment = self.settle()
        self.clerk.lang = "zh_CN"
        html = self.render(order, self.clerk)
        self.assertIn("结算凭证", html)
