from odoo import api, models

# How much of the past is looked at: so many of the last ones, of two years.
# (line, number, smallest, largest): prices in the company's currency, for one of the
# unit with the factor 1
PRODUCT_HISTORY = """
    SELECT item.id, past.number, past.smallest, past.largest,
           item.price_unit / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
               / COALESCE(NULLIF(uom.factor, 0), 1)
      FROM account_move_line item
      JOIN account_move move ON move.id = item.move_id
 LEFT JOIN uom_uom uom ON uom.id = item.product_uom_id
      JOIN LATERAL (
               SELECT COUNT(*) AS number, MIN(price) AS smallest, MAX(price) AS largest
                 FROM (SELECT other.price_unit
                              / COALESCE(NULLIF(earlier.invoice_currency_rate, 0), 1)
                              / COALESCE(NULLIF(unit.factor, 0), 1) AS price
                         FROM account_move_line other
                         JOIN account_move earlier ON earlier.id = other.move_id
                    LEFT JOIN uom_uom unit ON unit.id = other.product_uom_id
                        WHERE other.product_id = item.product_id
                          AND other.company_id = item.company_id
                          AND other.parent_state = 'posted'
                          AND other.display_type = 'product'
                          AND other.is_downpayment IS NOT TRUE
                          AND other.move_id < item.move_id
                          AND other.date >= item.date - 730
                          AND other.quantity > 0
                          AND earlier.move_type = 'out_invoice'
                          AND earlier.payment_state != 'reversed'
                     ORDER BY other.id DESC
                        LIMIT 50) recent
           ) past ON TRUE
     WHERE item.id = ANY(%s)
"""
# (invoice, number, largest), without taxes, in the company's currency
CUSTOMER_HISTORY = """
    SELECT move.id, past.number, past.largest
      FROM account_move move
      JOIN LATERAL (
               SELECT COUNT(*) AS number, MAX(amount) AS largest
                 FROM (SELECT earlier.amount_untaxed_signed AS amount
                         FROM account_move earlier
                        WHERE earlier.commercial_partner_id
                                  = move.commercial_partner_id
                          AND earlier.company_id = move.company_id
                          AND earlier.state = 'posted'
                          AND earlier.move_type = 'out_invoice'
                          AND earlier.payment_state != 'reversed'
                          AND earlier.id < move.id
                          AND earlier.date >= move.date - 730
                     ORDER BY earlier.id DESC
                        LIMIT 50) recent
           ) past ON TRUE
     WHERE move.id = ANY(%s)
"""


class SettlementCheck(models.AbstractModel):
    """Reading what was usual before."""

    _inherit = "settlement.check"

    @api.model
    def _read_history(self, books):
        if not books.targets:
            return
        lines = [
            line.id
            for line in books.invoice_lines.values()
            if line.invoice.id in books.targets and line.product and line.is_product
        ]
        for row in self._rows(PRODUCT_HISTORY, lines):
            line = books.invoice_lines[row[0]]
            line.history = (row[1], float(row[2]), float(row[3]))
            line.base_price = float(row[4])
        for row in self._rows(CUSTOMER_HISTORY, books.targets):
            books.invoices[row[0]].history = (row[1], float(row[2]))
