"""The main job: a settled order is taken back, and restored."""

from .countries import COUNTRY
from .test_peer import PeerCase


class TestOrder(PeerCase):
    """Beside the other addons, by each way of taking an invoice back."""

    def settled(self):
        order = self.make_order()
        before = self.trial_balance()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        payment = self.pay(invoice)
        return order, payment, before, self.trial_balance()

    def taken_back(self, order, **values):
        reversal = self.reverse(order, **COUNTRY.given, **values)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
        return reversal

    def test_main_job(self):
        order, _payment, before, _settled = self.settled()
        self.taken_back(order, invoice_method="credit_note", payment_method="void")
        self.assertBooks(before)

    def test_restore(self):
        order, payment, _before, settled = self.settled()
        reversal = self.taken_back(order, invoice_method="credit_note")
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertBooks(settled)

    def test_as_a_quotation(self):
        order, _payment, _before, _settled = self.settled()
        self.reverse(order, "draft", invoice_method="credit_note", **COUNTRY.given)
        self.assertEqual(order.state, "draft")

    def test_a_part(self):
        order, _payment, _before, _settled = self.settled()
        line = order.order_line[0]
        self.reverse(
            order,
            "invoice",
            invoice_method="credit_note",
            line_ids=[(0, 0, {"order_line_id": line.id, "quantity": 1.0})],
            **COUNTRY.given,
        )
        self.assertEqual(line.qty_invoiced, 0.0)
        self.assertTrue(all(order.order_line[1:].mapped("qty_invoiced")))
