from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from ...checks import check_one
from ...const import STATE_FLOW, STATES


class OrderReversal(models.Model):
    """One settled document taken back once: asked for, planned, carried out."""

    _name = "order.reversal"
    _description = "Order Reversal"
    _inherit = [
        "order.reversal.request.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _root_fields = ("order_id", "move_id", "payment_id")
    # What a request is about; it is given once and stays.
    _given_fields = (*_root_fields, "restores_id")
    name = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    order_id = fields.Many2one(
        "sale.order", "Order", index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", index="btree_not_null", ondelete="set null"
    )
    payment_id = fields.Many2one(
        "account.payment", "Payment", index="btree_not_null", ondelete="set null"
    )
    root_name = fields.Char(
        "Document", compute="_compute_root_name", store=True, precompute=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True
    )
    scope = fields.Selection(tracking=True, index=True)
    reason_id = fields.Many2one(tracking=True)
    entry_date = fields.Date(
        "New Entries Dated", readonly=True, copy=False, help="The first open day."
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, copy=False, default="draft", tracking=True
    )
    requested_on = fields.Datetime(
        readonly=True, copy=False, help="When an approval was asked for."
    )
    approver_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)
    # For what was done since: parts taken back after one another, and the daily check.
    _done_idx = models.Index("(company_id, done_on) WHERE state = 'done'")
    # For a period of the analysis, whatever was taken back before (its `_get_date`).
    _dated_idx = models.Index("((COALESCE(done_on, requested_on, create_date)))")
    rejection_reason = fields.Char(readonly=True, copy=False)
    error = fields.Text(readonly=True, copy=False)
    step_ids = fields.One2many(
        "order.reversal.step",
        "reversal_id",
        copy=False,
        request=True,
    )
    finding_ids = fields.One2many(
        "order.reversal.finding", "reversal_id", readonly=True, copy=False
    )
    log_ids = fields.One2many("order.reversal.log", "reversal_id", readonly=True)
    log_row = fields.Integer(readonly=True, copy=False, aggregator=False)
    log_hash = fields.Char(readonly=True, copy=False, help="Of its last log row.")
    blocker_count = fields.Integer(compute="_compute_blocker_count")
    seen_fingerprint = fields.Char(
        copy=False,
        request=True,
    )
    fingerprint = fields.Char(readonly=True, copy=False)
    fingerprint_data = fields.Json(readonly=True, copy=False)
    impact = fields.Json(readonly=True, copy=False)
    impact_html = fields.Html(
        "Effect on the Books", compute="_compute_impact_html", sanitize=False
    )
    amount_total = fields.Monetary(
        "Amount Taken Back", readonly=True, copy=False, aggregator="sum"
    )
    amount_credit = fields.Monetary("Kept as Credit", readonly=True, copy=False)
    amount_refund = fields.Monetary("Refunded", readonly=True, copy=False)
    _one_root = models.Constraint(
        "CHECK (num_nonnulls(order_id, move_id, payment_id) <= 1)",
        "A reversal takes back exactly one document: an order, an invoice or a "
        "payment. Choose one of them.",
    )

    @api.depends("order_id", "move_id", "payment_id")
    def _compute_company_id(self):
        for reversal in self:
            root = reversal._get_root()
            reversal.company_id = (
                root.company_id if root else reversal.company_id
            ) or self.env.company

    @api.depends("order_id", "move_id", "payment_id")
    def _compute_root_name(self):
        for reversal in self:
            root = reversal._get_root()
            reversal.root_name = root._reversal_name() if root else reversal.root_name

    @api.depends("order_id", "move_id", "payment_id")
    def _compute_partner_id(self):
        for reversal in self:
            root = reversal._get_root()
            reversal.partner_id = root.partner_id if root else reversal.partner_id

    @api.depends("finding_ids.severity")
    def _compute_blocker_count(self):
        for reversal in self:
            # The form asks for the note by itself, and can be confirmed once it has it.
            reversal.blocker_count = len(
                reversal.finding_ids.filtered(
                    lambda f: f.severity == "blocker" and f.code != "note_required"
                )
            )

    def write(self, vals):
        """Override: the reason given has to be one that may be given."""
        result = super().write(vals)
        if {"reason_id", "note"} & set(vals) and not self._is_engine():
            self._check_reason()
        return result

    def _check_draft(self):
        """:raise UserError: a reversal was submitted"""
        if frozen := self.filtered(lambda reversal: reversal.state != "draft"):
            raise self._error(
                self.env._(
                    "%s was submitted and can't be edited. Cancel it and open a new "
                    "one from the document.",
                    ", ".join(frozen.mapped("name")),
                )
            )

    def copy_data(self, default=None):
        raise self._error(
            self.env._(
                "A reversal can't be duplicated: it belongs to one document. Open a "
                "new one from the document."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda r: r.state != "draft" or r.log_ids)
        if kept:
            raise self._error(
                self.env._(
                    "%s is part of the records and can't be deleted. Cancel it "
                    "instead if it was not carried out yet.",
                    ", ".join(kept.mapped("name")),
                )
            )
        self._check_own_draft()

    def _set_state(self, target, **vals):
        """The only writer of `state`.

        :param str target: key of `STATES`
        :raise UserError: the state can't be reached from the present one
        """
        wrong = self.filtered(lambda r: r.state not in STATE_FLOW[target])
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise self._error(
                "\n".join(
                    self.env._(
                        "%(name)s is %(state)s and can't become %(target)s. Open it "
                        "to see what was done.",
                        name=reversal.name,
                        state=labels[reversal.state],
                        target=labels[target],
                    )
                    for reversal in wrong
                )
            )
        self._engine_env(self).write({"state": target, **vals})

    @api.model
    def _error(self, message):
        """The one kind of refusal that a person reads."""
        return UserError(message)

    def _get_root(self):
        """The order, invoice or payment that is taken back, or None."""
        self.ensure_one()
        for name in self._root_fields:
            if self[name]:
                return self[name]
        return None

    def _get_earlier(self, record):
        """Done reversals that took this document back before."""
        # sudo: that somebody else took it back must not depend on who asks.
        steps = self.env["order.reversal.step"].sudo()
        return steps.search(
            [
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
                ("reversal_id.state", "=", "done"),
                ("operation", "in", ("credit", "void", "void_payment", "cancel")),
                ("reversal_id", "not in", self.ids),
            ]
        ).reversal_id

    def _get_record_link(self):
        return self._get_html_link(title=self.name)

    def _clean(self):
        """Without the defaults that the dialog left in the context."""
        # pylint: disable=context-overridden
        return self.with_context(clean_context(self.env.context))

    @api.autovacuum
    def _gc_abandoned_drafts(self):
        """Delete drafts that nobody submitted for a month."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        domain = Domain("state", "=", "draft") & Domain("write_date", "<", limit)
        self.search(domain & Domain("log_ids", "=", False)).unlink()

    # ------------------------------------------------------------------
    # Where a person goes from a reversal
    # ------------------------------------------------------------------

    def action_view_root(self):
        """Open the document that is taken back."""
        check_one(self)
        root = self._get_root()
        return root._get_records_action() if root else False

    def action_view_entries(self):
        """The journal entries that this reversal made or cancelled."""
        check_one(self)
        moves = self.env["account.move"]
        for step in self.step_ids:
            for model, record_id in (
                (step.res_model, step.res_id),
                (step.result_model, step.result_id),
            ):
                if model == "account.move":
                    moves |= moves.browse(record_id)
                elif model == "account.payment":
                    moves |= self.env[model].browse(record_id).move_id
        return moves.exists()._get_records_action(name=self.env._("Entries"))

    def action_download_snapshot(self):
        """Download the before-image as a JSON file."""
        check_one(self)
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/order_reversal/snapshot/{self.id}",
            "target": "download",
        }
