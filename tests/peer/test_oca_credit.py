"""Addons of OCA that add to a credit note, or take money for an order."""

from .test_peer import PeerCase


class TestCredit(PeerCase):
    def test_origin_lines_of_a_whole_and_of_a_part(self):
        """`account_invoice_refund_link`: the peers have them, and so has a part."""
        order = self.make_order()
        invoice = self.invoice(order)
        line = order.order_line[0]
        self.reverse(
            order,
            "invoice",
            invoice_method="credit_note",
            line_ids=[(0, 0, {"order_line_id": line.id, "quantity": 1.0})],
        )
        [credit] = invoice.reversal_move_ids
        self.assertEqual(credit.invoice_line_ids.origin_line_id, line.invoice_lines[0])

    def test_an_advance(self):
        """`sale_advance_payment`: money that an order has, without any invoice."""
        order = self.make_order()
        wizard = self.env["account.voucher.wizard"].create(
            {
                "order_id": order.id,
                "journal_id": self.bank.id,
                "amount_advance": 100.0,
                "currency_id": order.currency_id.id,
                "amount_total": order.amount_total,
            }
        )
        wizard.with_context(
            active_id=order.id, active_ids=order.ids
        ).make_advance_payment()
        [payment] = order.account_payment_ids
        reversal = self.request(order)
        reversal.action_assess()
        rows = reversal.step_ids.filtered(lambda s: s.res_model == "account.payment")
        self.assertEqual(rows.res_id, payment.id)
        reversal.action_submit()
        self.assertEqual(order.state, "cancel")
