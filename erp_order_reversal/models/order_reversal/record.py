from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from ...checks import check_one, check_records
from ...const import (
    INVOICE_METHODS,
    PAYMENT_METHODS,
    SCOPES,
    STATE_FLOW,
    STATES,
)
from ...engine import ENGINE


class OrderReversal(models.Model):
    """One settled document taken back once: asked for, planned, carried out."""

    _name = "order.reversal"
    _description = "Order Reversal"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "order.reversal.request.mixin",
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
    scope = fields.Selection(
        SCOPES,
        required=True,
        default="cancel",
        tracking=True,
        index=True,
        help="Unlock only: the order is opened for edit.\n"
        "Payments: they are taken off the invoices.\n"
        "Payments and invoices: the invoices are taken back, too; the order stays "
        "confirmed and can be invoiced anew.\n"
        "Back to quotation: the order becomes a quotation again, too.\n"
        "Cancel the order: everything is taken back, and the order is cancelled.",
        request=True,
    )
    reason_id = fields.Many2one(
        "order.reversal.reason",
        required=True,
        tracking=True,
        check_company=True,
        request=True,
    )
    note_required = fields.Boolean(related="reason_id.note_required")
    note = fields.Text(
        "Explanation",
        help="It is written on every document that changes.",
        request=True,
    )
    invoice_method = fields.Selection(
        INVOICE_METHODS,
        required=True,
        default="auto",
        help="Automatic: a draft, or an invoice of the same month that was neither "
        "sent nor locked, is voided; any other one gets a credit note.",
        request=True,
    )
    payment_method = fields.Selection(
        PAYMENT_METHODS,
        required=True,
        default="auto",
        help="Automatic: the money stays with you as a credit of the customer. Void "
        "only a payment that never happened; a refund is recorded as a payment of its "
        "own.",
        request=True,
    )
    date = fields.Date(
        "Accounting Date",
        required=True,
        default=fields.Date.context_today,
        help="Date of the new entries. It is moved to the first open day if the "
        "period is locked.",
        request=True,
    )
    entry_date = fields.Date(
        "New Entries Dated", readonly=True, copy=False, help="The first open day."
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, copy=False, default="draft", tracking=True
    )
    requester_id = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.uid
    )
    requested_on = fields.Datetime(
        readonly=True, copy=False, help="When an approval was asked for."
    )
    approver_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)
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
        """Requests are written while draft, by the requester; nothing else is.

        :raise UserError: the reversal is no draft, or the field is not a request
        """
        if self._is_engine() or not set(vals) & self._guarded_fields():
            return super().write(vals)
        denied = set(vals) & self._guarded_fields() - self._request_fields
        if denied:
            labels = [self._fields[name].string for name in sorted(denied)]
            raise self._error(
                self.env._(
                    "%(fields)s of %(names)s can't be written: they follow from what "
                    "is done with the reversal. Use its buttons instead.",
                    fields=", ".join(labels),
                    names=", ".join(self.mapped("name")),
                )
            )
        check_records(self)
        self._check_own_draft()
        self._check_values(vals)
        frozen = self.filtered(lambda r: r.state != "draft")
        if frozen:
            raise self._error(
                self.env._(
                    "%s was submitted and can't be edited. Cancel it and open a new "
                    "one from the document.",
                    ", ".join(frozen.mapped("name")),
                )
            )
        result = super().write(vals)
        if {"reason_id", "note"} & set(vals):
            self._check_reason()
        return result

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

    @api.model
    def _is_engine(self):
        return self.env.context.get("order_reversal_engine") is ENGINE

    @api.model
    def _engine_env(self, records):
        """`records` as the addon itself writes them.

        sudo(): for the addon's own tables alone, which nobody else may write.
        """
        context = clean_context(self.env.context)
        return records.sudo().with_context(context, order_reversal_engine=ENGINE)

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
        steps = (
            self.env["order.reversal.step"]
            .sudo()
            .search(
                [
                    ("res_model", "=", record._name),
                    ("res_id", "in", record.ids),
                    ("reversal_id.state", "=", "done"),
                    ("operation", "in", ("credit", "void", "void_payment", "cancel")),
                    ("reversal_id", "not in", self.ids),
                ]
            )
        )
        return steps.reversal_id

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
