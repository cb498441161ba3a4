from odoo import api, models
from odoo.tools import SQL

from ...check import facts

# (whether it is an order, id): these invoices, those of these orders, and all orders of
# both.
DOCUMENTS = """
    WITH invoices AS (
        SELECT item.move_id AS id
          FROM sale_order_line line
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line item ON item.id = rel.invoice_line_id
          JOIN account_move move ON move.id = item.move_id
         WHERE line.order_id = ANY(%s) AND move.state IN ('draft', 'posted')
         UNION
        SELECT UNNEST(%s::int[])
    )
    SELECT FALSE, id FROM invoices
     UNION
    SELECT TRUE, line.order_id
      FROM invoices
      JOIN account_move_line item ON item.move_id = invoices.id
      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
      JOIN sale_order_line line ON line.id = rel.order_line_id
"""
ORDERS = """
    SELECT o.id, o.company_id, o.state, o.partner_id, partner.commercial_partner_id,
           o.partner_invoice_id, billed.commercial_partner_id, o.partner_shipping_id,
           o.currency_id, o.payment_term_id, o.fiscal_position_id,
           o.client_order_ref, o.date_order::date, o.amount_total
      FROM sale_order o
      JOIN res_partner partner ON partner.id = o.partner_id
      JOIN res_partner billed ON billed.id = o.partner_invoice_id
     WHERE o.id = ANY(%s)
"""
ORDER_LINES = """
    SELECT line.id, line.order_id, line.display_type, line.product_id,
           line.product_uom_qty, line.qty_delivered, template.invoice_policy,
           line.product_uom_id, uom.factor, line.price_unit, line.discount,
           ARRAY(SELECT account_tax_id FROM account_tax_sale_order_line_rel rel
                  WHERE rel.sale_order_line_id = line.id),
           line.is_downpayment
      FROM sale_order_line line
 LEFT JOIN product_product product ON product.id = line.product_id
 LEFT JOIN product_template template ON template.id = product.product_tmpl_id
 LEFT JOIN uom_uom uom ON uom.id = line.product_uom_id
     WHERE line.order_id = ANY(%s)
"""
# Of the invoices themselves, and of others that invoice the same order lines.
INVOICE_LINES = """
    SELECT item.id, item.move_id, item.display_type, item.product_id, item.quantity,
           item.product_uom_id, uom.factor, item.price_unit, item.discount,
           item.price_subtotal,
           ARRAY(SELECT account_tax_id FROM account_move_line_account_tax_rel rel
                  WHERE rel.account_move_line_id = item.id),
           item.is_downpayment,
           ARRAY(SELECT order_line_id FROM sale_order_line_invoice_rel rel
                  WHERE rel.invoice_line_id = item.id)
      FROM account_move_line item
 LEFT JOIN uom_uom uom ON uom.id = item.product_uom_id
     WHERE item.display_type = 'product' AND item.id IN (
               SELECT own.id FROM account_move_line own WHERE own.move_id = ANY(%s)
                UNION
               SELECT rel.invoice_line_id
                 FROM sale_order_line_invoice_rel rel
                 JOIN sale_order_line line ON line.id = rel.order_line_id
                WHERE line.order_id = ANY(%s))
  ORDER BY item.move_id, item.sequence, item.id
"""
INVOICES = """
    SELECT move.id, move.company_id, move.state, move.move_type, move.payment_state,
           move.partner_id, move.commercial_partner_id, move.partner_shipping_id,
           move.currency_id, move.invoice_payment_term_id, move.fiscal_position_id,
           move.ref, COALESCE(move.invoice_date, move.date, move.create_date::date),
           move.amount_total, move.amount_residual, move.amount_untaxed_signed,
           move.invoice_currency_rate, fiscal.auto_apply
      FROM account_move move
 LEFT JOIN account_fiscal_position fiscal ON fiscal.id = move.fiscal_position_id
     WHERE move.id = ANY(%s)
"""


class SettlementCheck(models.AbstractModel):
    """Reading orders and invoices."""

    _inherit = "settlement.check"

    @api.model
    def _read_documents(self, books, order_ids, move_ids):
        """Invoices (those of the orders, too) with all that they are compared with."""
        found = {False: set(move_ids), True: set(order_ids)}
        for is_order, record_id in self._rows(DOCUMENTS, order_ids, move_ids):
            if record_id:
                found[is_order].add(record_id)
        books.targets = move_ids = found[False]
        order_ids = found[True]
        for row in self._rows(ORDERS, order_ids):
            books.orders[row[0]] = facts.Order(*row)
        self._read_order_lines(books)
        rows = self._rows(INVOICE_LINES, move_ids, order_ids)
        self._read_invoices(books, {*move_ids, *(row[1] for row in rows)})
        self._read_invoice_lines(books, rows)

    @api.model
    def _rows(self, query, *arguments):
        """Rows of a constant query; NULL is False, as the ORM has it.

        :param arguments: ids for each `ANY(%s)`, or a number
        """
        bound = [
            value if isinstance(value, int | float) else list(value) or [0]
            for value in arguments
        ]
        # The queries are constants of these modules, their arguments are bound.
        sql = SQL(query, *bound)  # pylint: disable=sql-injection
        return [
            tuple(False if value is None else value for value in row)
            for row in self.env.execute_query(sql)
        ]

    @api.model
    def _rows_of_each(self, queries):
        """Rows of constant queries with the same columns, asked for together.

        :param queries: (query, arguments of `_rows`…)
        :return: a list of rows for each of them, in no order
        """
        queries = list(queries)
        found = [[] for _query in queries]
        if queries:
            together = " UNION ALL ".join(
                f"SELECT {number}, part.* FROM ({query}) part"
                for number, (query, *_arguments) in enumerate(queries)
            )
            arguments = [value for _query, *own in queries for value in own]
            for number, *row in self._rows(together, *arguments):
                found[number].append(row)
        return found

    @api.model
    def _read_order_lines(self, books):
        for row in self._rows(ORDER_LINES, books.orders):
            order = books.orders[row[1]]
            line = facts.OrderLine(
                row[0],
                order,
                *row[2:4],
                *map(float, row[4:6]),
                *row[6:8],
                *map(float, row[8:11]),
                frozenset(row[11]),
                bool(row[12]),
            )
            books.order_lines[line.id] = line
            order.lines.append(line)

    @api.model
    def _read_invoices(self, books, move_ids):
        """The heads of invoices, as far as they are not there yet."""
        missing = set(move_ids) - set(books.invoices)
        if not missing:
            return
        for row in self._rows(INVOICES, missing):
            amounts = map(float, row[13:17])
            books.invoices[row[0]] = facts.Invoice(*row[:13], *amounts, bool(row[17]))
        self._find_own_fiscal_positions(books, missing)

    @api.model
    def _find_own_fiscal_positions(self, books, move_ids):
        """A fiscal position that is the customer's own is found automatically, too."""
        chosen = [
            invoice
            for invoice in map(books.invoices.get, move_ids)
            if invoice and invoice.fiscal and not invoice.fiscal_is_automatic
        ]
        # sudo: what is right must not depend on who asks.
        partners = self.env["res.partner"].sudo()
        for invoice in chosen:
            # browse() of all of them: the host reads them together, by company
            company = partners.with_company(invoice.company)
            together = company.browse(
                [other.partner for other in chosen if other.company == invoice.company]
            )
            partner = company.browse(invoice.partner).with_prefetch(together._ids)
            own = partner.property_account_position_id
            invoice.fiscal_is_automatic = own.id == invoice.fiscal

    @api.model
    def _read_invoice_lines(self, books, rows):
        for row in rows:
            invoice = books.invoices[row[1]]
            line = facts.InvoiceLine(
                row[0],
                invoice,
                *row[2:4],
                float(row[4]),
                row[5],
                *map(float, row[6:10]),
                frozenset(row[10]),
                bool(row[11]),
            )
            books.invoice_lines[line.id] = line
            invoice.lines.append(line)
            for order_line_id in row[12]:
                order_line = books.order_lines.get(order_line_id)
                if order_line:
                    line.order_lines.append(order_line)
                    order_line.invoice_lines.append(line)
                    if invoice not in order_line.order.invoices:
                        order_line.order.invoices.append(invoice)
