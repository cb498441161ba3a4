"""Goods whose cost is in the books."""

from .common import GoodsCase


class ValuationCase(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.make_goods("Standard", 10.0, valuation="real_time")
        cls.receive(cls.standard, 20)

    @classmethod
    def make_fifo(cls, name="Fifo", **values):
        product = cls.make_goods(
            name, 0.0, valuation="real_time", cost_method="fifo", **values
        )
        cls.receive(product, 2, cost=10.0)
        cls.receive(product, 10, cost=17.0)
        return product

    def costs(self, invoice):
        return sorted(
            round(line.balance, 2)
            for line in invoice.line_ids
            if line.display_type == "cogs"
        )
