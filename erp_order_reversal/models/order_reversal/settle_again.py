from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...checks import check_one, still_existing


class OrderReversal(models.Model):
    """What was taken back is settled again, and until then it is seen to be open."""

    _inherit = "order.reversal"

    settlement_ids = fields.One2many(
        "order.settlement", "reversal_id", "Settlements", readonly=True, copy=False
    )
    replacement_id = fields.Many2one(
        "sale.order",
        "Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The order that replaces the cancelled one.",
    )
    taken_back_order_ids = fields.Many2many(
        "sale.order",
        string="Orders Taken Back",
        compute="_compute_taken_back_order_ids",
        store=True,
        copy=False,
    )
    settled_again_state = fields.Selection(
        [
            ("none_needed", "Nothing to settle"),
            ("open", "Not settled again"),
            ("done", "Settled again"),
        ],
        "Settled Again",
        compute="_compute_settled_again_state",
        store=True,
        index=True,
        copy=False,
    )
    correction = fields.Boolean(
        "To Correct It",
        copy=False,
        request=True,
        help="The order is taken back to be corrected and settled again at once.",
    )

    @api.depends("state")
    def _compute_taken_back_order_ids(self):
        orders = self.env["sale.order"]
        taken_back = {
            reversal: reversal.order_id | reversal.step_ids._get_orders()
            for reversal in self
            if reversal.state == "done" and not reversal.restores_id
        }
        existing = still_existing(orders.union(*taken_back.values()))
        # One write for all: an assignment would read and write for each of them.
        self._fields["taken_back_order_ids"].write_batch(
            [
                (
                    reversal,
                    [Command.set((taken_back.get(reversal, orders) & existing).ids)],
                )
                for reversal in self
            ]
        )

    # What becomes of the orders is no dependency: the host would search for reversals
    # each time that an amount changes on one of their invoices (`_look_again`).
    @api.depends(
        "state",
        "scope",
        "amount_credit",
        "settlement_ids.state",
        "taken_back_order_ids",
        "replacement_id",
    )
    def _compute_settled_again_state(self):
        for reversal in self:
            reversal.settled_again_state = reversal._get_settled_again_state()

    @api.model
    def _get_waiting_for(self, orders):
        """Reversals whose `settled_again_state` follows from these `sale.order`."""
        if not orders:
            return self.browse()
        self.flush_model(["taken_back_order_ids", "replacement_id"])

        # Each by itself: with OR the database would go through all reversals.
        def to_sql(_model, alias, _query):
            return SQL(
                """%(record)s IN (
                    SELECT order_reversal_id FROM order_reversal_sale_order_rel
                     WHERE sale_order_id = ANY(%(orders)s)
                     UNION ALL
                    SELECT id FROM order_reversal WHERE replacement_id = ANY(%(orders)s)
                )""",
                record=SQL.identifier(alias, "id"),
                orders=orders.ids,
            )

        # sudo: a stored value must not depend on who confirms or pays an order.
        return self.sudo().search(Domain.custom(to_sql=to_sql))

    def _look_again(self):
        """Have computed again whether these are settled again."""
        self.env.add_to_compute(self._fields["settled_again_state"], self)

    def _get_settled_again_state(self):
        """Open from when it is taken back until all of it is settled, however.

        :return: key of `settled_again_state`
        """
        self.ensure_one()
        if self.state != "done" or self.restores_id or self.scope == "unlock":
            return "none_needed"
        if "done" in self.settlement_ids.mapped("state"):
            return "done"
        orders = self.taken_back_order_ids
        if self.scope == "cancel":
            orders = self.replacement_id
        orders = orders.filtered(lambda order: order.state != "cancel")
        if orders:
            settled = set(orders.mapped("settlement_state")) == {"settled"}
            return "done" if settled else "open"
        if self.scope == "payment" and self.amount_credit > 0:
            # An invoice without an order: its money waits.
            return "open"
        return "none_needed"

    def action_settle_again(self):
        """Open what is settled again for what this reversal left.

        :return: a window action on `order.settlement`, as a dialog
        """
        check_one(self)
        self.check_access("read")
        settlements = self.env["order.settlement"]
        settlements.check_access("create")
        draft = settlements.search(
            [
                ("reversal_id", "=", self.id),
                ("state", "=", "draft"),
                ("requester_id", "=", self.env.uid),
            ],
            limit=1,
        )
        if draft:
            draft._assess()
        else:
            draft = settlements.create({"reversal_id": self.id})
        return draft._open_dialog()

    def action_new_quotation(self):
        """The quotation that replaces the cancelled order: made once, then opened."""
        check_one(self)
        if not self.replacement_id:
            self.check_access("write")
            cancelled = self.state == "done" and not self.restores_id
            # Of a part, what is left of the order goes on by itself.
            cancelled = cancelled and (
                not self.line_ids or self.order_id.state == "cancel"
            )
            if not self.order_id or self.scope != "cancel" or not cancelled:
                raise self._error(
                    self.env._(
                        "%s cancelled no order that a quotation could replace. Open "
                        "the document and go on with it.",
                        self.name,
                    )
                )
            if not self.try_lock_for_update():
                raise self._error(
                    self.env._(
                        "Somebody else is changing %s right now. Wait a moment and "
                        "try again.",
                        self.name,
                    )
                )
            self._replace_order()
        return self.replacement_id._get_records_action()

    def _replace_order(self):
        order = self.order_id
        self.invalidate_recordset(["replacement_id"])
        if self.replacement_id:
            return
        if not order.has_access("write"):
            raise AccessError(
                self.env._(
                    "You may not change %s, so you can't replace it. Ask its "
                    "salesperson.",
                    order.sudo().name,  # sudo: the name alone
                )
            )
        replacement = order.copy()
        self._engine_env(self).replacement_id = replacement
        replacement.message_post(
            body=self.env._(
                "Replaces %(order)s, which the reversal %(reversal)s cancelled",
                order=order._get_html_link(title=order.name),
                reversal=self._get_record_link(),
            ),
            subtype_xmlid="mail.mt_note",
        )
        order._message_log(
            body=self.env._(
                "Replaced by %s", replacement._get_html_link(title=replacement.name)
            )
        )

    def action_submit(self):
        """An order that is taken back to be corrected opens for that."""
        result = super().action_submit()
        if len(self) == 1 and self.correction and self.state == "done":
            return self.order_id._get_records_action()
        return result

    def _snapshot_tables(self):
        """The taxes of the lines, for what differs when they are settled again."""
        return (
            *super()._snapshot_tables(),
            (
                "account_tax_sale_order_line_rel",
                "sale_order_line_id IN (SELECT id FROM sale_order_line"
                " WHERE order_id IN %(sale_order)s)",
            ),
        )

    def _set_state(self, target, **vals):
        """What waited for a reversal that was restored waits no more."""
        result = super()._set_state(target, **vals)
        if target == "undone":
            self._close_rechecks()
        return result

    def _close_rechecks(self):
        """End the activities of orders that no reversal has open any more."""
        self.flush_recordset(["settled_again_state", "taken_back_order_ids"])
        orders = self.order_id | self.taken_back_order_ids | self.replacement_id
        # sudo: reversals of others may keep an order open, too; the activities are
        # those of the salespeople, not of whoever settles it.
        open_ones = self.sudo().search(
            [
                ("taken_back_order_ids", "in", orders.ids),
                ("settled_again_state", "=", "open"),
            ]
        )
        closed = orders - open_ones.taken_back_order_ids
        closed.sudo().activity_unlink(["erp_order_reversal.mail_activity_recheck"])
