from odoo import api, fields, models

from odoo.addons.erp_order_reversal.plan import Operation

PURCHASE = "purchase.order"


class OrderReversal(models.Model):
    """Buyers are told."""

    _inherit = "order.reversal"

    def _hook_if_success(self):
        """Override to tell the buyers of purchases that stay.

        The host tells of services alone (`sale_purchase`), of which it is not repeated.
        """
        result = super()._hook_if_success()
        for reversal in self.filtered(lambda r: r.scope in ("draft", "cancel")):
            if reversal.restores_id:
                continue
            orders = reversal.step_ids._get_orders()
            # sudo: to tell somebody else; nothing of the purchase is changed.
            lines = orders.sudo().order_line.purchase_line_ids
            lines = lines.filtered(lambda line: line.state != "cancel")
            if reversal.scope == "cancel":
                lines -= lines.filtered("product_id.service_to_purchase")
            for purchase in lines.order_id:
                purchase.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=purchase.user_id.id or self.env.uid,
                    summary=self.env._("What it was made for is taken back"),
                    note=f"{reversal.name}: {', '.join(orders.mapped('name'))}",
                )
        return result


class OrderReversalStep(models.Model):
    """Steps about purchases."""

    _inherit = "order.reversal.step"

    operation = fields.Selection(
        selection_add=[
            ("cancel_purchase", "Cancel the request for quotation"),
            ("reopen_purchase", "Open the request for quotation again"),
        ],
        ondelete={"cancel_purchase": "cascade", "reopen_purchase": "cascade"},
    )
    kind = fields.Selection(selection_add=[("purchase", "Purchase")])

    @api.model
    def _get_operation_rows(self):
        """Add what becomes of purchases: after the order, which tells of them."""
        return super()._get_operation_rows() + [
            Operation("cancel_purchase", 94, (PURCHASE,), "reopen_purchase"),
            Operation("reopen_purchase", 206, (PURCHASE,)),
        ]

    @api.depends("res_model")
    def _compute_kind(self):
        purchases = self.filtered(lambda step: step.res_model == PURCHASE)
        purchases.kind = "purchase"
        return super(OrderReversalStep, self - purchases)._compute_kind()
