from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...checks import check_one


class OrderReversal(models.Model):
    """What a finished reversal offers to do next, in verbs with amounts."""

    _inherit = "order.reversal"

    match_label = fields.Char(
        compute="_compute_match_label",
        help="What the money that was kept can be matched with, and how much of it.",
    )

    @api.depends("state", "amount_credit", "step_ids.res_id")
    @api.depends_context("uid", "lang")
    def _compute_match_label(self):
        for reversal in self:
            invoice = reversal._get_next_invoice()
            if not invoice:
                reversal.match_label = False
                continue
            amount = min(reversal.credit_left, invoice.amount_residual_signed)
            reversal.match_label = self.env._(
                "Match to %(invoice)s: %(amount)s",
                invoice=invoice.name,
                amount=reversal.currency_id.format(amount),
            )

    def _get_next_invoice(self):
        """The open invoice of the customer that is due first, which the user may read.

        :return: `account.move`, empty where nothing was kept
        """
        self.ensure_one()
        moves = self.env["account.move"]
        payment = self._get_kept_payments()[:1]
        if not payment or payment.payment_type != "inbound":
            return moves
        if not moves.has_access("read"):
            return moves
        return moves.search(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("company_id", "=", payment.company_id.id),
                (
                    "commercial_partner_id",
                    "=",
                    payment.partner_id.commercial_partner_id.id,
                ),
            ],
            order="invoice_date_due, id",
            limit=1,
        )

    def action_match_credit(self):
        """Match the money that was kept with the invoice that is due first.

        By the host's own way, and by the user's own rights.

        :raise AccessError: without the right to invoice
        :raise UserError: nothing is left of the money, or no invoice is open
        :return: True
        """
        check_one(self)
        self.check_access("read")
        if not self._may_account():
            raise AccessError(
                self.env._(
                    "%s may not match payments. Somebody with the right “Invoicing” "
                    "has to do it.",
                    self.env.user.name,
                )
            )
        payment = self._get_kept_payments()[:1]
        invoice = self._get_next_invoice()
        if not invoice:
            raise self._error(
                self.env._(
                    "Nothing is left to match: the money that %s kept is used up, or "
                    "the customer has no open invoice. Open the payment to see where "
                    "it went.",
                    self.name,
                )
            )
        _liquidity, counterpart, _write_off = payment._seek_for_lines()
        line = counterpart.filtered(lambda item: not item.reconciled)[:1]
        invoice.js_assign_outstanding_line(line.id)
        return True

    def action_verify_books(self):
        """As `action_verify`, and say what was checked.

        :return: a notification
        """
        check_one(self)
        intact = self.action_verify()
        title = self.env._("The books agree with %s", self.name)
        if not intact:
            title = self.env._("The books differ from %s", self.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if intact else "danger",
                "title": title,
                "message": self._tell_checked() if intact else self.verify_detail,
                "sticky": not intact,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _tell_checked(self):
        """What a verification looked at, as a sentence."""
        names = list(dict.fromkeys(self.step_ids.mapped("res_name")))
        names += self.step_ids.filtered("result_name").mapped("result_name")
        shown = ", ".join(names[:6])
        if len(names) > 6:
            shown = self.env._(
                "%(names)s and %(count)s more", names=shown, count=len(names) - 6
            )
        return self.env._(
            "Checked: %s. Each stands as the reversal left it, with its amounts and "
            "what it is matched with; what was invoiced of the orders agrees, and the "
            "backup is unchanged.",
            shown,
        )
