from odoo import api, fields, models

from odoo.addons.erp_order_reversal.plan import Operation

from ..const import DELIVERY_METHODS
from ..values import CancelTransferData, GoodsData

PICKING = "stock.picking"
WAREHOUSE = "stock.group_stock_user"


class OrderReversalStep(models.Model):
    """Steps about goods."""

    _inherit = "order.reversal.step"

    operation = fields.Selection(
        selection_add=[
            ("void_payment",),
            ("return", "Receive back"),
            ("trim",),
            ("cancel",),
            ("keep", "Keep with the customer"),
            ("request_return", "Ask for the return"),
            ("lower",),
            ("draft",),
            ("unrequest", "Its return is not asked for any more"),
            ("unkeep", "Its cost is back on the invoice"),
            ("redeliver", "To be delivered again, by a new transfer"),
        ],
        # Steps about goods go with the addon that understands them; the audit log
        # keeps what they did.
        ondelete=dict.fromkeys(
            (
                "return",
                "request_return",
                "keep",
                "unrequest",
                "unkeep",
                "redeliver",
            ),
            "cascade",
        ),
    )
    kind = fields.Selection(selection_add=[("picking", "Transfer")])
    delivery_method = fields.Selection(
        DELIVERY_METHODS,
        override=True,
    )

    @api.model
    def _get_operation_rows(self):
        """Add what can be done with goods.

        They are received before the credit note is posted, so that their cost follows
        them. A return is asked for after the order was cancelled: the host cancels
        open transfers of an order along with it.
        """
        rows = [
            row.on(PICKING) if row.key in ("cancel", "confirm") else row
            for row in super()._get_operation_rows()
        ]
        return rows + [
            Operation("return", 35, (PICKING,), "redeliver", right=WAREHOUSE),
            Operation("keep", 95, (PICKING,), "unkeep"),
            Operation("request_return", 97, (PICKING,), "unrequest", right=WAREHOUSE),
            Operation("unrequest", 203, (PICKING,)),
            Operation("unkeep", 205, (PICKING,)),
            Operation("redeliver", 265, (PICKING,)),
        ]

    @api.depends("res_model")
    def _compute_kind(self):
        pickings = self.filtered(lambda step: step.res_model == "stock.picking")
        pickings.kind = "picking"
        return super(OrderReversalStep, self - pickings)._compute_kind()

    @api.depends("res_model", "res_id", "operation")
    def _compute_can_choose(self):
        pickings = self.filtered(lambda step: step.res_model == "stock.picking")
        for step in pickings:
            step.can_choose = not step.origin_id and (
                step.operation != "cancel" or step._brings_back()
            )
        return super(OrderReversalStep, self - pickings)._compute_can_choose()

    # ------------------------------------------------------------------
    # What a step kept from the customer
    # ------------------------------------------------------------------

    def _get_kept_back(self):
        """Goods of an order that this step kept from the customer or took back.

        :return: list of (move, quantity in its unit)
        """
        self.ensure_one()
        moves = self.env["stock.move"]
        if self.operation == "cancel":
            found = [
                (move, move.product_uom_qty)
                for move in self._get_moved()
                if not move._reversal_comes_back()
            ]
        else:
            found = [
                (move, quantity)
                for move_id, quantity in GoodsData.from_json(self.data).moves
                for move in moves.browse(move_id).exists()
                if self.operation == "return" or not move._reversal_goes_out()
            ]
        return [(move, quantity) for move, quantity in found if move.sale_line_id]

    def _get_moved(self):
        """The stock moves of these steps, as far as they still exist."""
        ids = []
        for step in self:
            ids += CancelTransferData.from_json(step.data).move_ids
            ids += GoodsData.from_json(step.data).quantities
        return self.env["stock.move"].browse(ids).exists()

    def _brings_back(self):
        """Whether what this step cancels would bring goods back from the customer."""
        self.ensure_one()
        return CancelTransferData.from_json(self.data).back

    def _asks_for_return(self):
        """Whether the warehouse was asked to receive goods from the customer."""
        self.ensure_one()
        asked = self.operation == "request_return"
        is_open = GoodsData.from_json(self.data).open
        return asked and not is_open and self._is_of_customer()

    def _is_of_customer(self):
        """Whether the goods of this step had left for the customer."""
        return any(move._reversal_goes_out() for move in self._get_moved())

    def _moves_goods(self):
        """Whether a return is made or received, or asked for again."""
        self.ensure_one()
        if self.operation in self._select_by_right(WAREHOUSE):
            return not GoodsData.from_json(self.data).open
        asked = self.origin_id if self.operation == "confirm" else self.browse()
        return asked.res_model == PICKING and asked._brings_back()
