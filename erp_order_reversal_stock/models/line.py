from odoo import api, fields, models


class OrderReversalLine(models.Model):
    """Which serial or lot numbers of what was delivered come back."""

    _inherit = "order.reversal.line"

    lot_ids = fields.Many2many(
        "stock.lot",
        string="Lots / Serial Numbers",
        help="Which of those that were delivered come back. Empty: the warehouse says "
        "so, where there are several.",
    )
    delivered_lot_ids = fields.Many2many(
        "stock.lot", compute="_compute_delivered_lot_ids", compute_sudo=True
    )

    @api.depends("order_line_id", "move_line_id")
    def _compute_delivered_lot_ids(self):
        for line in self:
            order_lines = line._get_order_lines()
            out = order_lines._origin.move_ids._reversal_lots_out()
            line.delivered_lot_ids = line.env["stock.lot"].union(*out.values())

    def _get_order_lines(self):
        return self.order_line_id | self.move_line_id.sale_line_ids

    @api.onchange("order_line_id", "move_line_id")
    def _onchange_lots(self):
        """Numbers of another line are none of this one's."""
        for line in self:
            line.lot_ids &= line.delivered_lot_ids

    @api.model
    def _check_part_values(self, vals):
        """Override: the numbers have to be a list of ids."""
        result = super()._check_part_values(vals)
        if vals.get("lot_ids"):
            self.env["order.reversal"]._check_commands("lot_ids", vals["lot_ids"])
        return result

    def _get_problem(self, target):
        """Override: only numbers that were delivered with the line, and are out."""
        if text := super()._get_problem(target):
            return text
        # sudo: numbers of an order that the user may read.
        strange = self.sudo().lot_ids - self.sudo().delivered_lot_ids
        if not strange:
            return ""
        possible = self.sudo().delivered_lot_ids.mapped("name")
        return self.env._(
            "%(numbers)s of “%(line)s” can't come back: delivered, and not back yet, "
            "are %(possible)s.",
            numbers=", ".join(strange.mapped("name")),
            line=target.name,
            possible=", ".join(possible) or self.env._("none with a number"),
        )

    def _get_part_values(self):
        values = super()._get_part_values()
        if self.lot_ids:
            values["lot_ids"] = [fields.Command.set(self.lot_ids._origin.ids)]
        return values

    def _freeze(self):
        row = super()._freeze()
        # sudo: ids of numbers of an order that the user may read.
        lots = self.sudo().lot_ids
        return [*row, sorted(lots._origin.ids)] if row and lots else row
