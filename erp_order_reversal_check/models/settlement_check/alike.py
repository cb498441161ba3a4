from collections import Counter, defaultdict

from odoo import api, models

# How far back an alike document is looked for, in days. What a customer buys again and
# again, so often before, is a habit and no mistake.
HORIZON = 100
HABIT = 2

# (invoice, other one, days between): an earlier one of the same customer and amount
INVOICES = """
    SELECT move.id, other.id,
           ABS(COALESCE(move.invoice_date, move.date)
               - COALESCE(other.invoice_date, other.date))
      FROM account_move move
      JOIN account_move other
        ON other.commercial_partner_id = move.commercial_partner_id
       AND other.company_id = move.company_id AND other.id < move.id
       AND other.move_type = move.move_type
       AND other.currency_id = move.currency_id
       AND other.amount_total = move.amount_total
       AND other.state IN ('draft', 'posted') AND other.payment_state != 'reversed'
       AND ABS(COALESCE(move.invoice_date, move.date)
               - COALESCE(other.invoice_date, other.date)) <= %s
     WHERE move.id = ANY(%s) AND move.amount_total != 0
       AND move.state IN ('draft', 'posted')
       AND move.move_type IN ('out_invoice', 'out_receipt')
       AND (move.auto_post_origin_id IS NULL
            OR move.auto_post_origin_id
               != COALESCE(other.auto_post_origin_id, other.id))
"""
# Lines as they are compared, orders and customer's references, of each invoice.
INVOICE_CONTENT = """
    SELECT move.id, move.ref,
           ARRAY_AGG(DISTINCT line.order_id) FILTER (WHERE line.order_id IS NOT NULL),
           ARRAY_AGG(DISTINCT o.client_order_ref)
               FILTER (WHERE o.client_order_ref IS NOT NULL),
           ARRAY_AGG(DISTINCT ROW(item.id, COALESCE(item.product_id::text, item.name),
                                  item.quantity, item.price_unit)::text)
      FROM account_move move
      JOIN account_move_line item
        ON item.move_id = move.id AND item.display_type = 'product'
 LEFT JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
 LEFT JOIN sale_order_line line ON line.id = rel.order_line_id
 LEFT JOIN sale_order o ON o.id = line.order_id
     WHERE move.id = ANY(%s)
  GROUP BY move.id
"""
ORDERS = """
    SELECT o.id, other.id, ABS(o.date_order::date - other.date_order::date)
      FROM sale_order o
      JOIN res_partner partner ON partner.id = o.partner_id
      JOIN res_partner by
        ON by.commercial_partner_id = partner.commercial_partner_id
      JOIN sale_order other
        ON other.partner_id = by.id AND other.company_id = o.company_id
       AND other.id < o.id AND other.state = 'sale'
       AND other.currency_id = o.currency_id AND other.amount_total = o.amount_total
       AND ABS(o.date_order::date - other.date_order::date) <= %s
     WHERE o.id = ANY(%s) AND o.state = 'sale' AND o.amount_total != 0
"""
ORDER_CONTENT = """
    SELECT o.id, NULL, NULL, ARRAY_REMOVE(ARRAY[o.client_order_ref], NULL),
           ARRAY_AGG(ROW(line.id, COALESCE(line.product_id::text, line.name),
                         line.product_uom_qty, line.price_unit)::text)
      FROM sale_order o
      JOIN sale_order_line line ON line.order_id = o.id AND line.display_type IS NULL
                               AND line.is_downpayment IS NOT TRUE
     WHERE o.id = ANY(%s)
  GROUP BY o.id
"""


class SettlementCheck(models.AbstractModel):
    """Looking for a second document alike."""

    _inherit = "settlement.check"

    @api.model
    def _read_alike(self, books, rules_by_company):
        targets = {move_id: books.invoices[move_id] for move_id in books.targets}
        kinds = []
        for code, documents, pairs_query, content_query in (
            ("invoice_alike", targets, INVOICES, INVOICE_CONTENT),
            ("order_alike", books.orders, ORDERS, ORDER_CONTENT),
        ):
            days = self._tolerances(rules_by_company, code)
            if documents and days:
                kinds.append((documents, days, pairs_query, content_query))
        rows = self._rows_of_each(
            (pairs_query, max(HORIZON, *days.values()), documents)
            for documents, days, pairs_query, _content in kinds
        )
        for (documents, days, _pairs, content_query), found in zip(
            kinds, rows, strict=True
        ):
            self._find_alike(documents, days, found, content_query)

    @api.model
    def _tolerances(self, rules_by_company, code):
        """{company id: tolerance} where the rule is on."""
        return {
            company_id: active[code][1]
            for company_id, active in rules_by_company.items()
            if code in active
        }

    @api.model
    def _find_alike(self, documents, days, rows, content_query):
        """Keep on each document the earlier ones that are alike.

        :param list rows: (document, other one, days between)
        """
        pairs = defaultdict(list)
        for document_id, other_id, distance in rows:
            pairs[document_id].append((other_id, distance))
        if not pairs:
            return
        wanted = {
            *pairs,
            *(other for found in pairs.values() for other, _days in found),
        }
        content = {
            row[0]: self._content(row) for row in self._rows(content_query, wanted)
        }
        for document_id, found in pairs.items():
            document = documents[document_id]
            limit = days.get(document.company, -1)
            alike = [
                (other_id, distance)
                for other_id, distance in found
                if self._is_alike(content.get(document_id), content.get(other_id))
            ]
            if sum(distance > limit for _other, distance in alike) < HABIT:
                document.alike = [
                    other_id for other_id, distance in alike if distance <= limit
                ]

    @api.model
    def _content(self, row):
        """(reference, orders, customer's references, counted lines)"""
        _record_id, reference, orders, references, lines = row
        # without the id that kept equal lines apart
        counted = Counter(line.split(",", 1)[1] for line in lines or [])
        return reference, set(orders or []), set(references or []), counted

    @api.model
    def _is_alike(self, left, right):
        """The same lines, and nothing that tells two sales apart."""
        if not left or not right or left[3] != right[3]:
            return False
        if left[1] & right[1]:
            return False  # parts of one order: the rules on quantities
        if left[2] and right[2]:
            return bool(left[2] & right[2])
        if not left[1] and not right[1] and left[0] and right[0]:
            return left[0] == right[0]
        return True
