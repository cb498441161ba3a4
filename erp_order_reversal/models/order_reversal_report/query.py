from odoo import models
from odoo.tools import SQL

# A row's number: of its reversal, and within it.
ROWS = 4096


class OrderReversalReport(models.Model):
    """The query: what is selected, and from where. Glue addons add to both."""

    _inherit = "order.reversal.report"

    @property
    def _table_query(self):
        columns = [
            SQL("%s AS %s", value, SQL.identifier(name))
            for name, value in self._get_columns().items()
        ]
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            SQL(", ").join(columns),
            self._from(),
            self._where(),
        )

    def _get_columns(self):
        """What is selected; override point.

        :return: {name of a field: SQL}
        """
        return {
            # More than a plain integer holds, from half a million reversals on.
            "id": SQL("reversal.id::bigint * %s + line.number", ROWS),
            **self._get_dimensions(),
            **self._get_measures(),
        }

    def _get_dimensions(self):
        columns = {
            name: SQL("reversal.%s", SQL.identifier(name))
            for name in (
                "company_id",
                "partner_id",
                "requester_id",
                "approver_id",
                "done_by_id",
                "batch_id",
                "reason_id",
                "scope",
                "settled_again_state",
            )
        }
        return {
            **columns,
            "reversal_id": SQL("reversal.id"),
            "date": self._get_date(),
            "currency_id": SQL("%s", self.env.company.currency_id.id),
            "order_id": SQL("sale.id"),
            "user_id": SQL("COALESCE(sale.user_id, move.invoice_user_id)"),
            "team_id": SQL("COALESCE(sale.team_id, move.team_id)"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "country_id": SQL("COALESCE(partner.country_id, entity.country_id)"),
            "product_id": SQL("line.product_id"),
            "product_tmpl_id": SQL("template.id"),
            "categ_id": SQL("template.categ_id"),
            "invoiced_by_id": SQL("move.create_uid"),
            "extent": SQL(
                "CASE WHEN EXISTS (SELECT 1 FROM order_reversal_line part "
                "WHERE part.reversal_id = reversal.id) THEN 'part' ELSE 'whole' END"
            ),
            "invoice_way": SQL(
                "CASE WHEN done.credits AND done.voids THEN 'mixed' "
                "WHEN done.credits THEN 'credit_note' WHEN done.voids THEN 'void' "
                "ELSE 'none' END"
            ),
            "payment_way": SQL(
                "CASE WHEN done.voids_payment::int + done.refunds::int > 1 THEN 'mixed'"
                " WHEN done.voids_payment THEN 'void' WHEN done.refunds THEN 'refund'"
                " WHEN done.releases THEN 'credit' ELSE 'none' END"
            ),
            "outcome": SQL(
                "CASE reversal.state WHEN 'done' THEN 'stands' "
                "WHEN 'undone' THEN 'restored' WHEN 'to_approve' THEN 'waiting' "
                "WHEN 'queued' THEN 'waiting' ELSE reversal.state END"
            ),
        }

    def _get_measures(self):
        return {
            "reversal_count": SQL("1"),
            "amount": self._share_out(SQL("reversal.amount_total")),
            "amount_credit": self._share_out(SQL("reversal.amount_credit")),
            "amount_refund": self._share_out(SQL("reversal.amount_refund")),
            "quantity": SQL("line.quantity"),
            "share": SQL("1.0 / line.count"),
            "settled_days": SQL("reversal.done_on::date - done.settled_on"),
            "waiting_hours": SQL(
                "CASE WHEN reversal.approved_on >= reversal.requested_on THEN EXTRACT("
                "EPOCH FROM reversal.approved_on - reversal.requested_on) / 3600 END"
            ),
            "settled_again_days": SQL(
                "EXTRACT(EPOCH FROM again.settled_on - reversal.done_on) / 86400"
            ),
            "invoice_count": SQL("1.0 * done.invoices / line.count"),
            "invoice_share": SQL("100.0 * done.invoices / line.count / month.posted"),
        }

    def _get_date(self):
        return SQL(
            "COALESCE(reversal.done_on, reversal.requested_on, reversal.create_date)"
        )

    def _share_out(self, total):
        """A row's part of an amount of its reversal.

        Rounded are the sums up to a row and up to the one before it, so that the parts
        are whole cents and add up to the amount.

        :param SQL total: in the currency of the reversal's company
        :return: SQL, in the currency of the user's company
        """
        return SQL(
            "(ROUND(COALESCE(%(total)s, 0) * line.upto / line.whole, %(digits)s)"
            " - ROUND(COALESCE(%(total)s, 0) * line.before / line.whole, %(digits)s))"
            " * account_currency_table.rate",
            total=total,
            digits=SQL("currency.decimal_places"),
        )

    def _from(self):
        """Tables and joins; override point, to add others behind them.

        A customer's country and the first order of an invoice are looked up, the rest
        is read as it is.
        """
        return SQL(
            """order_reversal reversal
              JOIN res_company company ON company.id = reversal.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              JOIN %(rates)s
                ON account_currency_table.company_id = reversal.company_id
         LEFT JOIN res_partner partner ON partner.id = reversal.partner_id
         LEFT JOIN res_partner entity ON entity.id = partner.commercial_partner_id
        CROSS JOIN LATERAL (%(documents)s) done
         LEFT JOIN account_move move ON move.id = done.move_id
         LEFT JOIN sale_order sale ON sale.id = COALESCE(reversal.order_id, (
                   %(order)s))
        CROSS JOIN LATERAL (%(lines)s) line
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN LATERAL (%(again)s) again
                ON reversal.settled_again_state = 'done'
         LEFT JOIN (%(posted)s) month
                ON month.company_id = reversal.company_id
               AND month.month = DATE_TRUNC('month', %(date)s)""",
            rates=self.env["res.currency"]._get_simple_currency_table(
                self.env.companies
            ),
            documents=self._get_documents(),
            order=self._get_order(),
            lines=self._get_lines(),
            again=self._get_settled_again(),
            posted=self._get_posted(),
            date=self._get_date(),
        )

    def _where(self):
        return SQL(
            "reversal.state != 'draft' AND reversal.restores_id IS NULL "
            "AND reversal.is_practice IS NOT TRUE"
        )
