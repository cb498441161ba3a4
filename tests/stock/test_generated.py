"""Properties that hold however an order was delivered, over generated ones."""

from dataclasses import dataclass

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from odoo import Command

from .valuation import ValuationCase

# Each example delivers, invoices and takes back a whole order: a few go a long way.
EXAMPLES = max(5, settings().max_examples // 4)
GOODS = ("periodic", "standard", "fifo", "average", "lots", "dozen")


@dataclass(frozen=True)
class Shape:
    """How an order was delivered and invoiced, and how it is taken back."""

    lines: tuple
    deliveries: tuple
    returned: float
    open_return: float
    neighbour: bool
    sent: bool
    scope: str
    method: str
    invoice_method: str
    undo: bool


shapes = st.builds(
    Shape,
    lines=st.lists(
        st.tuples(st.sampled_from(GOODS), st.integers(1, 4)), min_size=1, max_size=3
    ).map(tuple),
    deliveries=st.lists(
        st.sampled_from([0.0, 0.5, 1.0, 1.5]), min_size=0, max_size=3
    ).map(tuple),
    returned=st.sampled_from([0.0, 0.0, 0.5, 1.0]),
    open_return=st.sampled_from([0.0, 0.0, 0.5]),
    neighbour=st.booleans(),
    sent=st.booleans(),
    scope=st.sampled_from(["cancel", "cancel", "draft"]),
    method=st.sampled_from(["return", "return", "request_return", "keep"]),
    invoice_method=st.sampled_from(["auto", "credit_note"]),
    undo=st.sampled_from([False, False, True]),
)


class TestGenerated(ValuationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        average = cls.make_goods(
            "Average", 0.0, valuation="real_time", cost_method="average"
        )
        cls.receive(average, 30, cost=3.35)
        cls.receive(average, 30, cost=7.01)
        fifo = cls.make_goods("Fifo", 0.0, valuation="real_time", cost_method="fifo")
        cls.receive(fifo, 3, cost=10.01)
        cls.receive(fifo, 60, cost=17.37)
        cloth = cls.make_goods("Cloth", 2.5, valuation="real_time", tracking="lot")
        for lot in cls.make_lots(cloth, "red", "blue"):
            cls.receive(cloth, 5 if lot.name == "red" else 60, lots=lot)
        bolt = cls.make_goods("Bolt", 0.33, valuation="real_time")
        cls.receive(bolt, 600)
        cls.receive(cls.standard, 60)
        cls.receive(cls.desk, 60)
        cls.goods = {
            "periodic": cls.desk,
            "standard": cls.standard,
            "fifo": fifo,
            "average": average,
            "lots": cloth,
            "dozen": bolt,
        }

    # ------------------------------------------------------------------
    # Building
    # ------------------------------------------------------------------

    def order_of(self, shape):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.goods[kind].id,
                            "product_uom_qty": quantity,
                            **({"product_uom_id": dozen.id} if kind == "dozen" else {}),
                        }
                    )
                    for kind, quantity in shape.lines
                ],
            }
        )
        order.action_confirm()
        return order

    def deliver_parts(self, order, shape):
        for part in shape.deliveries:
            pickings = self.open_pickings(order)
            if not pickings or not part:
                continue
            self.transfer(
                pickings,
                parts={
                    move: move.product_uom.round(move.product_uom_qty * part)
                    for move in pickings.move_ids
                },
            )

    def return_parts(self, order, shape):
        done = order.picking_ids.filtered(lambda p: p.state == "done")[:1]
        if not done:
            return
        for part, validate in ((shape.returned, True), (shape.open_return, False)):
            wizard = self.env["stock.return.picking"].create({"picking_id": done.id})
            for line in wizard.product_return_moves:
                left = line.move_id.quantity - sum(
                    line.move_id.returned_move_ids.mapped("product_uom_qty")
                )
                line.quantity = line.uom_id.round(left * part)
            if not any(wizard.product_return_moves.mapped("quantity")):
                continue
            back = self.env["stock.picking"].browse(
                wizard.action_create_returns()["res_id"]
            )
            if validate:
                self.transfer(back)

    def settle_shape(self, shape):
        order = self.order_of(shape)
        orders = order
        if shape.neighbour:
            orders |= self.order_of(shape)
            self.deliver(orders[1])
        self.deliver_parts(order, shape)
        self.return_parts(order, shape)
        invoice = self.invoice(orders)
        invoice.is_move_sent = shape.sent
        self.pay(invoice)
        return order, orders[1:], invoice

    # ------------------------------------------------------------------
    # Properties
    # ------------------------------------------------------------------

    def books(self):
        """The trial balance without money and receivables: those the customer keeps."""
        money = self.env["account.account"].search(
            [("account_type", "in", ("asset_cash", "asset_receivable"))]
        )
        money |= self.env["account.payment"].search([]).outstanding_account_id
        return self._rounded(self.trial_balance(exclude=money))

    def stock_of(self, shape):
        return self.on_hand(*{self.goods[kind] for kind, _quantity in shape.lines})

    def assertStock(self, found, expected):
        for name, (quantity, value) in expected.items():
            self.assertEqual(found[name][0], quantity, name)
            self.assertAlmostEqual(found[name][1], value, delta=0.05, msg=name)

    def image_of(self, orders):
        return [
            (line.id, line.qty_delivered, line.qty_invoiced, line.order_id.state)
            for line in orders.order_line
        ]

    def check(self, shape):
        stock, books = self.stock_of(shape), self.books()
        if shape.neighbour:
            # what the neighbour alone leaves behind
            with self.env.cr.savepoint() as savepoint:
                other = self.order_of(shape)
                self.deliver(other)
                self.pay(self.invoice(other))
                stock_alone = self.stock_of(shape)
                savepoint.rollback()
            self.env.invalidate_all()
        order, neighbour, _invoice = self.settle_shape(shape)
        settled, settled_stock = self.books(), self.stock_of(shape)
        others = self.image_of(neighbour)
        reversal = self.request(
            order,
            shape.scope,
            delivery_method=shape.method,
            invoice_method=shape.invoice_method,
        )
        preview = reversal.preview_entries()
        self.assertFalse(reversal.blocker_count)
        reversal.action_submit()
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        self.assertEqual(self.image_of(neighbour), others)
        self.assertPreview(preview, settled)
        if shape.method == "request_return":
            self.transfer(reversal._get_returns().filtered(lambda p: p.state != "done"))
        if shape.method == "keep":
            self.assertEqual(self.stock_of(shape), settled_stock)
        else:
            self.assertNothingDelivered(order)
        if shape.method != "keep" and not shape.neighbour:
            self.assertEqual(self.books(), books)
            self.assertStock(self.stock_of(shape), stock)
        elif shape.method != "keep":
            found = self.stock_of(shape)
            for name, (quantity, _value) in stock_alone.items():
                self.assertEqual(found[name][0], quantity, name)
        if shape.undo and shape.method != "request_return":
            reversal.with_user(self.boss).action_undo()
            self.assertEqual(self.books(), settled)

    def assertPreview(self, preview, settled):
        changes = {}
        for row in preview:
            key = (row["account_code"], row["currency"])
            changes[key] = changes.get(key, 0.0) + float(row["balance"])
        now = self.books()
        for key in set(now) | set(settled):
            change = now.get(key, (0, 0))[0] - settled.get(key, (0, 0))[0]
            self.assertAlmostEqual(change, changes.get(key, 0.0), 2, key)

    @pytest.mark.fuzz
    @settings(max_examples=EXAMPLES)
    @given(shapes)
    def test_generated_deliveries(self, shape):
        with self.env.cr.savepoint() as savepoint:
            note(str(shape))
            self.check(shape)
            savepoint.rollback()
        self.env.invalidate_all()
