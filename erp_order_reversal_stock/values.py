"""What steps about goods are made of: to the JSON that a step keeps, and back."""

from dataclasses import dataclass, field

from odoo.addons.erp_order_reversal.plan import StepData


@dataclass
class GoodsData(StepData):
    """`return`, `request_return`, `keep`: goods of one transfer.

    :param moves: [id of the stock move, quantity in its unit]
    :param goods: [product, quantity, unit], for people to read
    :param open: the return is there already, made by the warehouse
    :param cost: values of journal items that book the cost of what stays
    :param lots: [id of the stock move, id of the lot, quantity in the product's unit],
        where a person named them
    """

    moves: list = field(default_factory=list)
    goods: list = field(default_factory=list)
    open: bool = False
    cost: list = field(default_factory=list)
    lots: list = field(default_factory=list)

    @property
    def quantities(self):
        """{id of the stock move: quantity in its unit}"""
        return dict(self.moves)

    def to_json(self):
        data = {"moves": self.moves, "goods": self.goods}
        if self.open:
            data["open"] = True
        if self.cost:
            data["cost"] = self.cost
        if self.lots:
            data["lots"] = self.lots
        return data


@dataclass
class CancelTransferData(StepData):
    """`cancel` of a transfer that was not carried out yet.

    :param whole: all of it; else other orders keep their moves in it
    :param move_ids: ids of the stock moves of this order
    :param back: they bring goods back from the customer
    """

    whole: bool = False
    move_ids: list = field(default_factory=list)
    back: bool = False
