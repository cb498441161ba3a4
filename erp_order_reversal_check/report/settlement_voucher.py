from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..const import INVOICE_TYPES


class ReportSettlementVoucher(models.AbstractModel):
    """Order, deliveries, invoices, payments and what they leave open, on paper.

    Evidence of the settled state (结算凭证): what a paper file wants of it, and what
    the check says.
    """

    _name = "report.erp_order_reversal_check.report_settlement"
    _description = "Settlement Voucher"

    # The model that is printed; the invoice's report has its own.
    _voucher_model = "sale.order"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Values of the template.

        :raise AccessError: neither reversal user nor auditor, or the document may not
            be read
        """
        user = self.env.user
        if not (
            user.has_group("erp_order_reversal.group_reversal_user")
            or user.has_group("erp_order_reversal.group_reversal_auditor")
        ):
            raise AccessError(
                self.env._(
                    "Settlement vouchers are printed by reversal users and auditors. "
                    "Ask one of them."
                )
            )
        documents = self.env[self._voucher_model].browse(docids)
        documents.check_access("read")
        return {
            "doc_ids": documents.ids,
            "doc_model": documents._name,
            "docs": documents,
            "printed_on": fields.Datetime.now(),
            "vouchers": {
                document: self._get_voucher(document) for document in documents
            },
        }

    @api.model
    def _get_voucher(self, document):
        """What the voucher of one order or invoice shows.

        :return: {"orders", "deliveries", "invoices", "matches", "totals",
            "differences", "title", …}
        """
        # sudo: what settles a document that the user may read; the check above.
        document = document.sudo()
        if document._name == "sale.order":
            orders = document
            invoices = document.invoice_ids
        else:
            invoices = document
            orders = document.line_ids.sale_line_ids.order_id
        invoices = invoices.filtered(lambda move: move.state == "posted").sorted(
            lambda move: (move.invoice_date or move.date, move.id)
        )
        return {
            "orders": orders,
            "deliveries": self._get_deliveries(orders),
            "invoices": invoices,
            "matches": [
                match for move in invoices for match in self._get_matches(move)
            ],
            "totals": self._get_totals(invoices),
            "differences": self._get_differences(document),
            "partner": document.partner_id,
            "company": document.company_id,
        }

    @api.model
    def _get_deliveries(self, orders):
        """Transfers that were done for the orders, where there is a stock of goods.

        :return: list of {"name", "date", "product", "quantity", "unit"}
        """
        if "picking_ids" not in orders._fields:
            return []
        moves = orders.picking_ids.move_ids.filtered(
            lambda move: move.state == "done" and move.sale_line_id
        )
        return [
            {
                "name": move.picking_id.name,
                "date": move.date,
                "product": move.product_id.display_name,
                # what came back counts negative
                "quantity": move.quantity
                * (1 if move.location_dest_id.usage == "customer" else -1),
                "unit": move.product_uom.name,
            }
            for move in moves.sorted(lambda move: (move.date, move.id))
        ]

    @api.model
    def _get_matches(self, invoice):
        """What pays an invoice, as the host shows it below its total.

        :return: list of {"invoice", "name", "date", "journal", "amount", "currency"}
        """
        matches = []
        for line in invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ):
            for partials, side, amount in (
                (line.matched_credit_ids, "credit_move_id", "debit_amount_currency"),
                (line.matched_debit_ids, "debit_move_id", "credit_amount_currency"),
            ):
                for partial in partials.sorted("id"):
                    move = partial[side].move_id
                    matches.append(
                        {
                            "invoice": invoice.name,
                            "name": move.origin_payment_id.name or move.name,
                            "date": move.date,
                            "journal": move.journal_id.name,
                            "amount": partial[amount],
                            "currency": invoice.currency_id,
                        }
                    )
        for payment in invoice.matched_payment_ids.filtered(
            lambda payment: not payment.move_id
            and payment.state in ("in_process", "paid")
        ):
            matches.append(
                {
                    "invoice": invoice.name,
                    "name": payment.name,
                    "date": payment.date,
                    "journal": payment.journal_id.name,
                    "amount": payment.amount,
                    "currency": payment.currency_id,
                }
            )
        return matches

    @api.model
    def _get_totals(self, invoices):
        """What was invoiced, credited, paid and remains, for each currency.

        :return: list of {"currency", "invoiced", "credited", "settled", "open"}
        """
        totals = []
        for currency, moves in invoices.grouped("currency_id").items():
            charged = moves.filtered(lambda move: move.move_type in INVOICE_TYPES)
            total = sum(charged.mapped("amount_total"))
            still = sum(charged.mapped("amount_residual"))
            totals.append(
                {
                    "currency": currency,
                    "invoiced": total,
                    "credited": sum((moves - charged).mapped("amount_total")),
                    "settled": total - still,
                    "open": still,
                }
            )
        return totals

    @api.model
    def _get_differences(self, document):
        """The differences as the check says them, and whether each was accepted."""
        items = document._get_differences()
        words = self.env["settlement.check"]._words(items)
        return [
            {"message": message, "accepted": item.accepted}
            for item, (message, _remedy) in zip(items, words, strict=True)
        ]


class ReportSettlementInvoiceVoucher(models.AbstractModel):
    """The same, of an invoice."""

    _name = "report.erp_order_reversal_check.report_settlement_invoice"
    _inherit = "report.erp_order_reversal_check.report_settlement"
    _description = "Settlement Voucher of an Invoice"

    _voucher_model = "account.move"
