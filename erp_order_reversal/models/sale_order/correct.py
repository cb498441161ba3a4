from odoo import fields, models
from odoo.exceptions import UserError

from ...checks import check_one


class SaleOrder(models.Model):
    """A settled order is corrected: taken back, edited, settled again."""

    _inherit = "sale.order"

    replaces_id = fields.Many2one(
        "sale.order",
        "Replaces",
        compute="_compute_replaces_id",
        help="The cancelled order that this one replaces.",
    )
    replaced_by_id = fields.Many2one("sale.order", compute="_compute_replaced_by_id")
    open_reversal_id = fields.Many2one(
        "order.reversal",
        "Not Settled Again",
        compute="_compute_open_reversal_id",
        help="What took this order back and was not settled again.",
    )
    is_being_corrected = fields.Boolean(compute="_compute_open_reversal_id")

    def _compute_replaces_id(self):
        found = self._reversal_replacing([("replacement_id", "in", self.ids)])
        orders = {one.replacement_id.id: one.order_id for one in found}
        for order in self:
            order.replaces_id = orders.get(order.id)

    def _compute_replaced_by_id(self):
        found = self._reversal_replacing(
            [("order_id", "in", self.ids), ("replacement_id", "!=", False)]
        )
        orders = {one.order_id.id: one.replacement_id for one in found}
        for order in self:
            order.replaced_by_id = orders.get(order.id)

    def _reversal_replacing(self, domain):
        # sudo: which order replaces which, not the reversal, for who reads the order.
        return self.env["order.reversal"].sudo().search(domain) if self.ids else ()

    def _compute_open_reversal_id(self):
        found = self._reversal_get_open()
        for order in self:
            reversal = found.get(order.id, self.env["order.reversal"])
            order.open_reversal_id = reversal
            order.is_being_corrected = reversal.correction

    def _reversal_get_open(self):
        """The last reversal of each order that was not settled again, for who may
        read it.

        :return: {id of the order: `order.reversal`}
        """
        reversals = self.env["order.reversal"]
        if not self.ids or not reversals.has_access("read"):
            return {}
        # What became of the orders says which reversals have to look again.
        self.env["sale.order"].flush_model(["settlement_state"])
        found = reversals.search(
            [
                ("settled_again_state", "=", "open"),
                "|",
                ("taken_back_order_ids", "in", self.ids),
                ("replacement_id", "in", self.ids),
            ],
            order="id",
        )
        return {
            order.id: reversal
            for reversal in found
            for order in reversal.replacement_id or reversal.taken_back_order_ids
        }

    def action_correct(self):
        """Open the dialog that takes this order back to quotation, to be edited.

        :return: a window action on `order.reversal`, as a dialog
        :raise UserError: it is no confirmed order
        """
        check_one(self)
        self.env["order.reversal"].check_access("create")
        if self.state != "sale":
            raise UserError(
                self.env._(
                    "%s is not confirmed, so just edit it. Only a confirmed order has "
                    "to be taken back to be corrected.",
                    self.name,
                )
            )
        action = self._reversal_open_action()
        action["name"] = self.env._("Correct %s", self.name)
        action["context"] |= {
            "default_scope": "draft",
            "default_correction": True,
        }
        return action

    def action_settle_again(self):
        """Open the dialog that settles this order again.

        :return: a window action on `order.settlement`, as a dialog
        :raise UserError: nothing of it waits to be settled again
        """
        check_one(self)
        reversal = self._reversal_get_open().get(self.id)
        if not reversal:
            raise UserError(
                self.env._(
                    "Nothing of %s was taken back that waits to be settled again. "
                    "Confirm and invoice it as usual.",
                    self.name,
                )
            )
        return reversal.action_settle_again()

    def action_view_replaced(self):
        """Open the order that this one replaces."""
        check_one(self)
        self.check_access("read")
        return self.replaces_id._get_records_action()

    def action_view_replacement(self):
        """Open the order that replaces this one."""
        check_one(self)
        self.check_access("read")
        return self.replaced_by_id._get_records_action()
