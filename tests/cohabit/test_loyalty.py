"""Gift cards, coupons and rewards of an order that is taken back."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.sale_loyalty.models.sale_order import SaleOrder

from .common import CohabitCase


class TestLoyalty(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False
        cls.gift_product = cls.make_service(
            **{"name": "Gift Card", "list_price": 50.0, "taxes_id": [Command.clear()]}
        )
        cls.gift_cards = cls.make_money_program(
            "Gift Cards", "gift_card", cls.gift_product, reward_point_split=True
        )
        cls.promotion = cls.env["loyalty.program"].create(
            {
                "name": "Ten percent",
                "program_type": "promotion",
                "applies_on": "current",
                "trigger": "auto",
                "rule_ids": [
                    Command.create({"product_ids": [Command.set(cls.services[2].ids)]})
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )

    def sell_card(self):
        """A gift card of 50, sold and paid."""
        order, invoice, payment = self.settle(products=self.gift_product)
        card = order.coupon_point_ids.coupon_id
        self.assertEqual(card.points, 50.0)
        return order, payment, card

    def promoted(self):
        """An order with ten percent off."""
        order = self.make_order(products=self.services[2])
        self.assertTrue(order.order_line.filtered("is_reward_line"))
        invoice = self.invoice(order)
        return order, invoice, self.pay(invoice)

    @classmethod
    def make_order(cls, products=None, confirm=True, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "order_line": [
                    Command.create({"product_id": product.id})
                    for product in products or cls.services
                ],
            }
        )
        order._update_programs_and_rewards()
        for card, rewards in order._get_claimable_rewards().items():
            if card.program_id == cls.promotion:
                order._apply_program_reward(rewards[:1], card)
        if confirm:
            order.action_confirm()
        return order

    def foretold(self, order):
        """What the dialog says of an order that is to be cancelled, as the clerk."""
        model = self.env["order.reversal"].with_user(self.clerk)
        way_back = model.preview_way_back({"order_id": order.id, "scope": "cancel"})
        return {found["code"] for found in way_back}

    def codes(self, reversal):
        return {found.code: found.severity for found in reversal.finding_ids}

    # ------------------------------------------------------------------

    def test_unspent_card_is_closed_and_comes_back(self):
        order, _payment, card = self.sell_card()
        reversal = self.request(order)
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_closed"], "info")
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertTrue(card.exists(), "its number is with the customer")
        self.assertFalse(card.active)
        self.assertEqual(card.points, 0.0)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertTrue(card.active)
        self.assertEqual(card.points, 50.0)
        self.assertEqual(order.coupon_point_ids.coupon_id, card, "and no second one")

    def test_spent_card_is_not_paid_back(self):
        order, _payment, card = self.sell_card()
        card.points = 20.0
        reversal = self.request(order, payment_method="refund")
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_spent"], "blocker")
        with self.assertRaisesRegex(UserError, "30.* of the .*50.* are spent"):
            reversal.action_submit()
        self.assertEqual(order.state, "sale")
        self.assertEqual(card.points, 20.0)

    def test_each_card_is_told_of(self):
        """One that blocks is not hidden by another one that was spent, too."""
        order, _invoice, _payment = self.settle(
            products=[self.gift_product, self.gift_product]
        )
        cards = order.coupon_point_ids.coupon_id
        self.assertEqual(len(cards), 2)
        cards.points = 20.0
        reversal = self.request(order, payment_method="refund")
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda f: f.code == "card_spent")
        self.assertEqual(set(found.mapped("res_id")), set(cards.ids))

    def test_a_coupon_of_the_next_order_that_was_used(self):
        """A present: it warns, and is overdrawn until the order is restored."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Next time",
                "program_type": "next_order_coupons",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [
                    Command.create({"product_ids": [Command.set(self.services[0].ids)]})
                ],
                "reward_ids": [Command.create({"reward_type": "discount"})],
            }
        )
        order, _invoice, _payment = self.settle(products=self.services[0])
        coupon = order.coupon_point_ids.coupon_id
        self.assertEqual((coupon.program_id, coupon.points), (program, 1.0))
        later = self.make_order(products=self.services[1], confirm=False)
        later._try_apply_code(coupon.code)
        later._apply_program_reward(program.reward_ids, coupon)
        later.action_confirm()
        self.assertEqual(coupon.points, 0.0)
        reversal = self.request(order, payment_method="refund")
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_spent"], "warning")
        reversal.action_submit()
        self.assertEqual((order.state, coupon.points), ("cancel", -1.0))
        self.assertEqual(later.state, "sale")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual((order.state, coupon.points), ("sale", 0.0))

    def test_spent_card_warns_where_the_money_stays(self):
        order, _payment, card = self.sell_card()
        card.points = 20.0
        reversal = self.request(order)
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_spent"], "warning")
        self.assertNotIn("one_way", self.foretold(order))
        before = self.trial_balance()
        reversal.action_submit()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(card.points, -30.0)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(card.points, 20.0)
        self.assertBooks(before)

    def test_a_wallet_that_was_spent(self):
        """It is the customer's own, stays, and has what others put on it."""
        top_up = self.make_service(
            name="Top-Up", list_price=50.0, taxes_id=[Command.clear()]
        )
        wallets = self.make_money_program("Wallets", "ewallet", top_up)
        self.settle(products=top_up)
        order, _invoice, _payment = self.settle(products=top_up)
        wallet = order.coupon_point_ids.coupon_id
        self.assertEqual((wallet.program_id, wallet.points), (wallets, 100.0))
        wallet.points = 20.0
        reversal = self.request(order, payment_method="refund")
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_spent"], "blocker")
        before = self.trial_balance()
        reversal = self.reverse(order)
        self.assertEqual((wallet.points, wallet.active), (-30.0, True))
        reversal.with_user(self.manager).action_undo()
        self.assertEqual((order.state, wallet.points), ("sale", 20.0))
        self.assertBooks(before)

    def test_a_card_that_has_expired_since(self):
        """It paid for the order while it was valid."""
        order, card = self.paid_by_card()
        lines, before = order.order_line, self.trial_balance()
        reversal = self.reverse(order)
        card.expiration_date = fields.Date.today() - timedelta(days=1)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual((order.state, order.order_line), ("sale", lines))
        self.assertEqual(order.applied_coupon_ids, card)
        self.assertEqual(card.points, 0.0)
        self.assertBooks(before)

    def test_a_batch_is_restored(self):
        """Each order of it has its own rewards, and the clerk needs no more rights."""
        orders = self.promoted()[0] | self.sell_card()[0] | self.paid_by_card()[0]
        totals, before = orders.mapped("amount_total"), self.trial_balance()
        reversals = self.env["order.reversal"].with_user(self.clerk)
        for order in orders:
            reversals |= self.request(order)
        reversals.action_submit()
        self.assertEqual(set(reversals.mapped("state")), {"done"})
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        reversals.with_user(self.manager).action_undo()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(orders.mapped("amount_total"), totals)
        self.assertBooks(before)

    def test_a_quotation_is_restored_and_taken_back_again(self):
        order, _payment, card = self.sell_card()
        before = self.trial_balance()
        for scope in ("draft", "cancel", "draft"):
            reversal = self.reverse(order, scope)
            self.assertEqual(card.points, 0.0)
            reversal.with_user(self.manager).action_undo()
            self.assertEqual(
                (order.state, card.points, card.active), ("sale", 50, True)
            )
            self.assertEqual(order.coupon_point_ids.coupon_id, card)
            self.assertBooks(before)

    def test_refund_of_an_order_that_stays(self):
        order, _payment, _card = self.sell_card()
        reversal = self.request(order, "invoice", payment_method="refund")
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_stays"], "warning")

    def test_quotation_keeps_its_promotion(self):
        order, _invoice, _payment = self.promoted()
        total = order.amount_total
        self.reverse(order, "draft")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.amount_total, total)

    def test_restored_order_has_its_rewards(self):
        order, invoice, _payment = self.promoted()
        lines, before = order.order_line, self.trial_balance()
        reversal = self.reverse(order)
        self.assertEqual(order.order_line, lines)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line, lines)
        self.assertEqual(order.amount_total, invoice.amount_total)
        self.assertBooks(before)

    def test_a_promotion_that_has_ended_comes_back(self):
        """Ended before it is taken back, or after: the order is what was invoiced."""
        for ends_before in (True, False):
            with self.subTest(ends_before=ends_before):
                self.promotion.active = True
                order, invoice, _payment = self.promoted()
                lines, before = order.order_line, self.trial_balance()
                self.promotion.active = not ends_before
                self.assertNotIn("one_way", self.foretold(order))
                reversal = self.reverse(order)
                self.promotion.active = False
                reversal.with_user(self.manager).action_undo()
                self.assertEqual(order.state, "sale")
                self.assertEqual(order.order_line, lines)
                self.assertEqual(order.amount_total, invoice.amount_total)
                self.assertBooks(before)

    def test_a_promotion_that_gives_less_by_now(self):
        order, invoice, _payment = self.promoted()
        before = self.trial_balance()
        reversal = self.reverse(order)
        self.promotion.reward_ids.discount = 5
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.amount_total, invoice.amount_total)
        self.assertBooks(before)

    def test_the_host_is_asked_and_what_it_counts_is_put_back(self):
        """A program that has begun since gives a restored order nothing."""
        order, _invoice, _payment = self.promoted()
        lines, entries = order.order_line, order.coupon_point_ids
        values, before = lines.copy_data(), self.trial_balance()
        reversal = self.reverse(order)
        begun = self.env["loyalty.program"].create(
            {
                "name": "Since",
                "program_type": "next_order_coupons",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [Command.create({"reward_type": "discount"})],
            }
        )
        host, counted = SaleOrder._update_programs_and_rewards, []

        def spy(orders):
            host(orders)
            counted.append((orders, orders.coupon_point_ids.coupon_id.program_id))

        with patch.object(SaleOrder, "_update_programs_and_rewards", spy):
            reversal.with_user(self.manager).action_undo()
        [(asked, programs)] = counted
        self.assertEqual(asked, order)
        self.assertIn(begun, programs, "as the host counts")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line, lines)
        self.assertEqual(lines.copy_data(), values)
        self.assertEqual(order.coupon_point_ids, entries)
        self.assertFalse(begun.coupon_ids)
        self.assertBooks(before)

    def test_a_reward_that_takes_more_lines_by_now(self):
        """The host writes a line for each tax; those it adds go, the old one stays."""
        taxed = self.make_service(
            name="Taxed", taxes_id=[Command.set(self.tax_sale_b.ids)]
        )
        reward = self.promotion.reward_ids
        reward.write(
            {
                "discount_applicability": "specific",
                "discount_product_ids": [Command.set(self.services[2].ids)],
            }
        )
        order, invoice, _payment = self.settle(products=[self.services[2], taxed])
        [line] = order.order_line.filtered("is_reward_line")
        values, before = line.copy_data(), self.trial_balance()
        reversal = self.reverse(order)
        reward.discount_applicability = "order"
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.order_line.filtered("is_reward_line"), line)
        self.assertEqual(line.copy_data(), values)
        self.assertEqual(order.amount_total, invoice.amount_total)
        self.assertBooks(before)

    def test_a_quotation_asks_the_promotion_of_today(self):
        """What is confirmed by a person is the host's, after a reversal, too."""
        order, _invoice, _payment = self.promoted()
        self.reverse(order, "draft")
        self.promotion.active = False
        order.with_user(self.clerk).action_confirm()
        self.assertFalse(order.order_line.filtered("is_reward_line"))

    def paid_by_card(self):
        """An order, 50 of it paid by a gift card that another order sold."""
        _order, _payment, card = self.sell_card()
        order = self.make_order(products=self.services[1], confirm=False)
        order._try_apply_code(card.code)
        order._apply_program_reward(self.gift_cards.reward_ids, card)
        order.action_confirm()
        self.assertEqual(card.points, 0.0)
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(invoice)
        return order, card

    def test_a_card_that_paid_is_given_back_and_taken_again(self):
        order, card = self.paid_by_card()
        before = self.trial_balance()
        reversal = self.reverse(order)
        self.assertEqual(card.points, 50.0)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(card.points, 0.0)
        self.assertBooks(before)

    def test_a_card_that_was_spent_since(self):
        """It can't pay twice: said in the dialog of the restore, and refused."""
        order, card = self.paid_by_card()
        reversal = self.reverse(order)
        card.points = 20.0
        before = self.trial_balance()
        restore = (
            self.env["order.reversal"]
            .with_user(self.manager)
            .create({"restores_id": reversal.id, "reason_id": self.reason.id})
        )
        restore.action_assess()
        self.assertEqual(self.codes(restore)["card_spent_since"], "blocker")
        with self.assertRaisesRegex(UserError, "took .*50.* from .*20.* are left"):
            restore.action_submit()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(card.points, 20.0)
        self.assertBooks(before)

    def test_who_may_not(self):
        order, _payment, card = self.sell_card()
        with self.assertRaises(AccessError):
            self.request(order, user=self.outsider)
        self.assertEqual((order.state, card.points), ("sale", 50.0))

    def test_the_hosts_own_cancel_still_deletes(self):
        order = self.make_order(products=self.gift_product)
        card = order.coupon_point_ids.coupon_id
        order.action_cancel()
        self.assertFalse(card.exists())

    def test_points_of_a_loyalty_card(self):
        """No refund is blocked for points that were a present."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Loyalty",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [Command.create({"reward_point_mode": "order"})],
                "reward_ids": [
                    Command.create({"reward_type": "discount", "required_points": 99})
                ],
            }
        )
        order = self.make_order(products=self.services[0])
        self.invoice(order)
        card = order.coupon_point_ids.coupon_id
        self.assertEqual(card.program_id, program)
        points = card.points
        card.points = 0
        reversal = self.request(order)
        reversal.action_assess()
        self.assertEqual(self.codes(reversal)["card_spent"], "warning")
        reversal.action_submit()
        self.assertEqual(card.points, -points)
        self.assertTrue(card.active)
