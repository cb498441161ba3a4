from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class PosOrder(models.Model):
    """An order of the till that sold what is taken back.

    Where its till is open, it is taken back there, by a refund order that gives the
    money back the way it came in; else it stands against the reversal.
    """

    _name = "pos.order"
    _inherit = ["pos.order", "order.reversal.mixin"]

    def _reversal_name(self):
        """Override: what the cashier knows it by."""
        self.ensure_one()
        return self.pos_reference or self.name

    def _reversal_label(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        if self.lines and not self.lines._reversal_standing():
            return self.env._("Refunded at the till")
        return states[self.state]

    def _reversal_fingerprint(self):
        return {"paid_at_till": self.amount_paid, "till_state": self.state}

    @api.private
    def _reversal_origins(self):
        return [self.lines.sale_order_origin_id]

    def _reversal_findings(self, plan):
        """Override: what can't be refunded by itself is refunded by a cashier first."""
        super()._reversal_findings(plan)
        for order in self:
            if obstacle := order._reversal_till_obstacle(plan):
                order._reversal_block(plan, order, obstacle)
            else:
                plan.warn(
                    "refunded_at_till",
                    self.env._(
                        "%(pos_order)s is paid back in the session %(session)s of "
                        "%(till)s: %(amounts)s.",
                        pos_order=order._reversal_name(),
                        session=order._reversal_open_session().display_name,
                        till=order.config_id.display_name,
                        amounts=", ".join(
                            f"{method.name} {order.currency_id.format(amount)}"
                            for method, amount in order._reversal_paid_by().items()
                        ),
                    ),
                    order,
                    remedy=self.env._("Give the money back, and tell the cashier."),
                )
        return plan

    def _reversal_open_session(self):
        """The session of its till that is open: `pos.session`."""
        session = self.config_id.current_session_id
        return session.filtered(lambda found: found.state == "opened")

    def _reversal_paid_by(self):
        """What came in by which payment method: {`pos.payment.method`: amount}."""
        amounts = {}
        for payment in self.payment_ids:
            method = payment.payment_method_id
            amounts[method] = amounts.get(method, 0.0) + payment.amount
        return amounts

    def _reversal_till_obstacle(self, plan):
        """Why no refund order can take it back; empty if one can.

        :return: str
        """
        self.ensure_one()
        orders = self.lines.sale_order_origin_id
        if plan.part is not None:
            return self.env._("Only a part is taken back.")
        if not self._reversal_open_session():
            return self.env._("The till is closed.")
        if self.lines.filtered(lambda line: not line.sale_order_origin_id) or (
            orders - plan.records("sale.order")
        ):
            return self.env._("It sold something else, too.")
        if self.lines.refund_orderline_ids:
            return self.env._("Some of it was refunded already.")
        methods = self.payment_ids.payment_method_id
        if not methods or methods.filtered("use_payment_terminal"):
            return self.env._("A payment terminal has to pay it back.")
        if methods - self._reversal_open_session().payment_method_ids:
            return self.env._("The till no longer takes what it was paid with.")
        return ""

    def _reversal_block(self, plan, record, obstacle=""):
        """Add the blocker that names this order.

        :param Plan plan: the working paper
        :param record: the order or invoice that the till took
        :param str obstacle: why it can't be refunded along
        """
        self.ensure_one()
        state = dict(self._fields["state"]._description_selection(self.env))
        orders = self.lines.sale_order_origin_id & plan.records("sale.order")
        document = orders[:1] if record == self else record
        message = self.env._(
            "%(document)s was paid at the till, with %(pos_order)s (%(state)s) of "
            "%(till)s.",
            document=document.display_name,
            pos_order=self._reversal_name(),
            state=state[self.state],
            till=self.config_id.display_name,
        )
        plan.block(
            "paid_at_till",
            f"{message} {obstacle}".strip(),
            record,
            remedy=self.env._(
                "Refund %s at the till first, in an open session.",
                self._reversal_name(),
            ),
            who=self.env._("A cashier may do that."),
        )

    def _reversal_steps(self, plan):
        """Override: one refund order for each."""
        super()._reversal_steps(plan)
        for order in self:
            if not order._reversal_till_obstacle(plan):
                plan.add_step(
                    order,
                    "refund_at_till",
                    self.env._("Paid back at the till"),
                    why=self.env._("Its till is open."),
                    amount=order.amount_paid,
                    currency_id=order.currency_id.id,
                )
        return plan

    # ------------------------------------------------------------------
    # The operation
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_refund_at_till(self, steps):
        """Refund at the till, as *Return Products* and its payment do there.

        With the rights of whoever carries it out: a cashier's. Rule:
        `pos.make.payment.check`.
        """
        for step in steps:
            order = step._get_document()
            refund = order._refund()
            refund.to_invoice = bool(order.account_move)
            for method, amount in order._reversal_paid_by().items():
                refund.add_payment(
                    {
                        "pos_order_id": refund.id,
                        "amount": -amount,
                        "payment_method_id": method.id,
                    }
                )
            refund._process_saved_order(False)
            step._set_result(refund)

    def _reversal_check_refund_at_till(self, step, books):
        """:return: list of str"""
        # sudo: the state alone.
        refund = self.sudo().browse(step.result_id).exists()
        if refund.state not in ("paid", "done"):
            return [self.env._("%s is not paid back at the till.", step.res_name)]
        return []

    def _reversal_obstacles_refund_at_till(self, step, plan):
        """The money left the till."""
        plan.block(
            "left_the_till",
            self.env._("%s was paid back at the till.", step.res_name),
            self,
            remedy=self.env._("Sell it again at the till."),
        )

    @api.private
    def _reversal_apply_sell_at_till(self, steps):
        """Never: see `_reversal_obstacles_refund_at_till`.

        :raise UserError: always
        """
        raise UserError(self.env._("Sell it again at the till."))

    def _reversal_check_sell_at_till(self, step, books):
        """:return: list of str"""
        return [self.env._("%s is not sold again.", step.res_name)]


class PosOrderLine(models.Model):
    """Lines of the till that settled a sales order."""

    _inherit = "pos.order.line"

    def _reversal_standing(self):
        """Those of paid orders that no refund at the till took back.

        :return: `pos.order.line`
        """
        return self.filtered(
            lambda line: line.order_id.state in ("paid", "done")
            and not line.refunded_orderline_id
            and float_compare(
                line.qty
                + sum(
                    refund.qty
                    for refund in line.refund_orderline_ids
                    if refund.order_id.state not in ("draft", "cancel")
                ),
                0.0,
                precision_digits=4,
            )
            > 0
        )
