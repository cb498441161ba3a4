"""Beside each difference *Why?*: what it means, in the reader's language."""

from odoo.addons.erp_order_reversal_check.check import rules

from .common import CheckCase


class TestExplained(CheckCase):
    def test_each_rule_to_whom_it_is_shown(self):
        """A salesman sees differences on his orders, though he may reverse nothing."""
        guide = self.env["order.reversal.guide"].with_user(self.salesman)
        self.env["res.lang"]._activate_lang("zh_CN")
        for rule in rules.RULES:
            with self.subTest(rule=rule.code):
                english = guide.explain(rule.code)
                self.assertIn("Check", english["name"])
                chinese = guide.with_context(lang="zh_CN").explain(rule.code)
                self.assertEqual(chinese["id"], english["id"])
                self.assertIn("核对", chinese["name"])

    def test_beside_each_row_of_the_dialog(self):
        """The widget is in list and card, with the code that it asks for."""
        order = self.make_order(quantity=4.0)
        move = self.draft(order)
        self.product_lines(move)[0].quantity = 5.0
        action = move.with_user(self.salesman).action_accept_differences()
        dialog = self.env[action["res_model"]].with_user(self.salesman)
        view = dialog.get_view(view_type="form")
        for kind in ("list", "kanban"):
            self.assertRegex(
                view["arch"],
                rf'(?s)<{kind}.*<field name="code"'
                rf'.*<widget name="reversal_why".*</{kind}>',
            )
        rows = dialog.with_context(**action["context"]).create({}).line_ids
        self.assertEqual(rows.mapped("code"), ["quantity_ordered"])
