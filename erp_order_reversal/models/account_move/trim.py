from odoo import api, models
from odoo.fields import Command

from ...plan import TrimData

# What a line of the before-image had that its order line does not tell.
IMAGE_VALUES = ("name", "quantity", "price_unit", "discount", "sequence", "account_id")


class AccountMove(models.Model):
    """A draft that is shared with other orders loses the lines of one."""

    _inherit = "account.move"

    @api.private
    def _reversal_apply_trim(self, steps):
        """Take the order's lines off a draft that it shares with other orders."""
        for step in steps:
            step._get_document()._reversal_lines_of(step).unlink()
            step._set_result()

    def _reversal_lines_of(self, step):
        """The invoice lines that belong to the orders of a step alone.

        :param step: `order.reversal.step` that takes them off
        """
        data = TrimData.from_json(step.data)
        orders = self.env["sale.order"].browse(data.order_ids)
        return self.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids.order_id
            and line.sale_line_ids.order_id <= orders
        )

    def _reversal_check_trim(self, step, books):
        """:return: list of str"""
        if books.fresh and step._get_document()._reversal_lines_of(step):
            return [self.env._("%s still has lines of this order.", step.res_name)]
        return []

    def _reversal_obstacles_trim(self, step, plan):
        """Lines can be put back on a draft alone."""
        self.ensure_one()
        if self.state != "draft":
            plan.block(
                "draft_posted_since",
                self.env._(
                    "%s has been posted or cancelled since, without the lines of this "
                    "order.",
                    self.display_name,
                ),
                self,
                remedy=self.env._(
                    "Confirm the order and invoice it by itself, or reset the invoice "
                    "to draft first."
                ),
            )

    @api.private
    def _reversal_apply_refill(self, steps):
        """Put the lines back, as the before-image had them."""
        for step in steps:
            move = step._get_document()
            move.write(
                {
                    "invoice_line_ids": [
                        Command.create(values)
                        for values in move._reversal_lost_lines(step.origin_id)
                    ]
                }
            )
            step._set_result()

    def _reversal_lost_lines(self, step):
        """Values of the lines that a step took off this draft.

        :param step: `order.reversal.step`
        :return: list of dict
        """
        self.ensure_one()
        image = step.reversal_id._image_rows
        links = {
            row["invoice_line_id"]: row["order_line_id"]
            for row in image("sale_order_line_invoice_rel")
        }
        orders = TrimData.from_json(step.data).order_ids
        own = self.env["sale.order"].browse(orders).order_line
        found = []
        for row in image("account_move_line"):
            line = own.browse(links.get(row["id"])) & own
            if row["move_id"] == self.id and line:
                values = line._prepare_invoice_line(sequence=row["sequence"])
                found.append(values | {name: row[name] for name in IMAGE_VALUES})
        return sorted(found, key=lambda values: values["sequence"])

    def _reversal_check_refill(self, step, books):
        """:return: list of str"""
        if not books.fresh:
            return []
        move = step._get_document()
        origin = step.origin_id
        back = move._reversal_lines_of(origin)
        if len(back) != len(move._reversal_lost_lines(origin)):
            return [self.env._("%s did not get its lines back.", step.res_name)]
        return []
