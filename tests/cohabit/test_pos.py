"""An order that went over the till."""

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import CohabitCase


class TestPos(CohabitCase):
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
