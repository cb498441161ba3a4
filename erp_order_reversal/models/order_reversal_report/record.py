from odoo import api, fields, models
from odoo.tools import SQL

from ...checks import check_one
from ...const import SCOPES

# What became of a reversal; what stands is told apart from all else.
OUTCOMES = [
    ("stands", "Stands"),
    ("restored", "Restored"),
    ("waiting", "Waiting"),
    ("failed", "Failed"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
INVOICE_WAYS = [
    ("credit_note", "Credit note"),
    ("void", "Voided"),
    ("mixed", "Both"),
    ("none", "No invoice"),
]
PAYMENT_WAYS = [
    ("credit", "Kept as credit"),
    ("refund", "Refunded"),
    ("void", "Voided"),
    ("mixed", "Several"),
    ("none", "No payment"),
]


class OrderReversalReport(models.Model):
    """One row for each reversal and product that was taken back.

    Amounts are shared out over the rows of a reversal so that they add up to its own,
    to the cent; reversals are counted once each, and what is an average is one of
    reversals, not of rows. Drafts are no reversals yet, and a restore shows as the
    outcome of what it restores.
    """

    _name = "order.reversal.report"
    _description = "Reversal Analysis"
    _auto = False
    _rec_name = "reversal_id"
    _order = "date desc, id desc"

    # What is read straight from the database has to be there first.
    _depends = {
        "order.reversal": [
            "state",
            "company_id",
            "order_id",
            "partner_id",
            "reason_id",
            "requester_id",
            "requested_on",
            "approver_id",
            "approved_on",
            "done_on",
            "amount_total",
            "amount_credit",
            "amount_refund",
            "restores_id",
            "settled_again_state",
        ],
        "order.reversal.line": ["quantity", "amount"],
        "order.reversal.step": ["operation", "res_id", "result_id", "done", "data"],
        "order.settlement": ["state", "done_on"],
        "account.move": ["state", "date", "invoice_user_id", "team_id"],
        "account.move.line": ["product_id", "quantity", "price_total", "balance"],
        "account.payment": ["date"],
        "sale.order": ["user_id", "team_id"],
        "sale.order.line": ["product_id", "product_uom_qty", "price_total"],
        "res.partner": ["country_id", "commercial_partner_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
    }
    # Averages over reversals.
    _average_fields = ("settled_days", "waiting_hours", "settled_again_days")

    reversal_id = fields.Many2one(
        "order.reversal", "Reversal", readonly=True, aggregator="count_distinct"
    )
    date = fields.Datetime(
        readonly=True,
        help="When it was carried out; when it was asked for, if it was not.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    # Who and what for
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Customer Entity", readonly=True
    )
    country_id = fields.Many2one("res.country", "Country", readonly=True)
    order_id = fields.Many2one("sale.order", "Order", readonly=True)
    product_id = fields.Many2one("product.product", "Product Variant", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", "Product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    invoiced_by_id = fields.Many2one(
        "res.users",
        "Invoiced by",
        readonly=True,
        help="Who made the first invoice that was taken back.",
    )
    requester_id = fields.Many2one("res.users", "Requester", readonly=True)
    approver_id = fields.Many2one(
        "res.users", "Approver", readonly=True, help="Who approved or rejected it."
    )
    done_by_id = fields.Many2one("res.users", "Carried out by", readonly=True)
    batch_id = fields.Many2one("order.reversal.batch", "Bulk Reversal", readonly=True)

    # How
    reason_id = fields.Many2one("order.reversal.reason", "Reason", readonly=True)
    scope = fields.Selection(SCOPES, readonly=True)
    extent = fields.Selection(
        [("whole", "Whole"), ("part", "Part")], "Whole or Part", readonly=True
    )
    invoice_way = fields.Selection(INVOICE_WAYS, "Invoices", readonly=True)
    payment_way = fields.Selection(PAYMENT_WAYS, "Payments", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    settled_again_state = fields.Selection(
        selection=lambda self: self.env["order.reversal"]
        ._fields["settled_again_state"]
        ._description_selection(self.env),
        string="Settled Again",
        readonly=True,
    )

    # How much
    reversal_count = fields.Integer(
        "Reversals", readonly=True, help="Each is counted once, whatever its products."
    )
    amount = fields.Monetary("Amount Taken Back", readonly=True)
    amount_credit = fields.Monetary("Kept as Credit", readonly=True)
    amount_refund = fields.Monetary("Refunded", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="In the unit of the product."
    )
    settled_days = fields.Float(
        "Days from Settlement to Reversal",
        readonly=True,
        aggregator="avg",
        help="From the last payment, or the invoice where there was none.",
    )
    waiting_hours = fields.Float(
        "Hours until Approval", readonly=True, aggregator="avg"
    )
    settled_again_days = fields.Float(
        "Days until Settled Again", readonly=True, aggregator="avg"
    )
    invoice_count = fields.Float("Invoices Taken Back", digits=(16, 2), readonly=True)
    invoice_share = fields.Float(
        "Of 100 Invoices Posted in the Month",
        digits=(16, 2),
        readonly=True,
        help="Invoices taken back, for each hundred that the company posted in the "
        "same month. Group it by month and company.",
    )
    share = fields.Float(
        readonly=True, aggregator=None, help="Of its reversal, as one of its rows."
    )

    @api.readonly
    def action_open_reversal(self):
        """Open the reversal that a row belongs to."""
        check_one(self)
        return self.reversal_id._get_records_action()

    def _read_group_select(self, aggregate_spec, query):
        """A reversal counts once, however many products it has."""
        name, _sep, function = aggregate_spec.partition(":")
        if (name, function) == ("reversal_count", "sum"):
            return SQL(
                "COUNT(DISTINCT %s)",
                self._field_to_sql(self._table, "reversal_id", query),
            )
        if name not in self._average_fields or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        value = self._field_to_sql(self._table, name, query)
        return SQL(
            "SUM(%(value)s * %(share)s) / NULLIF(SUM(%(share)s) "
            "FILTER (WHERE %(value)s IS NOT NULL), 0)",
            value=value,
            share=self._field_to_sql(self._table, "share", query),
        )
