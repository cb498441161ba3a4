from bisect import bisect_left
from datetime import timedelta
from operator import itemgetter

from odoo import api, models

# How much of the past is looked at: so many of the last ones, of so many days.
LAST = 50
DAYS = 730

# For each (product, company): the invoice lines from the first to the last invoice
# that is checked, and so many before. Prices are in the company's currency, for one of
# the unit with the factor 1.
PRODUCT_HISTORY = """
    SELECT wanted.id, recent.move_id, recent.date,
           recent.price_unit / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
               / COALESCE(NULLIF(uom.factor, 0), 1)
      FROM UNNEST(%s::int[], %s::int[], %s::int[], %s::int[])
           AS wanted (id, company, first, last)
CROSS JOIN LATERAL (
               (SELECT item.move_id, item.date, item.price_unit, item.product_uom_id
                  FROM account_move_line item
                 WHERE item.product_id = wanted.id AND item.move_id < wanted.first
                   AND item.company_id = wanted.company
                   AND item.parent_state = 'posted' AND item.display_type = 'product'
                   AND item.is_downpayment IS NOT TRUE AND item.quantity > 0
              ORDER BY item.move_id DESC LIMIT %s)
             UNION ALL
               (SELECT item.move_id, item.date, item.price_unit, item.product_uom_id
                  FROM account_move_line item
                 WHERE item.product_id = wanted.id
                   AND item.move_id >= wanted.first AND item.move_id < wanted.last
                   AND item.company_id = wanted.company
                   AND item.parent_state = 'posted' AND item.display_type = 'product'
                   AND item.is_downpayment IS NOT TRUE AND item.quantity > 0)
           ) recent
      JOIN account_move move ON move.id = recent.move_id
 LEFT JOIN uom_uom uom ON uom.id = recent.product_uom_id
     WHERE move.move_type = 'out_invoice' AND move.payment_state != 'reversed'
"""
# Likewise for each (customer, company): what was invoiced, without taxes. A down
# payment alone says nothing of how much is usual.
CUSTOMER_HISTORY = """
    SELECT wanted.id, recent.id, recent.date, recent.amount_untaxed_signed
      FROM UNNEST(%s::int[], %s::int[], %s::int[], %s::int[])
           AS wanted (id, company, first, last)
CROSS JOIN LATERAL (
               (SELECT move.id, move.date, move.amount_untaxed_signed,
                       move.payment_state
                  FROM account_move move
                 WHERE move.commercial_partner_id = wanted.id
                   AND move.id < wanted.first AND move.company_id = wanted.company
                   AND move.state = 'posted' AND move.move_type = 'out_invoice'
              ORDER BY move.id DESC LIMIT %s)
             UNION ALL
               (SELECT move.id, move.date, move.amount_untaxed_signed,
                       move.payment_state
                  FROM account_move move
                 WHERE move.commercial_partner_id = wanted.id
                   AND move.id >= wanted.first AND move.id < wanted.last
                   AND move.company_id = wanted.company
                   AND move.state = 'posted' AND move.move_type = 'out_invoice')
           ) recent
     WHERE recent.payment_state != 'reversed'
       AND EXISTS (SELECT 1 FROM account_move_line item
                    WHERE item.move_id = recent.id
                      AND item.display_type = 'product'
                      AND item.is_downpayment IS NOT TRUE)
"""


class SettlementCheck(models.AbstractModel):
    """Reading what was usual before."""

    _inherit = "settlement.check"

    @api.model
    def _read_history(self, books):
        invoices = [books.invoices[move_id] for move_id in books.targets]
        customers = [((i.commercial, i.company), i.id) for i in invoices]
        lines = [
            line
            for line in books.invoice_lines.values()
            if line.invoice.id in books.targets and line.product and line.is_product
        ]
        products = [((li.product, li.invoice.company), li.invoice.id) for li in lines]
        past, past_of_products = self._read_past(
            (CUSTOMER_HISTORY, customers), (PRODUCT_HISTORY, products)
        )
        for invoice in invoices:
            key = invoice.commercial, invoice.company
            amounts = self._before(past.get(key), invoice)
            invoice.history = len(amounts), max(amounts, default=0.0)
        for line in lines:
            prices = self._before(
                past_of_products.get((line.product, line.invoice.company)),
                line.invoice,
            )
            line.history = (
                len(prices),
                min(prices, default=0.0),
                max(prices, default=0.0),
            )

    @api.model
    def _read_past(self, *kinds):
        """What happened before and between the checked invoices.

        :param kinds: (query, [((id of a product or customer, company id), invoice
            id)]) of each kind
        :return: for each kind {(id, company id): (invoice ids, their dates, their
            values)}, in the order of the ids
        """
        past = [{} for _kind in kinds]
        queries = [
            (place, company_id, (query, *columns, LAST))
            for place, (query, wanted) in enumerate(kinds)
            for company_id, columns in self._get_spans(wanted).items()
        ]
        rows_of_each = self._rows_of_each(query for _p, _company, query in queries)
        for (place, company_id, _query), rows in zip(
            queries, rows_of_each, strict=True
        ):
            for record_id, move_id, date, value in sorted(rows, key=itemgetter(0, 1)):
                moves, dates, values = past[place].setdefault(
                    (record_id, company_id), ([], [], [])
                )
                moves.append(move_id)
                dates.append(date)
                values.append(float(value))
        return past

    @api.model
    def _get_spans(self, wanted):
        """From which to which invoice each record is asked for.

        :return: {company id: (ids, company of each, first and last invoice of each)}
        """
        spans = {}
        for key, move_id in wanted:
            first, last = spans.get(key, (move_id, move_id))
            spans[key] = min(first, move_id), max(last, move_id)
        by_company = {}
        for (record_id, company_id), span in spans.items():
            if record_id:
                row = (record_id, company_id, *span)
                by_company.setdefault(company_id, []).append(row)
        return {
            company_id: tuple(zip(*rows, strict=True))
            for company_id, rows in by_company.items()
        }

    @api.model
    def _before(self, past, invoice):
        """The last values before an invoice, none of them too old."""
        if not past or not invoice.date:
            return []
        moves, dates, values = past
        end = bisect_left(moves, invoice.id)
        start = max(0, end - LAST)
        oldest = invoice.date - timedelta(days=DAYS)
        return [
            value
            for date, value in zip(dates[start:end], values[start:end], strict=True)
            if date >= oldest
        ]
