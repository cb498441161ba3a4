"""What is advised can be done; what reversals did knowingly is no difference."""

from odoo import Command

from odoo.addons.erp_order_reversal_check.check import rules, words
from odoo.addons.erp_order_reversal_check.check.difference import Difference

from .common import CheckCase

REVERSE = "“Reverse…”"


class TestAdvice(CheckCase):
    def advice(self, record, user):
        [found] = record.with_user(user).check_settlement()
        return found["remedy"]

    def test_as_the_document_stands(self):
        """A draft is changed, what is posted is taken back: never the other way."""
        move = self.draft()
        self.product_lines(move)[0].price_unit = 1.0
        self.assertIn("Take the order's price", self.advice(move, self.clerk))
        self.assertNotIn(REVERSE, self.advice(move, self.clerk))
        move.action_post()
        self.assertNotIn("Take the order's", self.advice(move, self.clerk))
        self.assertIn(REVERSE, self.advice(move, self.clerk))
        for alert in move.with_user(self.clerk).alerts.values():
            self.assertNotIn("action_call", alert)

    def test_no_rule_advises_what_is_posted_to_be_changed(self):
        """Of all rules: what the draft's advice says is not said any more."""
        check = self.env["settlement.check"].with_user(self.clerk)
        move = self.invoice(self.make_order())
        for rule in rules.RULES:
            if rule.subject == "order":
                continue
            owner = ("account.move", move.id)
            if rule.subject == "payment":
                owner = ("account.payment", 1)
            for stands in (False, True):
                item = words_item(rule.code, owner, stands)
                remedy = check._remedy(item)
                for word in ("Take the order's", "Lower the", "Remove", "Correct the"):
                    self.assertFalse(stands and word in remedy, (rule.code, remedy))
                self.assertNotIn("ccept", remedy)
        self.assertLessEqual(set(words.STANDING), set(rules.BY_CODE))

    def test_by_whom(self):
        """Who may not reverse is told who may; likewise who may not accept."""
        move = self.draft()
        self.product_lines(move)[0].price_unit = 1.0
        move.action_post()
        key = "settlement_accept"
        for user, may in ((self.clerk, True), (self.outsider, False)):
            remedy = self.advice(move, user)
            self.assertEqual("“Order Reversal” may" not in remedy, may)
            self.env.invalidate_all()
            last = move.with_user(user).alerts[key]
            self.assertEqual("accept…" in last["action_text"], may)
            self.assertEqual("“Order Reversal”" not in last["message"], may)
        self.block("price")
        for user, may in ((self.manager, True), (self.clerk, False)):
            self.env.invalidate_all()
            last = move.with_user(user).alerts[key]
            self.assertEqual("accept…" in last["action_text"], may)
            self.assertEqual("reversal manager" not in last["message"], may)

    def test_only_what_may_be_opened(self):
        """A click leads to no document that the user may not read."""
        move = self.draft()
        self.product_lines(move)[0].price_unit = 1.0
        move.action_post()
        order = move.invoice_line_ids.sale_line_ids.order_id
        order.user_id = self.manager
        key = f"settlement_price_account.move.line_{self.product_lines(move)[0].id}"
        self.assertEqual(
            move.with_user(self.clerk).alerts[key]["action"]["res_id"], order.id
        )
        own = self._user("own_t", "sales_team.group_sale_salesman")
        move.invoice_user_id = own
        self.env.invalidate_all()
        self.assertNotIn("action", move.with_user(own).alerts[key])

    def test_a_quantity_is_never_taken_below_nothing(self):
        """Where more was invoiced than ordered, the line goes."""
        order = self.make_order(quantity=2.0)
        move = self.draft(order)
        first = self.product_lines(move)[0]
        first.copy(
            {"move_id": move.id, "sale_line_ids": [(6, 0, first.sale_line_ids.ids)]}
        )
        first.quantity = 5.0
        second = self.product_lines(move) - first
        second = second.filtered(lambda li: li.sale_line_ids == first.sale_line_ids)
        second.quantity = 9.0
        first.with_user(self.clerk).action_take_order_quantity()
        self.assertFalse(first.exists())


class TestOwnDoing(CheckCase):
    """What a reversal or settling again did knowingly is silent."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order(quantity=10.0, user_id=self.clerk.id)
        self.move = self.invoice(self.order)

    def take_part(self, **values):
        return self.reverse(
            self.order,
            "invoice",
            line_ids=[
                Command.create({"order_line_id": self.order.order_line[0].id, **values})
            ],
        )

    def test_kept_as_credit(self):
        payment = self.pay(self.move)
        self.assertAgrees(self.order, self.move, payment)
        for values in ({"quantity": 3.0}, {"amount": 70.0}):
            self.take_part(**values)
            self.env.invalidate_all()
            self.assertAgrees(self.order, self.move, payment)

    def test_paid_too_much_besides(self):
        """What is over beyond that still is said, and by how much."""
        payment = self.pay(self.move, amount=6925.0)
        self.assertEqual(self.codes(payment), ["payment_over"])
        self.take_part(quantity=3.0)
        self.env.invalidate_all()
        [found] = payment.with_user(self.clerk).check_settlement()
        self.assertEqual(found["code"], "payment_over")
        self.assertIn("25.00", found["message"])

    def test_restored(self):
        """What was restored is not kept any more."""
        payment = self.pay(self.move)
        reversal = self.take_part(quantity=3.0)
        reversal.with_user(self.manager).action_undo()
        self.env.invalidate_all()
        self.assertAgrees(self.order, self.move, payment)

    def settle_again(self, reversal, **amounts):
        settlement = (
            self.env["order.settlement"]
            .with_user(self.clerk)
            .create({"reversal_id": reversal.id})
        )
        for credit in settlement.credit_ids if amounts else ():
            credit.write(amounts)
        settlement.action_settle()
        return settlement.move_ids

    def test_settled_again_with_something_due(self):
        payment = self.pay(self.move)
        reversal = self.reverse(self.order, "draft")
        self.order.order_line[0].price_unit = 200.0
        move = self.settle_again(reversal)
        self.env.invalidate_all()
        self.assertAgrees(self.order, move, payment)
        # a new payment is compared as ever
        other = self.pay(move, amount=50.0)
        self.assertEqual(self.codes(other), ["payment_under"])

    def test_settled_again_with_somebody_elses_money(self):
        payment = self.pay(self.move)
        reversal = self.reverse(self.order, "draft")
        self.order.partner_id = self.other
        self.order.order_line[0].price_unit = 50.0
        move = self.settle_again(reversal, amount=6325.0)
        self.env.invalidate_all()
        self.assertEqual(move.partner_id, self.other)
        self.assertAgrees(self.order, move, payment)


class TestOneReading(CheckCase):
    """Banner, badge and marks of a form are of one check."""

    SPECIFICATION = {
        "sale.order": {
            "settlement_check_alerts": {},
            "settlement_check_state": {},
            "order_line": {"fields": {"settlement_check_differs": {}}},
        },
        "account.move": {
            "alerts": {},
            "settlement_check_state": {},
            "invoice_line_ids": {"fields": {"settlement_check_differs": {}}},
        },
    }

    def read(self, record):
        [row] = record.with_user(self.clerk).web_read(self.SPECIFICATION[record._name])
        marks = [
            line["settlement_check_differs"]
            for line in row.get("order_line") or row["invoice_line_ids"]
        ]
        return row["settlement_check_state"], any(marks)

    def test_one_check(self):
        order = self.make_order()
        move = self.draft(order)
        self.product_lines(move)[0].price_unit = 1.0
        move.action_post()
        checks = []
        model = self.env.registry["settlement.check"]
        read = model._read_books

        def counting(check, records, *arguments):
            checks.append(records)
            return read(check, records, *arguments)

        self.patch(model, "_read_books", counting)
        for record in (order, move):
            self.env.invalidate_all()
            checks.clear()
            self.assertEqual(self.read(record), ("differs", True))
            self.assertEqual(len(checks), 1)

    def test_it_is_of_now(self):
        """What was written in between is seen, and nothing is kept of a reading."""
        order = self.make_order()
        move = self.draft(order)
        line = self.product_lines(move)[0]
        for price, state in ((100.0, "agrees"), (1.0, "differs"), (100.0, "agrees")):
            line.price_unit = price
            for record in (order, move):
                self.assertEqual(self.read(record), (state, state == "differs"))
            self.assertEqual(self.codes(move), ["price"] if state == "differs" else [])


def words_item(code, owner, stands):
    """A difference that was found, as far as its advice asks."""
    return Difference(owner, code=code, owner=owner, stands=stands)
