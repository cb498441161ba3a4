"""A part of an order or of an invoice is taken back, the rest stays settled."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ReversalCase


class PartCase(ReversalCase):
    def part(self, root, quantities, scope="invoice", amounts=None, **values):
        """A request for `{line: quantity}` and `{line: amount}`."""
        name = "order_line_id" if root._name == "sale.order" else "move_line_id"
        rows = [{name: line.id, "quantity": qty} for line, qty in quantities.items()]
        rows += [
            {name: line.id, "amount": amount}
            for line, amount in (amounts or {}).items()
        ]
        lines = [Command.create(row) for row in rows]
        return self.request(root, scope, line_ids=lines, **values)

    def take(self, root, quantities, scope="invoice", **values):
        reversal = self.part(root, quantities, scope, **values)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        return reversal

    def blockers(self, reversal):
        reversal.action_assess()
        return reversal.finding_ids.filtered(lambda f: f.severity == "blocker")


class TestParts(PartCase):
    def test_three_of_ten_are_credited(self):
        order, invoice, payment = self.settle(quantity=10.0)
        line = order.order_line[0]
        reversal = self.take(order, {line: 3.0})
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.amount_total, 345.0)
        self.assertEqual(credit.amount_residual, 0.0)
        self.assertEqual(line.qty_invoiced, 7.0)
        self.assertEqual(line.product_uom_qty, 10.0)
        self.assertEqual(order.order_line[1].qty_invoiced, 10.0)
        self.assertEqual(order.state, "sale")
        self.assertEqual(reversal.amount_total, 345.0)
        self.assertEqual(reversal.amount_credit, 345.0)
        self.assertEqual(invoice.payment_state, "paid")
        item = payment.move_id.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        self.assertEqual(item.amount_residual, -345.0)

    def test_the_order_is_lowered_too(self):
        order, invoice, _payment = self.settle(quantity=10.0)
        order.action_lock()
        line = order.order_line[0]
        self.take(order, {line: 3.0}, "cancel")
        self.assertEqual(line.product_uom_qty, 7.0)
        self.assertEqual(line.qty_invoiced, 7.0)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(invoice.reversal_move_ids.amount_total, 345.0)

    def test_an_order_with_nothing_left_is_cancelled(self):
        before = self.trial_balance()
        order, invoice, _payment = self.settle(quantity=10.0)
        first, second, third = order.order_line
        self.take(order, {first: 3.0}, "cancel", payment_method="refund")
        self.take(order, {first: 7.0, second: 10.0}, "cancel", payment_method="refund")
        self.assertEqual(order.state, "sale")
        last = self.take(order, {third: 10.0}, "cancel", payment_method="refund")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(
            last.step_ids.filtered("done").mapped("operation")[-1], "cancel"
        )
        self.assertEqual(invoice.payment_state, "reversed")
        bank = self.inbound_payment_method_line | self.outbound_payment_method_line
        self.assertBooks(before, exclude=bank.payment_account_id)

    def test_refund_of_a_part(self):
        order, _invoice, payment = self.settle(quantity=10.0)
        reversal = self.take(order, {order.order_line[1]: 2.0}, payment_method="refund")
        step = reversal.step_ids.filtered(lambda step: step.operation == "refund")
        refund = self.env["account.payment"].browse(step.result_id)
        self.assertEqual(refund.amount, 460.0)
        self.assertTrue(payment.is_reconciled)

    def test_a_payment_is_voided_for_all_of_it_alone(self):
        order, invoice, payment = self.settle(quantity=10.0)
        reversal = self.part(order, {order.order_line[0]: 3.0}, payment_method="void")
        self.assertEqual(self.blockers(reversal).mapped("code"), ["payment_shared"])
        self.assertEqual(payment.state, "paid")
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_payment_of_the_part_is_voided(self):
        order = self.make_order(quantity=10.0)
        invoice = self.invoice(order)
        self.pay(invoice, amount=6555.0)
        second = self.pay(invoice, amount=345.0)
        self.take(order, {order.order_line[0]: 3.0}, payment_method="void")
        self.assertEqual(second.state, "canceled")
        self.assertEqual(invoice.payment_state, "paid")

    def test_parts_of_an_invoice(self):
        order, invoice, _payment = self.settle(quantity=10.0)
        line = invoice.invoice_line_ids[0]
        self.take(invoice, {line: 4.0})
        self.assertEqual(invoice.reversal_move_ids.amount_total, 460.0)
        self.assertEqual(order.order_line[0].qty_invoiced, 6.0)
        self.take(invoice, {line: 2.0}, "cancel")
        self.assertEqual(order.order_line[0].qty_invoiced, 4.0)
        self.assertEqual(order.order_line[0].product_uom_qty, 8.0)

    def test_a_price_correction(self):
        order, invoice, _payment = self.settle(quantity=10.0)
        line = invoice.invoice_line_ids[0]
        self.take(invoice, {}, amounts={line: 100.0})
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.amount_untaxed, 100.0)
        self.assertEqual(credit.amount_total, 115.0)
        self.assertEqual(order.order_line[0].qty_invoiced, 10.0)
        # What is left of the price goes with the quantity.
        self.take(order, {order.order_line[0]: 5.0})
        second = invoice.reversal_move_ids - credit
        self.assertEqual(second.amount_untaxed, 450.0)
        self.take(order, {}, amounts={order.order_line[0]: 450.0})
        self.assertEqual(order.order_line[0].qty_invoiced, 5.0)

    def test_a_part_over_several_invoices_takes_the_oldest_first(self):
        order = self.make_order(self.services[0], quantity=10.0)
        line = order.order_line
        first = self.invoice(order, post=False)
        first.invoice_line_ids.quantity = 4.0
        first.action_post()
        second = self.invoice(order)
        self.assertEqual(second.invoice_line_ids.quantity, 6.0)
        (first | second).is_move_sent = True
        self.take(order, {line: 5.0})
        self.assertEqual(first.payment_state, "reversed")
        self.assertEqual(second.amount_residual, 575.0)
        self.assertEqual(line.qty_invoiced, 5.0)

    def test_what_is_not_invoiced_is_lowered(self):
        order = self.make_order(self.services[0], quantity=10.0)
        invoice = self.invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 4.0
        invoice.action_post()
        self.take(order, {order.order_line: 6.0}, "cancel")
        self.assertEqual(order.order_line.product_uom_qty, 4.0)
        self.assertEqual(order.order_line.qty_invoiced, 0.0)
        self.assertEqual(order.state, "sale")

    # ------------------------------------------------------------------
    # Restored
    # ------------------------------------------------------------------

    def test_parts_are_restored(self):
        order, invoice, _payment = self.settle(quantity=10.0)
        settled = self.trial_balance()
        first, second, _third = order.order_line
        one = self.take(order, {first: 3.0})
        two = self.take(order, {first: 2.0, second: 10.0})
        with self.assertRaisesRegex(UserError, two.name), self.cr.savepoint():
            one.with_user(self.manager).action_undo()
        for reversal in (two, one):
            reversal.with_user(self.manager).action_undo()
            self.assertEqual(reversal.state, "undone")
        self.assertBooks(settled)
        self.assertEqual(set(order.order_line.mapped("qty_invoiced")), {10.0})
        self.assertEqual(invoice.payment_state, "paid")

    def test_lowered_parts_are_restored_the_last_first(self):
        order, _invoice, _payment = self.settle(quantity=10.0)
        settled = self.trial_balance()
        line = order.order_line[0]
        one = self.take(order, {line: 3.0}, "cancel")
        two = self.take(order, {line: 2.0}, "cancel")
        self.assertEqual(line.product_uom_qty, 5.0)
        with self.assertRaisesRegex(UserError, two.name), self.cr.savepoint():
            one.with_user(self.manager).action_undo()
        self.assertEqual(line.product_uom_qty, 5.0)
        two.with_user(self.manager).action_undo()
        self.assertEqual(line.product_uom_qty, 7.0)
        one.with_user(self.manager).action_undo()
        self.assertEqual(line.product_uom_qty, 10.0)
        self.assertBooks(settled)

    def test_what_was_agreed_stays_when_the_order_is_lowered(self):
        """The host would price a line anew of which nothing is invoiced any more."""
        agreed = {"price_unit": 77.0, "discount": 5.0, "product_uom_qty": 10.0}
        order = self.make_order(
            order_line=[Command.create({"product_id": self.services[0].id, **agreed})]
        )
        line = order.order_line
        invoice = self.invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 4.0
        invoice.action_post()
        one = self.take(order, {line: 4.0}, "cancel")
        self.assertEqual((line.product_uom_qty, line.qty_invoiced), (6.0, 0.0))
        self.assertEqual((line.price_unit, line.discount), (77.0, 5.0))
        two = self.take(order, {line: 1.0}, "cancel")
        self.assertEqual((line.price_unit, line.discount), (77.0, 5.0))
        for reversal in (two, one):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual((line.price_unit, line.discount), (77.0, 5.0))
        self.assertEqual(line.product_uom_qty, 10.0)

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_what_is_no_part_is_refused(self):
        order, invoice, payment = self.settle(quantity=10.0)
        other = self.make_order()
        line = order.order_line[0]
        create = Command.create
        wrong = [
            ([create({"order_line_id": line.id, "quantity": 0.0})], "more than 0"),
            ([create({"order_line_id": line.id, "quantity": -1.0})], "more than 0"),
            ([create({"order_line_id": line.id})], "more than 0"),
            ([create({"quantity": 1.0})], "Name one line"),
            ([create({"order_line_id": False, "quantity": 1.0})], "Name one line"),
            (
                [create({"order_line_id": line.id, "quantity": "3"})],
                "not a valid number",
            ),
            (
                [create({"order_line_id": line.id, "quantity": True})],
                "not a valid number",
            ),
            (
                [create({"order_line_id": line.id, "quantity": float("nan")})],
                "not a valid number",
            ),
            ([create({"order_line_id": 0x7FFFFFFF, "quantity": 1.0})], "exist"),
            (
                [create({"order_line_id": other.order_line[0].id, "quantity": 1.0})],
                other.name,
            ),
            (
                [
                    create(
                        {"move_line_id": invoice.invoice_line_ids[0].id, "quantity": 1}
                    )
                ],
                invoice.name,
            ),
            ([create({"order_line_id": line.id, "quantity": 1.0})] * 2, "twice"),
            (
                [create({"order_line_id": line.id, "quantity": 1.0, "amount": 5.0})],
                "not both",
            ),
            ([create({"order_line_id": line.id, "amount": -5.0})], "more than 0"),
        ]
        for lines, text in wrong:
            with self.assertRaisesRegex(ValidationError, text), self.cr.savepoint():
                self.request(order, "invoice", line_ids=lines)
        for lines in ([[]], 7, "all", [5], [create(None)], [(0, 0, "x")]):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.request(order, "invoice", line_ids=lines)
        good = [create({"order_line_id": line.id, "quantity": 1.0})]
        for scope in ("unlock", "payment", "draft"):
            with self.assertRaisesRegex(ValidationError, "for a part"):
                self.request(order, scope, line_ids=good)
        with self.assertRaisesRegex(ValidationError, "payment has no lines"):
            self.request(payment, "invoice", line_ids=good)
        priced = [create({"order_line_id": line.id, "amount": 1.0})]
        with self.assertRaisesRegex(ValidationError, "lowers no quantity"):
            self.request(order, "cancel", line_ids=priced)
        section = self.make_order(
            order_line=[Command.create({"display_type": "line_section", "name": "S"})]
        )
        note = [create({"order_line_id": section.order_line[:1].id, "quantity": 1.0})]
        with self.assertRaises(ValidationError):
            self.request(section, "invoice", line_ids=note)

    def test_more_than_there_is_is_refused(self):
        order, invoice, payment = self.settle(quantity=10.0)
        line, second = order.order_line[:2]
        self.take(order, {line: 3.0})
        image = self.image(order, order.order_line, invoice, payment)
        books = self.trial_balance()
        for reversal in (
            self.part(order, {line: 8.0, second: 11.0}),
            self.part(order, {line: 11.0, second: 11.0}, "cancel"),
            self.part(invoice, {invoice.invoice_line_ids[0]: 8.0}),
            self.part(order, {}, amounts={line: 700.01}),
        ):
            found = self.blockers(reversal)
            self.assertEqual(found.mapped("code"), ["part_exceeds"])
            self.assertRegex(found.message, "(7.00|10.00|700.00)")
            with self.assertRaisesRegex(UserError, "is possible"):
                reversal.action_submit()
        self.assertEqual(self.image(order, order.order_line, invoice, payment), image)
        self.assertBooks(books)

    def test_a_part_is_frozen_when_it_is_submitted(self):
        order, _invoice, _payment = self.settle(quantity=10.0)
        self.company.reversal_approval = "always"
        reversal = self.part(order, {order.order_line[0]: 3.0})
        seen = reversal.fingerprint
        reversal.line_ids.quantity = 2.0
        reversal.action_assess()
        self.assertNotEqual(reversal.fingerprint, seen)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        line = reversal.line_ids
        for change in (
            lambda: line.write({"quantity": 10.0}),
            lambda: line.unlink(),
            lambda: line.create(
                {
                    "reversal_id": reversal.id,
                    "order_line_id": order.order_line[1].id,
                    "quantity": 1.0,
                }
            ),
        ):
            with self.assertRaisesRegex(UserError, "submitted"), self.cr.savepoint():
                change()
        with self.assertRaises(UserError):
            reversal.line_ids = [Command.clear()]
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(order.order_line[0].qty_invoiced, 8.0)

    def test_who_may_name_a_part(self):
        order, _invoice, _payment = self.settle(quantity=10.0)
        reversal = self.part(order, {order.order_line[0]: 3.0})
        line = reversal.line_ids
        self.assertEqual(line.with_user(self.auditor).name, order.order_line[0].name)
        with self.assertRaises(AccessError):
            line.with_user(self.auditor).quantity = 1.0
        with self.assertRaises(AccessError):
            line.with_user(self.outsider).read(["quantity"])
        with self.assertRaises(AccessError):
            line.with_user(self.requester).write({"quantity": 1.0})

    def test_a_request_without_accounting_rights(self):
        order, _invoice, _payment = self.settle(quantity=10.0)
        reversal = self.part(order, {order.order_line[0]: 3.0}, user=self.requester)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(order.order_line[0].qty_invoiced, 7.0)
