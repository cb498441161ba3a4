from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import formatLang

from ..checks import check_records, check_type, is_number


class OrderReversalLine(models.Model):
    """A part: so much of one line of the root is taken back, the rest stays."""

    _name = "order.reversal.line"
    _description = "Part of a Reversal"
    _order = "reversal_id, id"
    _target_fields = ("order_line_id", "move_line_id")
    _number_fields = ("quantity", "amount")
    reversal_id = fields.Many2one(
        "order.reversal", required=True, ondelete="cascade", index=True
    )
    order_line_id = fields.Many2one(
        "sale.order.line", "Order Line", index="btree_not_null", ondelete="set null"
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Invoice Line", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(
        "Line", compute="_compute_name", store=True, precompute=True, compute_sudo=True
    )
    quantity = fields.Float(
        digits="Product Unit", help="How many are taken back, in the unit of the line."
    )
    product_uom_id = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_line_values", compute_sudo=True
    )
    amount = fields.Monetary(
        "Price Correction",
        help="Taken off the price instead of a quantity, without taxes. For scope "
        "“Payments and invoices” alone.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_line_values", compute_sudo=True
    )

    @api.depends("order_line_id", "move_line_id")
    def _compute_name(self):
        for line in self:
            target = line._get_target()
            line.name = target.name or target.display_name if target else line.name

    @api.depends("order_line_id", "move_line_id")
    def _compute_line_values(self):
        for line in self:
            target = line._get_target()
            line.product_uom_id = target.product_uom_id if target else False
            line.currency_id = (
                target.currency_id if target else line.reversal_id.currency_id
            )

    def _get_target(self):
        """The line of the root that this is a part of, or None."""
        self.ensure_one()
        return self.order_line_id or self.move_line_id or None

    def _get_part_values(self):
        """What a person gave for it: values to make it anew.

        :return: dict
        """
        self.ensure_one()
        given = {
            name: self[name]._origin.id for name in self._target_fields if self[name]
        }
        return given | {name: self[name] for name in self._number_fields}

    def _freeze(self):
        """What of it is frozen in a request: JSON values, empty without a line."""
        self.ensure_one()
        target = self._get_target()
        return target and [target._name, target.id, self.quantity, self.amount]

    @api.onchange("order_line_id", "move_line_id")
    def _onchange_target(self):
        """All of the line, to begin with."""
        for line in self:
            if target := line._get_target():
                order_line = target._name == "sale.order.line"
                line.quantity = (
                    target.product_uom_qty if order_line else abs(target.quantity)
                )

    @api.onchange("amount")
    def _onchange_amount(self):
        """A price correction takes back no quantity."""
        for line in self:
            if line.amount:
                line.quantity = 0.0

    @api.onchange("quantity")
    def _onchange_quantity(self):
        """A quantity is taken back at its price."""
        for line in self:
            if line.quantity:
                line.amount = 0.0

    # ------------------------------------------------------------------
    # What may come in from outside
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to refuse what is no part.

        :raise ValidationError: no line of the root, no quantity, a line twice
        :raise AccessError: the reversal was submitted
        """
        check_type(self.env, vals_list, (list, tuple), "values")
        for vals in vals_list:
            check_type(self.env, vals, dict, "values")
            if not vals.get("reversal_id"):
                raise ValidationError(
                    self.env._(
                        "A part belongs to a reversal. Open one from the document, and "
                        "name the lines there."
                    )
                )
            self._check_part_values(vals)
        lines = super().create(vals_list)
        lines.reversal_id._check_part_may_change()
        lines.reversal_id._check_part()
        return lines

    def write(self, vals):
        """Override as `create`."""
        check_records(self)
        check_type(self.env, vals, dict, "values")
        self._check_part_values(vals)
        self.reversal_id._check_part_may_change()
        result = super().write(vals)
        self.reversal_id._check_part_may_change()
        self.reversal_id._check_part()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self.reversal_id._check_part_may_change()

    @api.model
    def _check_part_values(self, vals):
        """:raise ValidationError: a value that is no number, or an unknown line"""
        for name in self._target_fields:
            if vals.get(name):
                self.env["order.reversal"]._check_id(self._fields[name], vals[name])
        for name in self._number_fields:
            value = vals.get(name) or 0.0
            if not is_number(value):
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is not a valid number for “%(field)s”.",
                        value=value,
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    # ------------------------------------------------------------------
    # What it must be, whatever the documents say
    # ------------------------------------------------------------------

    def _get_problem(self, target):
        """Why this is no part of its root.

        :param target: the line it names, or None
        :return: a sentence, or an empty str
        """
        self.ensure_one()
        reversal = self.reversal_id
        if not target or (self.order_line_id and self.move_line_id):
            return self.env._("Name one line of %s for each part.", reversal.root_name)
        own = target.order_id if target._name == "sale.order.line" else target.move_id
        root = reversal._get_root()
        if not root or own != root._origin:
            return self.env._(
                "“%(line)s” is a line of %(own)s, not of %(root)s.",
                line=target.name or target.display_name,
                own=own.display_name,
                root=reversal.root_name,
            )
        if target.display_type not in (False, "product"):
            return self.env._(
                "“%s” is not a line with a quantity and a price.", target.display_name
            )
        return self._get_number_problem(target)

    def _get_number_problem(self, target):
        if self.quantity and self.amount:
            return self.env._(
                "Give a quantity or an amount for “%s”, not both.", target.name
            )
        amount, unit = self.amount, target.product_uom_id
        if not amount and (
            self.quantity <= 0.0 or (unit and unit.compare(self.quantity, 0.0) <= 0)
        ):
            return self.env._(
                "The quantity of “%(line)s” has to be more than 0; it has %(all)s.",
                line=target.name,
                all=self._format_quantity(
                    target.product_uom_id, self._get_whole(target)
                ),
            )
        if amount and target.currency_id.compare_amounts(amount, 0.0) <= 0:
            return self.env._(
                "The price correction of “%(line)s” has to be more than 0; the line "
                "is worth %(all)s.",
                line=target.name,
                all=target.currency_id.format(abs(target.price_subtotal)),
            )
        return ""

    def _get_whole(self, target):
        if target._name == "sale.order.line":
            return target.product_uom_qty
        return abs(target.quantity)

    @api.model
    def _format_quantity(self, unit, quantity):
        """A quantity and its unit, as a person reads them.

        :param unit: `uom.uom`, may be empty
        :param float quantity: in that unit
        """
        number = formatLang(self.env, quantity, dp="Product Unit")
        return f"{number} {unit.name or ''}".strip()

    @api.model
    def _block_exceeding(self, plan, excesses):
        """Say of which lines a plan takes back more than there is.

        :param list excesses: (line, wanted, possible), as a person reads them
        """
        if excesses:
            plan.block(
                "part_exceeds",
                " ".join(
                    self.env._(
                        "%(wanted)s of “%(line)s” can't be taken back: %(possible)s is "
                        "possible.",
                        line=line.name,
                        wanted=wanted,
                        possible=possible,
                    )
                    for line, wanted, possible in excesses
                ),
                plan.root,
                remedy=self.env._("Take back less, or leave the line out."),
            )
