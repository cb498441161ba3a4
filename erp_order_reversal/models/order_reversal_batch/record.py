from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...checks import check_type
from ...const import BATCH_STATES
from ..order_reversal.request import ROOT_SCOPE

# The field of a batch that holds the documents of each root of a reversal.
ROOTS = {
    "order_id": "order_ids",
    "move_id": "move_ids",
    "payment_id": "payment_ids",
}


class OrderReversalBatch(models.Model):
    """Many documents taken back for one reason: started once, carried out in parts."""

    _name = "order.reversal.batch"
    _description = "Bulk Reversal"
    _inherit = [
        "order.reversal.request.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    name = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    requester_id = fields.Many2one(string="Owner", required=True, index=True)
    runner_id = fields.Many2one(
        "res.users",
        "Started by",
        readonly=True,
        copy=False,
        help="Whoever started or resumed it asks for what is not carried out yet.",
    )
    order_ids = fields.Many2many(
        "sale.order",
        string="Orders",
        copy=False,
        request=True,
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        copy=False,
        request=True,
    )
    payment_ids = fields.Many2many(
        "account.payment",
        string="Payments",
        copy=False,
        request=True,
    )
    # For views: whoever may not read payments can't read the list of them either.
    of_payments = fields.Boolean(compute="_compute_of_payments", compute_sudo=True)
    state = fields.Selection(
        BATCH_STATES,
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    started_on = fields.Datetime(readonly=True, copy=False)
    finished_on = fields.Datetime(readonly=True, copy=False)
    reversal_ids = fields.One2many("order.reversal", "batch_id", readonly=True)
    restores_batch_id = fields.Many2one(
        "order.reversal.batch",
        "Restores",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The batch that this one takes back.",
    )
    failed_ids = fields.One2many(
        "order.reversal",
        "batch_id",
        "What Failed",
        domain=[("state", "=", "failed")],
        readonly=True,
    )
    total_count = fields.Integer("Documents", compute="_compute_counts")
    done_count = fields.Integer("Done", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    waiting_count = fields.Integer(
        "To Approve",
        compute="_compute_counts",
        help="They need a second person and are carried out when approved.",
    )
    cancelled_count = fields.Integer("Cancelled", compute="_compute_counts")
    queued_count = fields.Integer("Queued", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="In percent.")
    remaining_time = fields.Char(compute="_compute_counts")

    @api.depends("payment_ids")
    def _compute_of_payments(self):
        for batch in self:
            batch.of_payments = bool(batch.payment_ids)

    @api.depends("reversal_ids.state", "state", "order_ids", "move_ids", "payment_ids")
    def _compute_counts(self):
        found = {}
        for batch, state, count in self.env["order.reversal"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        ):
            found.setdefault(batch.id, {})[state] = count
        totals = self._count_documents()
        for batch in self:
            counts = found.get(batch._origin.id, {})
            batch.total_count = total = totals[batch]
            batch.done_count = counts.get("done", 0) + counts.get("undone", 0)
            batch.failed_count = counts.get("failed", 0)
            batch.waiting_count = counts.get("to_approve", 0)
            batch.cancelled_count = counts.get("cancelled", 0) + counts.get(
                "rejected", 0
            )
            if batch.state == "cancelled":
                batch.cancelled_count += total - sum(counts.values())
            worked = (
                batch.done_count
                + batch.failed_count
                + batch.waiting_count
                + batch.cancelled_count
            )
            batch.queued_count = 0 if batch.state == "draft" else total - worked
            batch.progress = batch._get_progress(worked, total)
            batch.remaining_time = batch._get_remaining_time(worked, total)

    def _count_documents(self):
        """How many documents each of these has; of saved ones, without reading them.

        :return: {batch: int}
        """
        saved = self.filtered("id")
        counts = Counter()
        for field in map(self._fields.get, ROOTS.values() if saved else ()):
            rows = self.env.execute_query(
                SQL(
                    "SELECT %(batch)s, COUNT(*) FROM %(relation)s "
                    "WHERE %(batch)s = ANY(%(ids)s) GROUP BY %(batch)s",
                    batch=SQL.identifier(field.column1),
                    relation=SQL.identifier(field.relation),
                    ids=list(saved._ids),
                )
            )
            counts.update(dict(rows))
        return {
            batch: counts[batch.id]
            if batch.id
            else sum(len(records) for _root, records in batch._get_roots())
            for batch in self
        }

    @api.model
    def _get_progress(self, worked, total):
        """In percent, never rounded up: 100 means that nothing is left."""
        return float(100 * worked // total) if total else 0.0

    def _get_remaining_time(self, worked, total):
        """How long it will take at the pace so far, for a person to read."""
        if self.state != "running" or not worked or not self.started_on:
            return False
        spent = (fields.Datetime.now() - self.started_on).total_seconds()
        seconds = round(spent / worked * (total - worked))
        if seconds < 60:
            return self.env._("less than a minute")
        if seconds < 3600:
            return self.env._("%s min", round(seconds / 60))
        return self.env._(
            "%(hours)s h %(minutes)s min",
            hours=seconds // 3600,
            minutes=seconds % 3600 // 60,
        )

    def _get_usual(self):
        """Override: invoices and payments reach as far as they go themselves."""
        usual = super()._get_usual()
        if "scope" in usual and "default_scope" not in self.env.context:
            usual["scope"] = self._default_scope(self)
        return usual

    @api.model
    def default_get(self, fields):
        """Invoices and payments are taken back as far as they reach themselves."""
        values = super().default_get(fields)
        if "scope" in fields and "default_scope" not in self.env.context:
            values["scope"] = self._default_scope(values)
        return values

    @api.model
    def _default_scope(self, values):
        for root, name in ROOTS.items():
            if name in values and values[name]:
                return ROOT_SCOPE[root]
        return "cancel"

    @api.model_create_multi
    def create(self, vals_list):
        """Only the request comes from outside; the rest is computed.

        :raise ValidationError: no document, an archived reason
        """
        prepared = []
        check_type(self.env, vals_list, (list, tuple), "values")
        for vals in vals_list:
            check_type(self.env, vals, dict, "values")
            vals = dict(vals)
            if not self._is_engine():
                vals = self._check_request(vals)
            if "scope" not in vals and "default_scope" not in self.env.context:
                vals["scope"] = self._default_scope(vals)
            if vals.get("name", "/") == "/":
                code = self._get_sequence_code(vals)
                vals["name"] = self.env["ir.sequence"].next_by_code(code) or "/"
            prepared.append(vals)
        batches = super(
            OrderReversalBatch, self.with_context(mail_create_nolog=True)
        ).create(prepared)
        return batches.with_env(self.env)

    @api.model
    def _get_sequence_code(self, vals):
        """Of the sequence that numbers a new batch; override point.

        :param dict vals: its values
        """
        return "order.reversal.batch"

    @api.model
    def _check_request(self, vals):
        """Refuse what follows from the work, and set what the reason sets.

        :return: dict
        """
        self._check_values(vals)
        vals = self._drop_guarded(vals)
        self._set_defaults_of_reason(vals)
        return vals

    def _check_draft(self):
        self._check_state("draft")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_draft()
        self._check_own_draft()

    def copy_data(self, default=None):
        raise UserError(
            self.env._(
                "A batch can't be duplicated: it belongs to its documents. Select "
                "them in their list and start a new one."
            )
        )

    @api.autovacuum
    def _gc_abandoned_drafts(self):
        """Delete batches that nobody started for a week."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        domain = Domain("state", "=", "draft") & Domain("write_date", "<", limit)
        self.search(domain).unlink()

    def _engine(self):
        """This batch as the addon itself writes it."""
        return self._engine_env(self)

    def _check_state(self, *states):
        """:raise UserError: a batch is in another state"""
        wrong = self.filtered(lambda batch: batch.state not in states)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(names)s: this is possible only while a batch is “%(states)s”.",
                    names=", ".join(wrong.mapped("name")),
                    states=self.env._("” or “").join(labels[s] for s in states),
                )
            )

    def _get_passed_values(self):
        """What each reversal of this batch takes over from it.

        :return: dict
        """
        self.ensure_one()
        shared = self._request_fields & self.env["order.reversal"]._request_fields
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in shared - {"reason_id"}
        }
        return {**values, "reason_id": self.reason_id._origin.id}

    def _get_roots(self):
        """[(field of the reversal, documents)] of this batch, without empty ones."""
        self.ensure_one()
        # sudo: which documents they are; whoever does something with them, or is shown
        # them, is asked for the right on them there.
        own = self.sudo()
        roots = [(root, own[name].sudo(self.env.su)) for root, name in ROOTS.items()]
        return [(root, records) for root, records in roots if records]

    @api.model
    def _open_action(self, records):
        """The dialog on a new batch of these documents.

        :param records: orders, invoices or payments (several)
        """
        root = records._reversal_root_field
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reverse %s documents", len(records)),
            "res_model": self._name,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "erp_order_reversal.order_reversal_batch_view_form_dialog"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                f"default_{ROOTS[root]}": [Command.set(records.ids)],
                "dialog_size": "extra-large",
            },
        }
