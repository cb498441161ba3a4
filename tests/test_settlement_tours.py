"""Correcting and settling again, as people do it in a browser."""

from odoo.exceptions import UserError
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .common import ReversalCase


class TestSettlementTours(ReversalCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.order, self.move, self.payment = self.settle(user_id=self.clerk.id)

    def tour(self, path, name):
        self.start_tour(f"/odoo/{path}", name, login=self.clerk.login)
        self.env.invalidate_all()

    def assertCorrected(self):
        self.assertEqual(self.order.settlement_state, "settled")
        self.assertEqual(self.order.amount_untaxed, 550.0)
        self.assertEqual(self.move.payment_state, "reversed")
        settlement = self.env["order.settlement"].sudo().search([])
        self.assertEqual(settlement.state, "done")
        self.assertEqual(settlement.amount_due, -57.5)

    def test_correct(self):
        self.tour(f"m-sale.order/{self.order.id}", "order_settlement_correct")
        self.assertCorrected()

    def test_correct_in_chinese(self):
        self.clerk.lang = "zh_CN"
        self.tour(f"m-sale.order/{self.order.id}", "order_settlement_correct_chinese")
        self.assertCorrected()

    def test_from_the_list(self):
        before = self.trial_balance()
        reversal = self.reverse(self.order, "draft")
        self.tour("not-settled-again", "order_settlement_from_list")
        self.assertEqual(reversal.settled_again_state, "done")
        self.assertBooks(before)

    def test_replacement(self):
        before = self.trial_balance()
        reversal = self.reverse(self.order, "cancel")
        self.tour(f"m-order.reversal/{reversal.id}", "order_settlement_replacement")
        self.assertEqual(reversal.replacement_id.settlement_state, "settled")
        self.assertBooks(before)

    def fail_once(self, name, error):
        """The first call of a method fails; its calls are counted."""
        calls = []
        model = self.env.registry["order.settlement"]
        method = getattr(model, name)

        def failing(settlement, *arguments):
            calls.append(arguments)
            if len(calls) == 1:
                raise error
            return method(settlement, *arguments)

        self.patch(model, name, failing)
        return calls

    def test_what_is_shown_is_of_the_choices(self):
        """A choice is tried out; where that fails, nothing can be confirmed."""
        self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 50.0
        previews = self.fail_once("preview_settlement", KeyError("a_word"))
        confirms = self.fail_once("settle_shown", UserError("Edited a moment ago."))
        with mute_logger("odoo.http"):
            self.tour(f"m-sale.order/{self.order.id}", "order_settlement_choices")
        self.assertGreaterEqual(len(previews), 4)
        self.assertEqual(len(confirms), 2)
        settlement = self.env["order.settlement"].sudo().search([])
        self.assertEqual(settlement.refund_ids.amount, 57.5)
        self.assertEqual(settlement.move_ids.payment_state, "paid")

    def test_edited_while_the_dialog_is_open(self):
        """Lines, amounts and what is confirmed are those of the order of now."""
        self.reverse(self.order, "draft")
        line = self.order.order_line[0]
        line.price_unit = 50.0
        model = self.env.registry["order.settlement"]
        preview = model.preview_settlement

        def edited(settlement, *arguments):
            settlement.sudo().order_ids.order_line[0].price_unit = 60.0
            return preview(settlement, *arguments)

        self.patch(model, "preview_settlement", edited)
        self.tour(f"m-sale.order/{self.order.id}", "order_settlement_edited")
        settlement = self.env["order.settlement"].sudo().search([])
        self.assertEqual(settlement.move_ids.amount_total, 644.0)
        self.assertEqual(settlement.refund_ids.amount, 46.0)
