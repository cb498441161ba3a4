"""The dialog, as people meet it: other tabs, many lines, a keyboard, a phone."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase

from .common import ReversalCase


class TestDialogTours(ReversalCase, HttpCase):
    def tour(self, record, name, user=None, **options):
        path = record if isinstance(record, str) else f"m-{record._name}/{record.id}"
        options.setdefault("timeout", 300)
        login = (user or self.clerk).login
        self.start_tour(f"/odoo/{path}", name, login=login, **options)
        self.env.invalidate_all()

    def reversals(self):
        return self.env["order.reversal"].with_user(self.manager).search([])

    def test_two_tabs(self):
        """What the other tab did is refused here, with who did it; once is enough."""
        order, _move, _payment = self.settle()
        sequence = self.env.ref("erp_order_reversal.sequence_order_reversal")
        number = sequence.number_next_actual
        self.tour(order, "order_reversal_two_tabs")
        self.assertEqual(self.reversals().mapped("state"), ["done"])
        self.assertEqual(sequence.number_next_actual, number + 1)

    def test_the_keyboard_alone(self):
        order, _move, _payment = self.settle()
        self.tour(order, "order_reversal_keyboard")
        self.assertEqual(order.state, "cancel")

    def test_sixty_lines(self):
        line = {"product_id": self.services[0].id}
        order = self.make_order(
            products=self.services[:0],
            order_line=[Command.create(dict(line)) for _number in range(60)],
        )
        self.pay(self.invoice(order))
        self.tour(order, "order_reversal_60_lines")
        self.assertEqual(order.state, "cancel")

    def test_sixty_documents(self):
        orders = self.env["sale.order"].union(
            *(self.make_order(products=self.services[0]) for _number in range(30))
        )
        moves = self.env["account.move"].union(*map(self.invoice, orders))
        self.tour(self.pay(moves), "order_reversal_60_documents")
        self.assertFalse(self.reversals())

    def test_the_settlement_of_an_order(self):
        order, _move, _payment = self.settle()
        self.tour(order, "order_reversal_settlement", self.auditor)

    def test_rehearse_all(self):
        """From the list: what would be refused is there before anything is done."""
        orders = self.settle()[0] | self.settle()[0]
        self.tour("settled-orders", "order_reversal_rehearse_all")
        batches = self.env["order.reversal.batch"].with_user(self.clerk)
        batch = batches.search([], limit=1)
        self.assertEqual((batch.state, batch.rehearsal_state), ("draft", "running"))
        cls = type(orders)
        origin = cls._action_cancel

        def cancel(cancelled):
            if orders[0] in cancelled:
                raise UserError("The moon is full.")
            return origin(cancelled)

        self.patch(cls, "_action_cancel", cancel)
        batch.sudo()._process_rehearsals()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.tour(batch, "order_reversal_rehearsed")
        self.assertEqual((batch.done_count, batch.failed_count), (1, 1))


class TestPhoneDialog(ReversalCase, HttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_the_dialog(self):
        order, _move, _payment = self.settle()
        self.start_tour(
            f"/odoo/m-sale.order/{order.id}",
            "order_reversal_phone_dialog",
            login=self.clerk.login,
        )
        self.env.invalidate_all()
        self.assertEqual(order.state, "cancel")
