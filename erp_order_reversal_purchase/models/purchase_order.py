from odoo import api, models

UNKNOWN_TO_VENDOR = ("draft",)


class PurchaseOrder(models.Model):
    """What was ordered from a vendor for an order that is taken back."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "order.reversal.mixin"]

    def _reversal_foreign(self, plan):
        """Whether it also buys what these orders did not ask for."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        return bool(
            lines - lines.filtered(lambda line: line._reversal_bought_for(plan))
        )

    def _reversal_findings(self, plan):
        """Say of each that stays that it stays, and who is told."""
        super()._reversal_findings(plan)
        states = dict(self._fields["state"]._description_selection(self.env))
        for purchase in self - self._reversal_cancellable(plan):
            plan.warn(
                "purchase_stays",
                self.env._(
                    "%(purchase)s (%(state)s) was made for %(orders)s and stays.",
                    purchase=purchase.display_name,
                    state=states[purchase.state],
                    orders=", ".join(
                        (
                            purchase._get_sale_orders() & plan.records("sale.order")
                        ).mapped("name")
                    ),
                ),
                purchase,
                remedy=self.env._(
                    "Its buyer is told, and decides about it with the vendor."
                ),
            )
        return plan

    def _reversal_cancellable(self, plan):
        """Those that no vendor knows of, and that buy for these orders alone."""
        return self.filtered(
            lambda purchase: purchase.state in UNKNOWN_TO_VENDOR
            and not purchase.locked
            and not purchase._reversal_foreign(plan)
        )

    def _reversal_steps(self, plan):
        """One step for each request for quotation that is cancelled along."""
        super()._reversal_steps(plan)
        for purchase in self._reversal_cancellable(plan):
            plan.add_step(
                purchase,
                "cancel_purchase",
                self.env._("Cancelled"),
                why=self.env._(
                    "It was made for this order, and no vendor knows of it."
                ),
                amount=purchase.amount_total,
                currency_id=purchase.currency_id.id,
            )
        return plan

    def _reversal_fingerprint(self):
        return {"state": self.state, "amount_total": self.amount_total}

    # ------------------------------------------------------------------
    # The operation, and back
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_cancel_purchase(self, steps):
        """Cancel requests for quotation (`purchase.order.button_cancel`)."""
        # sudo: a salesperson cancels what the order made by itself, as sudo too
        # (`sale_purchase`); that no vendor knows of it was planned under lock.
        purchases = steps._get_document().sudo()
        purchases._reversal_acted(purchases.button_cancel(), "cancel")
        steps._set_result()

    def _reversal_check_cancel_purchase(self, step, books):
        """:return: list of str; later its buyer may have opened it again"""
        # sudo: the state alone.
        if books.fresh and step._get_document().sudo().state != "cancel":
            return [self.env._("%s is not cancelled.", step.res_name)]
        return []

    def _reversal_obstacles_cancel_purchase(self, step, plan):
        """Nothing stands against opening it again; opened by others, it stays so."""

    @api.private
    def _reversal_apply_reopen_purchase(self, steps):
        """Make them requests for quotation again, where they are still cancelled."""
        # sudo: as for cancelling it.
        purchases = steps._get_document().sudo()
        closed = purchases.filtered(lambda purchase: purchase.state == "cancel")
        closed.button_draft()
        steps._set_result()

    def _reversal_check_reopen_purchase(self, step, books):
        """:return: list of str"""
        # sudo: the state alone.
        if books.fresh and step._get_document().sudo().state == "cancel":
            return [self.env._("%s is still cancelled.", step.res_name)]
        return []


class PurchaseOrderLine(models.Model):
    """What a sales order asked for."""

    _inherit = "purchase.order.line"

    def _reversal_bought_for(self, plan):
        """Whether it was bought for an order of the plan."""
        self.ensure_one()
        return bool(self.sale_order_id & plan.records("sale.order"))
