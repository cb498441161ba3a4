from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...plan import PartLine, frozen


class OrderReversal(models.Model):
    """A reversal that takes back a part of its root."""

    _inherit = "order.reversal"

    line_ids = fields.One2many(
        "order.reversal.line",
        "reversal_id",
        "Part",
        copy=False,
        request=True,
        help="Take back some lines or quantities only. Empty: all of it.",
    )
    is_part = fields.Boolean(
        "Only a Part", compute="_compute_is_part", store=True, precompute=True
    )

    @api.depends("line_ids")
    def _compute_is_part(self):
        for reversal in self:
            reversal.is_part = bool(reversal.line_ids)

    def write(self, vals):
        """Override to keep scope and part in agreement.

        :raise ValidationError: a scope that takes no part
        """
        result = super().write(vals)
        if "scope" in vals and not self._is_engine():
            self._check_part()
        return result

    @api.model
    def _check_values(self, vals):
        """Override to say what is no part, before the database does.

        :raise ValidationError: no list of lines, or a value that is no number
        """
        result = super()._check_values(vals)
        commands = vals.get("line_ids") or []
        if not isinstance(commands, list | tuple):
            commands = [commands]
        for command in commands:
            known = isinstance(command, list | tuple) and len(command) > 0
            named = known and command[0] in (Command.CREATE, Command.UPDATE)
            if not known or (named and not isinstance(command[-1], dict)):
                raise ValidationError(
                    self.env._(
                        "“%s” is not a line that can be taken back. Give an order "
                        "line or an invoice line, and a quantity.",
                        command,
                    )
                )
            if named:
                self.env["order.reversal.line"]._check_part_values(command[-1])
        return result

    def _check_part_may_change(self):
        """Whether the lines of a part may be written.

        :raise UserError: a reversal was submitted
        :raise AccessError: a draft of others
        """
        if self._is_engine():
            return
        self._check_own_draft()
        self._check_draft()

    def _check_part(self):
        """:raise ValidationError: with everything that makes a part none at once"""
        for reversal in self:
            if problems := reversal._get_part_problems():
                raise ValidationError("\n".join(text for _code, text in problems))

    # ------------------------------------------------------------------
    # What a part must be, whatever the documents say
    # ------------------------------------------------------------------

    def _get_part_problems(self):
        """What is wrong with the part by itself.

        :return: list of (code of the finding, sentence)
        """
        self.ensure_one()
        if not self.line_ids:
            return []
        problems = self._get_part_scope_problems()
        seen = set()
        for line in self.line_ids:
            # sudo: which document the line is of; that one may be read is checked.
            target = line.sudo()._get_target()
            if text := line._get_problem(target):
                problems.append(("part_invalid", text))
            elif target in seen:
                problems.append(
                    (
                        "part_twice",
                        self.env._(
                            "“%s” is named twice. Give one quantity for it.", line.name
                        ),
                    )
                )
            seen.add(target)
        return problems

    def _get_part_scope_problems(self):
        labels = dict(self._fields["scope"]._description_selection(self.env))
        if self.restores_id:
            return [
                (
                    "part_of_restore",
                    self.env._(
                        "A restore takes back all of %s. Leave the lines out.",
                        self.restores_id.name,
                    ),
                )
            ]
        if self.payment_id:
            return [
                (
                    "part_of_payment",
                    self.env._(
                        "A payment has no lines. Take a part back from the order or "
                        "the invoice."
                    ),
                )
            ]
        if self.scope not in ("invoice", "cancel"):
            return [
                (
                    "part_scope",
                    self.env._(
                        "“%(scope)s” takes back all of it. Choose “%(invoice)s” or "
                        "“%(cancel)s” for a part.",
                        scope=labels.get(self.scope, self.scope),
                        invoice=labels["invoice"],
                        cancel=labels["cancel"],
                    ),
                )
            ]
        if self.scope == "cancel" and any(self.line_ids.mapped("amount")):
            return [
                (
                    "part_scope",
                    self.env._(
                        "A price correction lowers no quantity. Choose “%s” for it.",
                        labels["invoice"],
                    ),
                )
            ]
        return []

    # ------------------------------------------------------------------
    # In a plan
    # ------------------------------------------------------------------

    def _plan_part(self, plan):
        """What a plan takes back of its root, and what is wrong with that.

        A part that leaves nothing of an order is the order: it is cancelled.

        :return: {line of the root: PartLine}, or None where all of it is taken back
        """
        self.ensure_one()
        if self.batch_id.product_ids and not self.line_ids and not self.restores_id:
            self._block_without_product(plan)
            return {}
        if not self.is_part:
            return None
        problems = self._get_part_problems()
        if problems:
            for code, text in problems:
                plan.block(code, text, plan.root, remedy=self._get_part_remedy())
            return {}
        part = {
            line._get_target(): PartLine(line.quantity, line.amount)
            for line in self.line_ids
        }
        if self.scope == "cancel":
            lines = plan.root._reversal_part_lines(part)
            if lines and all(
                order._reversal_leaves_nothing(lines)
                for order in self.env["sale.order.line"].union(*lines).order_id
            ):
                return None
        return part

    def _block_without_product(self, plan):
        """A selection of products takes back nothing of a document without them."""
        plan.block(
            "part_product_missing",
            self.env._(
                "%(document)s has nothing of %(products)s to take back.",
                document=plan.root._reversal_name(),
                products=", ".join(self.batch_id.product_ids.mapped("display_name")),
            ),
            plan.root,
            remedy=self.env._("It stays as it is: nothing has to be done with it."),
        )

    def _freeze_part(self):
        """What of the part is frozen in a request, as JSON values."""
        return [row for line in self.line_ids if (row := line._freeze())]

    def _get_part_remedy(self):
        return self.env._(
            "Name lines of this document, each once, with what is taken back of it; or "
            "none, to take all of it back."
        )

    def _plan_restore(self, plan):
        """Override to restore parts in the opposite order, the last one first.

        What a part released, and what it took of the rest, follows from the ones
        before it.
        """
        result = super()._plan_restore(plan)
        later = self.restores_id._get_later_parts()
        if later:
            plan.block(
                "part_restored_first",
                self.env._(
                    "Another part of %s has been taken back since.", self.root_name
                ),
                plan.root,
                remedy=self.env._("Restore %s first.", ", ".join(later.mapped("name"))),
            )
        return result

    def _get_later_parts(self):
        """Done reversals that took back another part of the same documents since.

        :return: `order.reversal`, the last one first; none where both took back all
            of their root
        """
        self.ensure_one()
        # sudo: reversals of others, for which of them has to go first.
        later = self.sudo().search(
            [
                ("state", "=", "done"),
                ("restores_id", "=", False),
                ("company_id", "=", self.company_id.id),
                ("done_on", ">=", self.done_on),
                ("id", "!=", self.id),
                *([] if self.is_part else [("is_part", "=", True)]),
            ]
        )
        own = self._get_part_documents()
        return later.filtered(
            lambda other: other._is_done_after(self)
            and own & other._get_part_documents()
        )._last_first()

    def _get_part_documents(self):
        """Keys of the orders and invoices in the frozen plan: set of str."""
        documents = (self.fingerprint_data or {}).get("documents", {})
        kinds = ("sale.order", "account.move")
        return {key for key in documents if frozen.parse_key(key)[0] in kinds}

    def _as_planned(self):
        """Override to plan the part that the dialog shows.

        A row that was opened and names no line yet says nothing so far.
        """
        planned = super()._as_planned()
        planned.line_ids = [
            Command.create(line._get_part_values())
            for line in self.line_ids
            if line._get_target()
        ]
        return planned

    def _get_asked(self):
        """Override: a part is asked for by its lines."""
        return {
            **super()._get_asked(),
            "lines": [
                [line[name] for name in (*line._target_fields, *line._number_fields)]
                for line in self.line_ids
            ],
        }

    @api.onchange("line_ids")
    def _onchange_part(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()
