from odoo import models
from odoo.tools import SQL


class OrderReversalReport(models.Model):
    """What the query knows of a reversal's documents, each as a subquery of it."""

    _inherit = "order.reversal.report"

    def _get_documents(self):
        """The first invoice, and what was done: one row a reversal.

        A payment alone is taken off an invoice that has no step of its own.
        """
        return SQL(
            """SELECT COALESCE(
                          MIN(step.res_id) FILTER (
                              WHERE step.res_model = 'account.move'),
                          MIN((step.data #>> '{releases,0,invoice_id}')::int) FILTER (
                              WHERE step.res_model = 'account.payment')) AS move_id,
                      COUNT(DISTINCT step.res_id) FILTER (
                          WHERE step.operation IN ('credit', 'void')
                            AND step.res_model = 'account.move') AS invoices,
                      COALESCE(BOOL_OR(step.operation = 'credit'), FALSE) AS credits,
                      COALESCE(BOOL_OR(step.operation = 'void'), FALSE) AS voids,
                      COALESCE(BOOL_OR(step.operation = 'void_payment'), FALSE)
                          AS voids_payment,
                      COALESCE(BOOL_OR(step.operation = 'refund'), FALSE) AS refunds,
                      COALESCE(BOOL_OR(step.operation = 'release'), FALSE) AS releases,
                      COALESCE(MAX(payment.date), MAX(invoice.invoice_date))
                          AS settled_on
                 FROM order_reversal_step step
            LEFT JOIN account_payment payment
                   ON step.res_model = 'account.payment' AND payment.id = step.res_id
            LEFT JOIN account_move invoice
                   ON step.res_model = 'account.move' AND invoice.id = step.res_id
                WHERE step.reversal_id = reversal.id"""
        )

    def _get_order(self):
        """The first order on the first invoice."""
        return SQL(
            """SELECT MIN(order_line.order_id)
                 FROM account_move_line item
                 JOIN sale_order_line_invoice_rel link
                   ON link.invoice_line_id = item.id
                 JOIN sale_order_line order_line ON order_line.id = link.order_line_id
                WHERE item.move_id = done.move_id"""
        )

    def _get_lines(self):
        """Products with what they weigh in the reversal's amounts: at least one row."""
        return SQL(
            """SELECT product_id, quantity, number, count,
                      CASE WHEN whole = 0 THEN number ELSE upto END AS upto,
                      CASE WHEN whole = 0 THEN number - 1 ELSE upto - weight END
                          AS before,
                      CASE WHEN whole = 0 THEN count ELSE whole END AS whole
                 FROM (SELECT product_id, SUM(quantity) AS quantity,
                              SUM(weight) AS weight,
                              SUM(SUM(weight)) OVER (
                                  ORDER BY product_id NULLS LAST) AS upto,
                              SUM(SUM(weight)) OVER () AS whole,
                              ROW_NUMBER() OVER (
                                  ORDER BY product_id NULLS LAST) AS number,
                              COUNT(*) OVER () AS count
                         FROM (SELECT source.*, MIN(rank) OVER () AS best
                                 FROM (%s) source) sources
                        WHERE rank = best
                     GROUP BY product_id) product""",
            SQL(" UNION ALL ").join(self._get_sources()),
        )

    def _get_sources(self):
        """Where the products are found; the first of these that has any counts.

        :return: list of SQL, each with the columns rank, product_id, weight, quantity
        """
        return [
            self._get_lines_of_entries(),
            self._get_lines_of_part(),
            self._get_lines_of_order(),
            SQL("SELECT 9, NULL::int, 1::numeric, NULL::numeric"),
        ]

    def _get_lines_of_entries(self):
        """Of the credit notes that were made, and of the entries that were voided."""
        return SQL(
            """SELECT 1 AS rank, item.product_id,
                      item.price_total * COALESCE(ABS(
                          item.balance / NULLIF(item.amount_currency, 0)), 1) AS weight,
                      item.quantity * COALESCE(unit.factor / NULLIF(own.factor, 0), 1)
                          AS quantity
                 FROM order_reversal_step step
                 JOIN account_move_line item
                   ON item.move_id = CASE step.operation
                      WHEN 'credit' THEN step.result_id ELSE step.res_id END
                  AND item.display_type = 'product'
            LEFT JOIN product_product variant ON variant.id = item.product_id
            LEFT JOIN product_template model ON model.id = variant.product_tmpl_id
            LEFT JOIN uom_uom unit ON unit.id = item.product_uom_id
            LEFT JOIN uom_uom own ON own.id = model.uom_id
                WHERE step.reversal_id = reversal.id AND step.done
                  AND (step.operation = 'void' AND step.res_model = 'account.move'
                    OR step.operation = 'credit'
                   AND step.result_model = 'account.move')"""
        )

    def _get_lines_of_part(self):
        """Of a part that was asked for, of an order or of an invoice."""
        return SQL(
            """SELECT 2, COALESCE(order_line.product_id, item.product_id),
                      CASE WHEN part.amount > 0 THEN part.amount
                      ELSE part.quantity * COALESCE(
                          order_line.price_total / NULLIF(
                              order_line.product_uom_qty, 0),
                          item.price_total / NULLIF(item.quantity, 0), 0) END,
                      part.quantity * COALESCE(unit.factor / NULLIF(own.factor, 0), 1)
                 FROM order_reversal_line part
            LEFT JOIN sale_order_line order_line ON order_line.id = part.order_line_id
            LEFT JOIN account_move_line item ON item.id = part.move_line_id
            LEFT JOIN product_product variant ON variant.id =
                      COALESCE(order_line.product_id, item.product_id)
            LEFT JOIN product_template model ON model.id = variant.product_tmpl_id
            LEFT JOIN uom_uom unit ON unit.id =
                      COALESCE(order_line.product_uom_id, item.product_uom_id)
            LEFT JOIN uom_uom own ON own.id = model.uom_id
                WHERE part.reversal_id = reversal.id"""
        )

    def _get_lines_of_order(self):
        """Of the order, where no invoice of it was taken back, or not yet."""
        return SQL(
            """SELECT 3, order_line.product_id, order_line.price_total,
                      order_line.product_uom_qty
                          * COALESCE(unit.factor / NULLIF(own.factor, 0), 1)
                 FROM sale_order_line order_line
            LEFT JOIN product_product variant ON variant.id = order_line.product_id
            LEFT JOIN product_template model ON model.id = variant.product_tmpl_id
            LEFT JOIN uom_uom unit ON unit.id = order_line.product_uom_id
            LEFT JOIN uom_uom own ON own.id = model.uom_id
                WHERE order_line.order_id = sale.id
                  AND order_line.display_type IS NULL"""
        )

    def _get_settled_again(self):
        """When: by a settlement, or by the last match of an invoice of the order."""
        return SQL(
            """SELECT COALESCE(
                   (SELECT MIN(settlement.done_on)
                      FROM order_settlement settlement
                     WHERE settlement.reversal_id = reversal.id
                       AND settlement.state = 'done'),
                   (SELECT MAX(match.create_date)
                      FROM sale_order_line order_line
                      JOIN sale_order_line_invoice_rel link
                        ON link.order_line_id = order_line.id
                      JOIN account_move_line item ON item.id = link.invoice_line_id
                      JOIN account_move invoice ON invoice.id = item.move_id
                       AND invoice.state = 'posted'
                       AND invoice.move_type = 'out_invoice'
                      JOIN account_move_line owed ON owed.move_id = invoice.id
                      JOIN account_partial_reconcile match
                        ON match.debit_move_id = owed.id
                       AND match.create_date > reversal.done_on
                     WHERE order_line.order_id = COALESCE(
                               reversal.replacement_id, sale.id))
               ) AS settled_on"""
        )

    def _get_posted(self):
        """Invoices that a company posted in a month, those voided since among them."""
        return SQL(
            """SELECT company_id, DATE_TRUNC('month', date) AS month,
                      COUNT(*) AS posted
                 FROM account_move
                WHERE posted_before AND move_type IN ('out_invoice', 'out_receipt')
             GROUP BY company_id, DATE_TRUNC('month', date)"""
        )
