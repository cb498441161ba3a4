"""An order that went over the till."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .common import CohabitCase


class TestPos(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls._user(
            "cashier_t",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "point_of_sale.group_pos_user",
            "erp_order_reversal.group_reversal_user",
        )

    def sold(self, order, invoiced=False, **values):
        """An order of an open till that settles `order`, paid in two ways."""
        env = self.env(su=True)
        methods = env["pos.payment.method"]
        for name, kind in (("Cash", "cash"), ("Voucher", "bank")):
            journal = env["account.journal"].create(
                {
                    "name": f"Till {name}",
                    "code": f"{name[0]}{order.id}",
                    "type": kind,
                    "company_id": self.company.id,
                }
            )
            methods |= methods.create(
                {
                    "name": name,
                    "journal_id": journal.id,
                    "company_id": self.company.id,
                }
            )
        config = env["pos.config"].create(
            {
                "name": "Open Till",
                "company_id": self.company.id,
                "payment_method_ids": [Command.set(methods.ids)],
            }
        )
        config.open_ui()
        session = config.current_session_id
        session.set_opening_control(0, None)
        self.assertEqual(session.state, "opened")
        lines = order.order_line
        total = sum(lines.mapped("price_total"))
        pos_order = env["pos.order"].create(
            {
                "session_id": session.id,
                "partner_id": order.partner_id.id,
                "pos_reference": "Till 8",
                "amount_total": total,
                "amount_paid": 0.0,
                "amount_tax": sum(lines.mapped("price_tax")),
                "amount_return": 0.0,
                "to_invoice": invoiced,
                "lines": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "qty": line.product_uom_qty,
                            "price_unit": line.price_unit,
                            "price_subtotal": line.price_subtotal,
                            "price_subtotal_incl": line.price_total,
                            "tax_ids": [Command.set(line.tax_ids.ids)],
                            "sale_order_origin_id": order.id,
                            "sale_order_line_id": line.id,
                            **values,
                        }
                    )
                    for line in lines
                ],
            }
        )
        for method, amount in zip(methods, (10.0, total - 10.0), strict=True):
            pos_order.add_payment(
                {
                    "pos_order_id": pos_order.id,
                    "amount": amount,
                    "payment_method_id": method.id,
                }
            )
        pos_order._process_saved_order(False)
        self.assertEqual(pos_order.state, "done" if invoiced else "paid")
        self.assertTrue(all(line.qty_invoiced for line in lines))
        return pos_order

    def test_open_till_pays_back_the_way_it_came_in(self):
        for invoiced in (False, True):
            with self.subTest(invoiced=invoiced):
                order = self.make_order(products=self.services[:2])
                before = self.trial_balance()
                pos_order = self.sold(order, invoiced)
                reversal = self.request(order, user=self.cashier)
                reversal.action_assess()
                [found] = reversal.finding_ids.filtered(
                    lambda f: f.code == "refunded_at_till"
                )
                self.assertIn("Till 8", found.message)
                self.assertIn("Cash", found.message)
                reversal.action_submit()
                self.assertEqual(order.state, "cancel")
                self.assertFalse(any(order.order_line.mapped("qty_invoiced")))
                [step] = reversal.step_ids.filtered(
                    lambda step: step.operation == "refund_at_till"
                )
                refund = self.env["pos.order"].sudo().browse(step.result_id)
                self.assertEqual(refund.amount_total, -pos_order.amount_total)
                self.assertEqual(
                    {p.payment_method_id.name: -p.amount for p in refund.payment_ids},
                    {p.payment_method_id.name: p.amount for p in pos_order.payment_ids},
                )
                self.assertEqual(bool(refund.account_move), invoiced)
                session = pos_order.session_id
                session.post_closing_cash_details(0.0)
                session.close_session_from_ui()
                self.assertEqual(session.state, "closed")
                self.assertBooks(before)
                with self.assertRaisesRegex(UserError, "was paid back at the till"):
                    reversal.with_user(self.manager).action_undo()

    def test_only_a_cashier_pays_back(self):
        order = self.make_order(products=self.services[0])
        self.sold(order)
        reversal = self.request(order)
        said = " ".join(found["message"] for found in reversal.rehearse()["findings"])
        self.assertIn("Point of Sale: User", said)
        with self.assertRaisesRegex(AccessError, "Point of Sale: User"):
            reversal.action_submit()
        self.assertEqual(order.state, "sale")

    def test_sold_with_something_else(self):
        order = self.make_order(products=self.services[0])
        pos_order = self.sold(order)
        pos_order.lines[0].copy({"order_id": pos_order.id}).sale_order_origin_id = False
        found = self.codes(order)["paid_at_till"]
        self.assertIn("something else", found.message)

    def at_the_till(self, order, state="paid", **values):
        """An order of the till that settles `order`."""
        env = self.env(su=True)
        config = env["pos.config"].create(
            {"name": "Till", "company_id": self.company.id}
        )
        session = env["pos.session"].create(
            {"config_id": config.id, "user_id": self.env.uid}
        )
        line = order.order_line[0]
        return env["pos.order"].create(
            {
                "session_id": session.id,
                "partner_id": order.partner_id.id,
                "state": state,
                "date_order": fields.Datetime.now(),
                "pos_reference": "Till 7",
                "amount_total": line.price_total,
                "amount_paid": line.price_total,
                "amount_tax": line.price_tax,
                "amount_return": 0.0,
                "lines": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "qty": 1.0,
                            "price_unit": line.price_unit,
                            "price_subtotal": line.price_subtotal,
                            "price_subtotal_incl": line.price_total,
                            "sale_order_origin_id": order.id,
                            "sale_order_line_id": line.id,
                            **values,
                        }
                    )
                ],
            }
        )

    def codes(self, order, scope="cancel"):
        reversal = self.request(order, scope)
        reversal.action_assess()
        return {found.code: found for found in reversal.finding_ids}

    def test_paid_at_the_till(self):
        order = self.make_order(products=self.services[0])
        self.at_the_till(order)
        found = self.codes(order)["paid_at_till"]
        self.assertEqual(found.severity, "blocker")
        self.assertIn("Till 7", found.message)
        with self.assertRaisesRegex(UserError, "Refund Till 7 at the till first"):
            self.request(order).action_submit()
        self.assertEqual(order.state, "sale")

    def test_refunded_at_the_till(self):
        order = self.make_order(products=self.services[0])
        pos_order = self.at_the_till(order)
        self.at_the_till(
            order,
            qty=-1.0,
            refunded_orderline_id=pos_order.lines.id,
            sale_order_origin_id=False,
            sale_order_line_id=False,
        )
        self.assertNotIn("paid_at_till", self.codes(order))

    def test_open_at_the_till(self):
        order = self.make_order(products=self.services[0])
        self.at_the_till(order, state="draft")
        self.assertEqual(self.codes(order)["open_at_till"].severity, "warning")

    def test_only_unlocking_is_free(self):
        order = self.make_order(products=self.services[0])
        order.action_lock()
        self.at_the_till(order)
        self.assertNotIn("paid_at_till", self.codes(order, "unlock"))
