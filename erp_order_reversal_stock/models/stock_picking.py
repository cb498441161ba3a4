from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list
from odoo.tools.misc import formatLang

from ..const import DEFAULT_METHOD


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "order.reversal.mixin"]

    reversal_count = fields.Integer(compute="_compute_reversal_count")

    def _compute_reversal_count(self):
        counts = self._reversal_counts()
        for picking in self:
            picking.reversal_count = counts.get(picking.id, 0)

    def action_open_reversal(self):
        """A transfer is taken back along with its order."""
        if not self.sale_id:
            raise UserError(
                self.env._(
                    "%s belongs to no sales order. Return its goods with the button "
                    "“Return” of the transfer.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        return self.sale_id.action_open_reversal()

    def action_cancel(self):
        """Override of `stock` to let live what a reversal keeps.

        The set comes from `sale.order._reversal_apply_cancel` alone: no client can
        send a frozenset.
        """
        kept = self.env.context.get("order_reversal_kept_pickings")
        if isinstance(kept, frozenset):
            kept = self.browse(kept) & self
            return super(StockPicking, self - kept).action_cancel()
        return super().action_cancel()

    # ------------------------------------------------------------------
    # Answers to a reversal
    # ------------------------------------------------------------------

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        own = self.move_ids.filtered(lambda move: move._reversal_belongs_to(plan))
        outstanding = own._reversal_outstanding()
        for picking in self.sorted("id"):
            moves = picking.move_ids & own
            if picking.state == "done":
                picking._reversal_plan_done(plan, moves, outstanding)
            elif picking.state != "cancel":
                picking._reversal_plan_open(plan, moves)
        self._reversal_plan_costs(plan, outstanding)
        self._reversal_report_uncounted(plan, own)
        return plan

    def _reversal_method(self, plan):
        method = plan.method(self, "delivery_method")
        return DEFAULT_METHOD if method == "auto" else method

    def _reversal_own_method(self, plan):
        own = plan.reversal._get_overrides().get((self._name, self.id), {})
        return own.get("delivery_method") or False

    # ------------------------------------------------------------------
    # Plan: what was done
    # ------------------------------------------------------------------

    def _reversal_plan_done(self, plan, moves, outstanding):
        """What becomes of goods that this transfer delivered, or picked."""
        self.ensure_one()
        delivered, staged = {}, {}
        for move in moves:
            quantity = outstanding.get(move, 0.0) - move._reversal_covered(plan)
            if move.product_uom.compare(quantity, 0.0) > 0:
                target = delivered if move._reversal_goes_out() else staged
                target[move] = quantity
        if delivered:
            self._reversal_plan_delivered(plan, delivered)
        if staged:
            self._reversal_plan_staged(plan, staged)

    def _reversal_plan_delivered(self, plan, quantities):
        method = self._reversal_method(plan)
        goods = self._reversal_goods_text(quantities)
        if method != "keep":
            self._reversal_block_locked(plan)
        if method == "return":
            self._reversal_block_dropship(plan, quantities)
            outcome = self.env._("Received back now: %s", goods)
            why = self.env._(
                "Goods are received before the invoice is taken back, so that their "
                "cost follows them."
            )
        elif method == "keep":
            outcome = self.env._("Stay with the customer: %s", goods)
            why = self.env._("Nothing moves: what was delivered stays delivered.")
            self._reversal_warn_kept(plan, goods)
        else:
            outcome = self.env._("The warehouse is asked to receive: %s", goods)
            why = self.env._(
                "Nobody said that the goods are back. An open return is made after the "
                "order is cancelled; they count as back when the warehouse receives "
                "them."
            )
        self._reversal_add_goods_step(plan, method, outcome, why, quantities)

    def _reversal_plan_staged(self, plan, quantities):
        """Goods that were taken out of stock and not shipped are put back."""
        self._reversal_block_locked(plan)
        goods = self._reversal_goods_text(quantities)
        place = ", ".join({move.location_dest_id.display_name for move in quantities})
        if self._reversal_method(plan) == "return":
            operation = "return"
            outcome = self.env._(
                "Put back from %(place)s: %(goods)s", place=place, goods=goods
            )
        else:
            operation = "request_return"
            outcome = self.env._(
                "The warehouse is asked to put back from %(place)s: %(goods)s",
                place=place,
                goods=goods,
            )
        why = self.env._("They were picked, and never left the warehouse.")
        self._reversal_add_goods_step(plan, operation, outcome, why, quantities)

    def _reversal_add_goods_step(self, plan, operation, outcome, why, quantities):
        plan.add_step(
            self,
            operation,
            outcome,
            why=why,
            delivery_method=self._reversal_own_method(plan),
            data={
                "moves": [[move.id, quantity] for move, quantity in quantities.items()],
                "goods": self._reversal_goods(quantities),
            },
        )

    def _reversal_goods(self, quantities):
        """[[product, quantity, unit]] in words and numbers, one row a product."""
        sums = {}
        for move, quantity in quantities.items():
            unit = move.product_id.uom_id
            sums[move.product_id] = sums.get(move.product_id, 0.0) + (
                move.product_uom._compute_quantity(quantity, unit)
            )
        return [
            [product.display_name, product.uom_id.round(quantity), product.uom_id.name]
            for product, quantity in sums.items()
        ]

    def _reversal_goods_text(self, quantities):
        return format_list(
            self.env,
            [
                f"{formatLang(self.env, quantity, dp='Product Unit')} {unit} {name}"
                for name, quantity, unit in self._reversal_goods(quantities)
            ],
        )

    # ------------------------------------------------------------------
    # Plan: what is open
    # ------------------------------------------------------------------

    def _reversal_plan_open(self, plan, moves):
        """An open transfer: a delivery, a return, or the storing of a return."""
        self.ensure_one()
        todo = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        back = todo.filtered(lambda move: move._reversal_comes_back())
        if not back and any(move._reversal_follows_return() for move in todo):
            plan.inform(
                "return_on_its_way",
                self.env._(
                    "%s stores goods that came back already. It stays as it is.",
                    self.name,
                ),
                self,
            )
            return
        method = self._reversal_method(plan)
        if back and method != "keep":
            self._reversal_plan_open_return(plan, back, method)
            return
        if todo:
            self._reversal_plan_cancel(plan, todo, back)

    def _reversal_plan_open_return(self, plan, moves, method):
        """A return that the warehouse has open already is taken as it is."""
        quantities = {move: move.product_uom_qty for move in moves}
        goods = self._reversal_goods_text(quantities)
        if method == "return":
            self._reversal_block_locked(plan)
            outcome = self.env._("Received now: %s", goods)
        else:
            outcome = self.env._("Stays open for the warehouse: %s", goods)
        plan.add_step(
            self,
            method,
            outcome,
            why=self.env._("It is a return of this order that is open already."),
            delivery_method=self._reversal_own_method(plan),
            data={
                "open": True,
                "moves": [[move.id, quantity] for move, quantity in quantities.items()],
                "goods": self._reversal_goods(quantities),
            },
        )

    def _reversal_plan_cancel(self, plan, moves, back):
        """What was not delivered yet is not delivered any more."""
        others = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move not in moves
        )
        if back:
            why = self.env._("The goods stay with the customer.")
        else:
            why = self.env._("Nothing of it was delivered.")
        if others:
            outcome = self.env._("Loses the goods of this order")
            why = self.env._(
                "It also moves goods of %s.",
                ", ".join(others.sale_line_id.order_id.mapped("name"))
                or self.env._("others"),
            )
        else:
            outcome = self.env._("Cancelled")
        if self._is_date_in_lock_period():
            self._reversal_block_locked(plan)
        plan.add_step(
            self,
            "cancel",
            outcome,
            why=why,
            delivery_method=self._reversal_own_method(plan),
            data={"whole": not others, "move_ids": moves.ids, "back": bool(back)},
        )

    # ------------------------------------------------------------------
    # Findings
    # ------------------------------------------------------------------

    def _reversal_block_locked(self, plan):
        """Goods can't move on a day of a locked fiscal period."""
        locks = self.company_id._reversal_locks_goods()
        if locks:
            plan.block(
                "stock_period_locked",
                self.env._(
                    "Goods of %(picking)s can't be moved: the fiscal period is locked "
                    "until %(date)s.",
                    picking=self.name,
                    date=format_date(self.env, max(lock[0] for lock in locks)),
                ),
                self,
                remedy=self.env._(
                    "Let the goods stay with the customer, or wait until the period is "
                    "open."
                ),
                who=self.env._("An accounting administrator may open the period."),
            )

    def _reversal_block_dropship(self, plan, quantities):
        if any(move._is_dropshipped() for move in quantities):
            plan.block(
                "dropshipped",
                self.env._(
                    "%s was shipped by the vendor: its goods never were in a warehouse "
                    "that could receive them now.",
                    self.name,
                ),
                self,
                remedy=self.env._(
                    "Ask for the return, or let the goods stay with the customer."
                ),
            )

    def _reversal_warn_kept(self, plan, goods):
        reconfirmed = plan.reversal.scope == "draft"
        plan.warn(
            "goods_kept",
            self.env._(
                "%(picking)s: %(goods)s stay with the customer without an invoice.",
                picking=self.name,
                goods=goods,
            ),
            self,
            remedy=self.env._(
                "Confirm the quotation again and invoice it: what was delivered is not "
                "delivered twice."
            )
            if reconfirmed
            else self.env._("Agree with the customer on what becomes of them."),
        )

    def _reversal_report_uncounted(self, plan, moves):
        """Returns that were told not to lower the delivered quantity."""
        uncounted = moves.filtered(
            lambda move: move.state == "done"
            and move._reversal_comes_back()
            and not move.to_refund
        )
        for picking in uncounted.picking_id:
            plan.warn(
                "return_not_counted",
                self.env._(
                    "%s brought goods back without lowering the delivered quantity; "
                    "the order keeps showing them as delivered.",
                    picking.name,
                ),
                picking,
                remedy=self.env._("Nothing is left to return, nothing has to be done."),
            )

    def _reversal_fingerprint(self):
        return {
            # Not “state”: a restored order gets new transfers for cancelled ones.
            "status": self.state,
            "moves": [
                [
                    move.id,
                    move.product_id.id,
                    move.state,
                    move.product_uom_qty,
                    move.quantity,
                    sorted(move.move_line_ids.lot_id.ids),
                ]
                for move in self.move_ids.sorted("id")
            ],
        }
