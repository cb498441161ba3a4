from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.erp_order_reversal.checks import check_records

from ..const import INVOICE_TYPES


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "settlement.check.mixin"]
    _settlement_shown_fields = (
        "settlement_check_state",
        "settlement_check_alerts",
        "alerts",
    )
    _settlement_lines = "account.move.line"
    # A customer's past is looked through for each invoice; the host has no index on it.
    _settlement_history_idx = models.Index("(commercial_partner_id, id)")

    def _settlement_check_domain(self):
        return (
            Domain("move_type", "in", INVOICE_TYPES)
            & Domain("state", "in", ("draft", "posted"))
            & Domain("payment_state", "!=", "reversed")
        )

    def write(self, vals):
        """Guard posting on every path: `_post` ends here, as does a written state."""
        if vals.get("state") == "posted":
            self._settlement_guard_posting()
        return super().write(vals)

    def _settlement_guard_posting(self):
        """:raise UserError: a blocker holds one of the invoices or payments"""
        posting = self.filtered(lambda move: move.state != "posted")
        posting.filtered(
            lambda move: move.move_type in INVOICE_TYPES
        )._settlement_guard(self.env._("%s can't be posted yet:"))
        posting.origin_payment_id._settlement_guard(
            self.env._("%s can't be recorded yet:")
        )

    def _get_alerts(self):
        alerts = super()._get_alerts()
        move = self._origin
        if move and move.move_type in INVOICE_TYPES:
            found = self.env["settlement.check"]._check(move)
            alerts.update(move._to_alerts(found[move.id]))
        return alerts

    # ------------------------------------------------------------------
    # Taking over what the order says
    # ------------------------------------------------------------------

    def _get_check_order(self):
        """The order that a draft invoice was made from; of several, the first one.

        :raise UserError: the invoice is posted, or was made from no order
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the order that the user's own invoice was made from.
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        if self.state != "draft" or not orders:
            raise UserError(
                self.env._(
                    "%s can't be taken from an order: only a draft invoice that was "
                    "made from one can. Correct it by hand.",
                    self.display_name,
                )
            )
        return orders[:1]

    def action_take_order_terms(self):
        """Take the order's payment terms.

        :raise UserError: no draft invoice of an order
        """
        check_records(self)
        self._take_from_order("invoice_payment_term_id")

    def action_take_order_fiscal_position(self):
        """Take the order's fiscal position.

        :raise UserError: no draft invoice of an order
        """
        check_records(self)
        self._take_from_order("fiscal_position_id")

    def action_take_order_customer(self):
        """Take the order's invoice address, with all that depends on the customer.

        :raise UserError: no draft invoice of an order
        """
        check_records(self)
        self._take_from_order(
            "partner_id",
            "partner_shipping_id",
            "fiscal_position_id",
            "invoice_payment_term_id",
        )

    def action_take_order_delivery_address(self):
        """Take the order's delivery address.

        :raise UserError: no draft invoice of an order
        """
        check_records(self)
        self._take_from_order("partner_shipping_id")

    def _take_from_order(self, *names):
        for move in self:
            values = move._get_check_order()._prepare_invoice()
            move.write({name: values[name] for name in names})

    def action_print_settlement(self):
        """Print the settlement voucher (结算凭证) of the invoice.

        :return: a report action
        """
        check_records(self)
        return self.env.ref(
            "erp_order_reversal_check.action_report_settlement_invoice"
        ).report_action(self)
