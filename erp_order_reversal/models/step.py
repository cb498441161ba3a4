from types import MappingProxyType

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..checks import find_existing, still_existing
from ..const import INVOICE_METHODS, OPERATIONS, PAYMENT_METHODS
from ..engine import Entries
from ..exceptions import IncompleteOperationError
from ..plan import CreditData, ReleaseData, RematchData, frozen
from ..plan import operation as rows
from .guarded_mixin import marked_fields


class OrderReversalStep(models.Model):
    """One operation on one document: planned, then carried out."""

    _name = "order.reversal.step"
    _description = "Reversal Step"
    _order = "reversal_id, sequence, id"
    reversal_id = fields.Many2one(
        "order.reversal", required=True, ondelete="cascade", index=True
    )
    reversal_state = fields.Selection(related="reversal_id.state")
    sequence = fields.Integer(default=10)
    operation = fields.Selection(OPERATIONS, required=True)
    res_model = fields.Char("Document Model", required=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", required=True
    )
    res_name = fields.Char("Document")
    kind = fields.Selection(
        [
            ("order", "Order"),
            ("invoice", "Invoice"),
            ("payment", "Payment"),
            ("made", "Made for the order"),
        ],
        compute="_compute_kind",
    )
    can_choose = fields.Boolean(
        compute="_compute_can_choose",
        help="Whether there is more than one method for this document.",
    )
    can_open = fields.Boolean(compute="_compute_can_open", compute_sudo=False)
    outcome = fields.Char("What becomes of it", translate=True)
    why = fields.Char(translate=True, help="Why this method was chosen.")
    amount = fields.Monetary()
    currency_id = fields.Many2one("res.currency")
    invoice_method = fields.Selection(
        INVOICE_METHODS,
        override=True,
    )
    payment_method = fields.Selection(
        PAYMENT_METHODS,
        override=True,
    )
    done = fields.Boolean(readonly=True)
    result_model = fields.Char("Resulting Model", readonly=True)
    result_id = fields.Many2oneReference(
        "Resulting ID", model_field="result_model", readonly=True
    )
    result_name = fields.Char("Resulting Document", readonly=True)
    closed_methods = fields.Json(
        help="Methods that can't be chosen for the document, each with the reason."
    )
    data = fields.Json(help="What the operation needs: journal items, amounts.")
    origin_id = fields.Many2one(
        "order.reversal.step", readonly=True, help="Of a restore: what it takes back."
    )

    _document_idx = models.Index("(res_model, res_id)")
    _result_idx = models.Index("(result_model, result_id) WHERE result_id IS NOT NULL")

    def _valid_field_parameter(self, field, name):
        return name == "override" or super()._valid_field_parameter(field, name)

    @property
    def _override_fields(self):
        """The choices of whoever asks; everything else is the plan's.

        :return: names of the fields that say so (`override=True`)
        """
        return marked_fields(self, "override")

    @api.depends("res_model")
    def _compute_kind(self):
        kinds = {
            "sale.order": "order",
            "account.move": "invoice",
            "account.payment": "payment",
        }
        for step in self:
            made = step.res_model in step._get_operations()["cancel_made"].models
            step.kind = "made" if made else kinds.get(step.res_model)

    @api.depends("res_model", "res_id", "operation")
    def _compute_can_choose(self):
        for step in self:
            if step.res_model == "account.move":
                # sudo: the state alone, of a document that the plan read as sudo too.
                step.can_choose = (
                    step.operation in ("credit", "void")
                    and step._get_document().sudo().state == "posted"
                )
            else:
                step.can_choose = step.operation in ("release", "void_payment") and (
                    step.res_model == "account.payment"
                )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_can_open(self):
        of_model = self.grouped("res_model")
        ids = {model: set(steps.mapped("res_id")) for model, steps in of_model.items()}
        existing = find_existing(self.env, ids)
        for model, steps in of_model.items():
            readable = self.env[model].browse(existing[model])
            readable = set(readable._filtered_access("read").ids)
            for step in steps:
                step.can_open = step.res_id in readable

    # ------------------------------------------------------------------
    # Operations
    # ------------------------------------------------------------------

    @api.model
    def _get_operation_rows(self):
        """The rows of all operations; glue addons add theirs, or models to a row.

        :return: list of `Operation`
        """
        return list(rows.OPERATIONS)

    @api.model
    def _add_made(self, operations, model):
        """The rows with one more model whose documents are made for orders.

        :param list operations: as `_get_operation_rows` returns them
        :param str model: it inherits `order.reversal.made.mixin`
        """
        return [
            row.on(model) if row.key in ("cancel_made", "reopen_made") else row
            for row in operations
        ]

    @api.model
    @tools.ormcache()
    def _get_operations(self):
        """What can be done, in the order in which it is carried out.

        :return: {key: `Operation`}
        """
        found = sorted(self._get_operation_rows(), key=lambda row: row.order)
        return MappingProxyType({row.key: row for row in found})

    def _get_row(self):
        """:return: `Operation` of one step"""
        return self._get_operations()[self.operation]

    def _register_hook(self):
        """Override to refuse operations that lack a piece.

        :raise IncompleteOperationError: naming every piece
        """
        super()._register_hook()
        missing = self._find_missing_pieces()
        if missing:
            raise IncompleteOperationError("\n".join(missing))

    @api.model
    def _find_missing_pieces(self):
        """What the operations of the installed addons lack.

        :return: list of str
        """
        operations = self._get_operations()
        missing = [
            f"The operation {key} has no row, or no name."
            for key in operations.keys()
            ^ set(self._fields["operation"].get_values(self.env))
        ]
        for row in operations.values():
            back = operations.get(row.inverse) if row.inverse else row
            if not back or not set(row.models) <= set(back.models):
                missing.append(f"The operation {row.key} has no inverse.")
            for model in row.models:
                missing += [
                    f"{model} has no {prefix}{row.key}."
                    for prefix in row.halves
                    if not hasattr(type(self.env[model]), prefix + row.key)
                ]
        return missing

    @api.model
    def _select_by_right(self, right):
        """Keys of the operations that take a right of the host.

        :param str right: external id of a group
        :return: set of str
        """
        return {
            key for key, row in self._get_operations().items() if row.right == right
        }

    def write(self, vals):
        """Only the choice of a method is a person's; the plan is the addon's."""
        if not self.env["order.reversal"]._is_engine():
            denied = set(vals) - set(self._override_fields)
            frozen = self.reversal_id.filtered(lambda r: r.state != "draft")
            if denied or frozen:
                raise AccessError(
                    self.env._(
                        "The steps of a reversal are computed. Only the method of a "
                        "document can be chosen, and only while the reversal is a "
                        "draft. Open a new reversal to choose differently."
                    )
                )
            self.reversal_id._check_own_draft()
        return super().write(vals)

    def _get_document(self):
        """The document of each step, in one recordset (one model only)."""
        model = self[:1].res_model
        return self.env[model].browse(self.mapped("res_id"))

    def _get_orders(self):
        """The orders that these steps change: themselves, or by their invoices."""
        orders = self.env["sale.order"]
        for step in self:
            if step.res_model == "sale.order":
                orders |= step._get_document()
            elif (
                step._get_row().worth == rows.INVOICED and not step.reversal_id.order_id
            ):
                orders |= step._get_document().line_ids.sale_line_ids.order_id
        return orders

    def _get_releases(self):
        """What these steps take off.

        :return: list of Release, in the order of the steps
        """
        return [
            release
            for step in self
            for release in ReleaseData.from_json(step.data).releases
        ]

    def _get_companies(self):
        """The companies of the documents of these steps."""
        companies = self.env["res.company"]
        for steps in self.grouped("res_model").values():
            companies |= steps._get_document()._reversal_companies()
        return companies

    def _get_rematched(self, rows):
        """The journal items that this step matched with its document anew.

        :param rows: partial reconciliations of the before-image, as dicts
        :return: `account.move.line`, those of other documents alone
        """
        data = RematchData.from_json(self.data)
        credits = self.env["account.move"].browse(data.credit_ids)
        items = credits.line_ids.browse(data.counterpart_ids)
        again = set(CreditData.from_json(self.data).rematch_ids)
        for row in rows:
            if row["id"] in again:
                items |= items.browse([row["debit_move_id"], row["credit_move_id"]])
        return (items.exists() | credits.exists().line_ids).filtered(
            lambda item: item.move_id != self._get_document()
        )

    def _before(self):
        """The document as the reversal found it: dict of the frozen plan."""
        self.ensure_one()
        documents = (self.reversal_id.fingerprint_data or {}).get("documents", {})
        return documents.get(frozen.document_key(self.res_model, self.res_id), {})

    def _get_result(self, model):
        """The document of `model` that came out of this step, an empty one else.

        :param str model: name of the model
        """
        self.ensure_one()
        known = self.result_id if self.result_model == model else []
        return self.env[model].browse(known).exists()

    def _is_locked_again(self):
        """Whether the reversal leaves the step's order locked, as it found it."""
        self.ensure_one()
        return bool(
            self.reversal_id.step_ids.filtered(
                lambda other: other.operation == "lock_again"
                and other.res_id == self.res_id
            )
        )

    def _was_posted(self):
        """Whether the document of a restore was posted when it was taken back."""
        self.ensure_one()
        return self.origin_id._before().get("state") == "posted"

    def _set_result(self, record=None):
        """Mark as done; `record` is the document that came out of it.

        Its number alone is kept: the display name of an entry repeats the reference,
        cut off in the middle.
        """
        name = record and (record[record._rec_name] or record.display_name)
        self._engine().write(
            {
                "done": True,
                "result_model": record._name if record else False,
                "result_id": record.id if record else False,
                "result_name": name or False,
            }
        )

    def _keep(self, **values):
        """Keep what the way back needs and is known only now, beside what was planned.

        :param values: JSON values, for the `data` of this step
        """
        self.ensure_one()
        self._engine().data = {**(self.data or {}), **values}

    def _reversal_unmatch(self):
        """Take off what was matched instead of what is restored.

        What others matched with the invoices since, a later reversal of another part
        of one among them, stays.
        """
        for step in self:
            rows = step.reversal_id._image_rows("account_partial_reconcile")
            ours = step._get_rematched(rows)
            lines = step._get_document().line_ids
            partials = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
                lambda partial, ours=ours: ours
                & (partial.debit_move_id | partial.credit_move_id)
            )
            known = {row["id"] for row in rows}
            partials.browse(set(partials.ids) - known).unlink()

    def _find_still_matched(self, books):
        """Problems of a step whose released matches are still there.

        :return: list of str
        """
        self.ensure_one()
        # sudo: whether matches exist.
        partials = self.env["account.partial.reconcile"].sudo()
        left = any(
            books.has(partials.browse(release.partial_id))
            for release in self._get_releases()
            if release.partial_id
        )
        return [self.env._("%s is still matched.", self.res_name)] if left else []

    def _block_used_credit(self, plan):
        """What was released may have paid something else meanwhile.

        :param Plan plan: of the restore
        """
        self.ensure_one()
        lines = self.env["account.move.line"]
        needed = {}
        for release in ReleaseData.from_json(self.data).releases:
            if release.counterpart_id:
                line = lines.browse(release.counterpart_id).exists()
                needed[line] = needed.get(line, 0.0) + release.own_taken
        used = lines.browse(
            line.id
            for line, amount in needed.items()
            if line
            and line.currency_id.compare_amounts(
                abs(line.amount_residual_currency), amount
            )
            < 0
        )
        if used:
            others = used.matched_debit_ids.debit_move_id
            others |= used.matched_credit_ids.credit_move_id
            plan.block(
                "credit_used",
                self.env._(
                    "The credit of %(payment)s has been used for %(documents)s since.",
                    payment=self.res_name,
                    documents=", ".join(others.move_id.mapped("display_name")),
                ),
                self._get_document(),
                remedy=self.env._("Take it off there first."),
            )

    def _reversal_unlink_partials(self):
        """Unlink the matches that these steps release, and the links beside them.

        Only the listed `account.partial.reconcile` are unlinked, never all of a
        journal item.
        """
        pairs = {
            (step.res_id, release.invoice_id)
            for step in self
            if step.res_model == "account.payment"
            for release in step._get_releases()
            if not release.keep
        }
        partials = self._reversal_partials()
        # sudo: what the host reads, too, to compute what follows from these matches.
        entries = (partials.debit_move_id | partials.credit_move_id).move_id.sudo()
        partials._reversal_unlink_full()
        entries._reversal_read_chain()
        # The host asks one match after the other for these.
        entries = entries.browse(entries.ids)
        for name in ("matched_payment_ids", "payment_ids", "statement_line_ids"):
            entries.mapped(name)
        partials.with_context(
            # The lines of the entries stay as they are: nothing to keep in step.
            skip_invoice_sync=True,
            order_reversal_entries=Entries(entries.ids),
        ).unlink()
        self._reversal_unlink_payment_links(pairs)

    def _reversal_partials(self):
        """The matches that these steps release, as far as they still exist."""
        return still_existing(
            self.env["account.partial.reconcile"].browse(
                release.partial_id
                for release in self._get_releases()
                if release.partial_id
            )
        )

    def _reversal_unlink_payment_links(self, pairs):
        """Take invoices off the payments' list of invoices (`invoice_ids`).

        The host fills that list when a payment is registered and never cleans it.

        :param pairs: set of (payment id, invoice id)
        """
        payments = self.env["account.payment"].browse({pair[0] for pair in pairs})
        moves = self.env["account.move"].browse({pair[1] for pair in pairs})
        linked = {
            (payment.id, move.id)
            for payment in payments
            for move in payment.invoice_ids & moves
        }
        if linked <= pairs:
            # One write for all: no pair outside the list exists.
            payments.write({"invoice_ids": [Command.unlink(move.id) for move in moves]})
            return
        for payment in payments:
            payment.write(
                {
                    "invoice_ids": [
                        Command.unlink(move_id)
                        for payment_id, move_id in linked & pairs
                        if payment_id == payment.id
                    ]
                }
            )

    def _engine(self):
        """These steps as the addon writes them."""
        return self.env["order.reversal"]._engine_env(self)
