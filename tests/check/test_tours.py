"""The check as people meet it in a browser: read, refused, mended, accepted."""

from odoo.tests import HttpCase

from .common import CheckCase


class TestCheckTours(CheckCase, HttpCase):
    def tour(self, record, name, user):
        path = record if isinstance(record, str) else f"m-{record._name}/{record.id}"
        self.start_tour(f"/odoo/{path}", name, login=user.login, timeout=300)
        self.env.invalidate_all()

    def make_wrong(self):
        """A draft with a wrong price, which is a blocker; it has no third line."""
        self.block("price")
        move = self.draft()
        line, _second, third = self.product_lines(move)
        line.price_unit = 1.0
        third.unlink()
        return move, line

    def mend(self, name):
        move, line = self.make_wrong()
        self.tour(move, name, self.clerk)
        self.assertEqual((move.state, line.price_unit), ("posted", 100.0))
        self.assertEqual(self.codes(move), ["not_invoiced"])

    def accept(self, name):
        move, line = self.make_wrong()
        self.tour(move, name, self.manager)
        self.assertEqual((move.state, line.price_unit), ("posted", 1.0))
        self.assertEqual(move.settlement_check_state, "accepted")
        accepted = self.env["settlement.check.acceptance"].with_user(self.manager)
        accepted = accepted.search([("res_id", "=", move.id)])
        self.assertEqual(accepted.user_id, self.manager)
        self.assertEqual(accepted.reason, "Agreed by phone")

    def test_mend(self):
        self.mend("settlement_check_mend")

    def test_mend_in_chinese(self):
        self.clerk.lang = "zh_CN"
        self.mend("settlement_check_mend_chinese")

    def test_accept(self):
        self.accept("settlement_check_accept")

    def test_accept_in_chinese(self):
        self.manager.lang = "zh_CN"
        self.accept("settlement_check_accept_chinese")

    def test_others_only_read(self):
        """Whoever has nothing to do with reversals sees it, and accepts nothing."""
        move, _line = self.make_wrong()
        self.tour(move, "settlement_check_only_read", self.outsider)
        self.assertEqual(move.settlement_check_state, "differs")

    def test_past(self):
        """Settled with differences, down to the line."""
        self.settle(quantity=2.0)
        order = self.make_order(
            partner=self.env["res.partner"].create({"name": "Past Customer"})
        )
        move = self.draft(order)
        self.product_lines(move)[0].price_unit = 1.0
        move.action_post()
        self.pay(move)
        self.tour("settled-with-differences", "settlement_check_past", self.clerk)
