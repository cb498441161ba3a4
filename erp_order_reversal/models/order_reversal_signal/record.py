from odoo import api, fields, models

from ...checks import check_one
from ...const import SCOPES, STATES

# What an auditor looks into. A signal is no reproach: it says where to look first.
SIGNALS = [
    ("below_limit", "Just below the approval limit"),
    ("night", "At night"),
    ("weekend", "At a weekend"),
    ("period_end", "At the end of a month"),
    ("same_pair", "The same pair asks and approves"),
    ("many", "Many by one person"),
    ("never_settled", "Taken back, never settled again"),
]


class OrderReversalSignal(models.Model):
    """One row for each reversal and signal that it gives."""

    _name = "order.reversal.signal"
    _description = "Signal for Auditors"
    _auto = False
    _rec_name = "reversal_id"
    _order = "date desc, id desc"

    # What is read straight from the database has to be there first.
    _depends = {
        "order.reversal": [
            "state",
            "amount_total",
            "entry_date",
            "requester_id",
            "requested_on",
            "approver_id",
            "approved_on",
            "done_on",
            "settled_again_state",
        ],
        "res.company": [
            "reversal_approval",
            "reversal_approval_amount",
            "reversal_signal_share",
            "reversal_signal_night_from",
            "reversal_signal_night_to",
            "reversal_signal_last_days",
            "reversal_signal_pair",
            "reversal_signal_many",
            "reversal_signal_open_days",
        ],
        "order.reversal.limit": ["amount", "company_id"],
        "res.partner": ["tz"],
        "res.users": ["partner_id"],
    }

    signal = fields.Selection(SIGNALS, readonly=True)
    reversal_id = fields.Many2one(
        "order.reversal", "Reversal", readonly=True, aggregator="count_distinct"
    )
    root_name = fields.Char("Document", readonly=True)
    date = fields.Datetime(
        readonly=True,
        help="When it was carried out; when it was asked for, if it was not.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    reason_id = fields.Many2one("order.reversal.reason", "Reason", readonly=True)
    scope = fields.Selection(SCOPES, readonly=True)
    requester_id = fields.Many2one("res.users", "Requester", readonly=True)
    approver_id = fields.Many2one("res.users", "Approver", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    amount = fields.Monetary("Amount Taken Back", readonly=True)

    @api.readonly
    def action_open_reversal(self):
        """Open the reversal that a row belongs to."""
        check_one(self)
        return self.reversal_id._get_records_action()
