"""Sequences of people who also deliver goods, and take them in again."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from ..simulator.choices import pick, picks
from ..simulator.documents import COST, STOCK
from ..simulator.machine import World
from ..simulator.test_simulator import SimulatorCase
from .common import GoodsCase


class GoodsWorld(World):
    """Goods with perpetual valuation: their cost is booked with the invoice."""

    cost = 1000

    def __init__(self, case):
        super().__init__(case)
        self.delivery_method = "return"

    def values_of_goods(self):
        return {"delivery_method": self.delivery_method}

    def set_quantity(self, line, more):
        """More of it alone: the host leaves what is on its way as it is."""
        line.quantity += more
        line.due += more

    def reconfirmed(self, order):
        super().reconfirmed(order)
        for line in order.lines:
            line.due = line.quantity - line.delivered

    @invariant()
    def the_goods_agree(self):
        delivered = dict(
            self.people.query(
                "SELECT id, qty_delivered::float FROM sale_order_line "
                "WHERE company_id = %(company)s"
            )
        )
        for order in self.books.orders:
            for line in order.lines:
                self.case.assertEqual(
                    delivered[self.host[line]], line.delivered, f"{order} delivered"
                )

    @rule(keep=st.booleans())
    def clerk_makes_up_his_mind_on_goods(self, keep):
        self.delivery_method = "keep" if keep else "return"

    def to_deliver(self):
        return [
            order
            for order in self.books.orders
            if order.state == "sale" and any(line.due for line in order.lines)
        ]

    def record(self, order):
        env = self.people.env_of(self.case.clerk)
        return env["sale.order"].browse(self.host[order])

    @precondition(lambda self: self.to_deliver())
    @rule(number=picks)
    def worker_delivers(self, number):
        order = pick(number, self.to_deliver())
        self.case.deliver(self.record(order))
        for line in order.lines:
            line.delivered += line.due
            line.due = 0
        self.books.touch(order)

    def to_return(self):
        return [
            order
            for order in self.books.orders
            if order.state == "sale" and any(line.delivered for line in order.lines)
        ]

    @precondition(lambda self: self.to_return())
    @rule(number=picks)
    def worker_takes_goods_in(self, number):
        order = pick(number, self.to_return())
        for picking in self.record(order).picking_ids.filtered(
            lambda picking: picking.state == "done"
            and picking.picking_type_code == "outgoing"
        ):
            self.take_in(picking)
        for line in order.lines:
            line.delivered = 0
        self.books.touch(order)

    def take_in(self, picking):
        wizard = picking.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            back = line.move_id.returned_move_ids.filtered(
                lambda move: move.state == "done"
            )
            line.quantity = line.move_id.quantity - sum(back.mapped("quantity"))
        if any(wizard.product_return_moves.mapped("quantity")):
            action = wizard.action_create_returns()
            self.case.transfer(picking.browse(action["res_id"]))


class GoodsSimulatorCase(SimulatorCase, GoodsCase):
    world = GoodsWorld

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.boss
        cls.approver = cls.stock_approver
        cls.receive(cls.sold, 1000)

    @classmethod
    def _product(cls):
        return cls.make_goods(
            "Simulated", cost=10.0, valuation="real_time", taxes_id=False
        )

    @classmethod
    def _accounts(cls):
        accounts = super()._accounts()
        found = cls.sold.product_tmpl_id.with_company(cls.company)
        found = found.get_product_accounts()
        return {
            **accounts,
            COST: found["expense"].id,
            STOCK: found["stock_valuation"].id,
        }


@pytest.mark.fuzz
class TestSimulatorOfGoods(GoodsSimulatorCase):
    def test_sequences(self):
        self.run_sequences(5)


@pytest.mark.fuzz
class TestSimulatorOfMoreGoods(GoodsSimulatorCase):
    def test_sequences(self):
        self.run_sequences(6)
