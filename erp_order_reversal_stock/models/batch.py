from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.erp_order_reversal.models.order_reversal_batch.record import (
    OrderReversalBatch as Base,
)

from ..const import DEFAULT_METHOD, DELIVERY_METHODS


class OrderReversalBatch(models.Model):
    """What becomes of the goods of many orders."""

    _inherit = "order.reversal.batch"

    _request_fields = Base._request_fields | {"delivery_method"}

    delivery_method = fields.Selection(DELIVERY_METHODS, default=DEFAULT_METHOD)

    @api.depends("delivery_method")
    def _compute_assessment(self):
        return super()._compute_assessment()

    def _moves_goods(self):
        """Whether returns are made, of orders that delivered something."""
        self.ensure_one()
        return self.scope in ("draft", "cancel") and self.delivery_method != "keep"

    def _find_approvals(self, records, amounts):
        found = super()._find_approvals(records, amounts)
        if self._moves_goods() and not self.env["order.reversal"]._may_move_goods():
            found |= records._reversal_bulk_delivered()
        return found

    @api.model
    def _get_code_labels(self):
        return {
            **super()._get_code_labels(),
            "stock_period_locked": self.env._(
                "Goods can't move, because the fiscal period is locked: let them stay "
                "with the customer."
            ),
            "dropshipped": self.env._(
                "Shipped by the vendor: ask for the return, or let the goods stay with "
                "the customer."
            ),
        }


class OrderReversalMixin(models.AbstractModel):
    _inherit = "order.reversal.mixin"

    def _reversal_bulk_findings(self, batch):
        findings, amounts = super()._reversal_bulk_findings(batch)
        if batch._moves_goods():
            # sudo: the companies of documents that the user may read.
            companies = self.sudo().company_id.filtered(
                lambda company: company._reversal_locks_goods()
            )
            if companies:
                locked = self.sudo().filtered(lambda r: r.company_id in companies)
                findings["stock_period_locked"] = locked._reversal_bulk_delivered()
        return findings, amounts

    def _reversal_bulk_delivered(self):
        """Which of these documents belong to orders that delivered something.

        :return: set of ids
        """
        return self._reversal_bulk_ids(
            SQL(
                """SELECT DISTINCT roots.root
                     FROM (%s) roots
                     JOIN account_move_line line ON line.move_id = roots.move
                     JOIN sale_order_line_invoice_rel rel
                       ON rel.invoice_line_id = line.id
                     JOIN sale_order_line own ON own.id = rel.order_line_id
                     JOIN sale_order_line sol ON sol.order_id = own.order_id
                    WHERE sol.qty_delivered_method = 'stock_move'
                      AND sol.qty_delivered > 0""",
                self._reversal_bulk_sql(),
            )
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _reversal_bulk_delivered(self):
        """Of orders, without going by their invoices."""
        return self._reversal_bulk_ids(
            SQL(
                """SELECT DISTINCT order_id FROM sale_order_line
                    WHERE order_id = ANY(%s) AND qty_delivered_method = 'stock_move'
                      AND qty_delivered > 0""",
                self.ids,
            )
        )
