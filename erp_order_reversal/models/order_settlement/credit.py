from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...checks import check_one, is_number


class OrderSettlementCredit(models.Model):
    """Money that a reversal left open, and how much of it is matched."""

    _name = "order.settlement.credit"
    _description = "Kept Money"
    _order = "settlement_id, id"

    settlement_id = fields.Many2one(
        "order.settlement", required=True, ondelete="cascade", index=True
    )
    settlement_state = fields.Selection(related="settlement_id.state")
    line_id = fields.Many2one(
        "account.move.line", "Journal Item", readonly=True, ondelete="restrict"
    )
    payment_id = fields.Many2one(
        "account.payment", "Payment", readonly=True, ondelete="restrict"
    )
    name = fields.Char("Document", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_open = fields.Monetary(
        "Still Open", readonly=True, help="What the reversal left and is still open."
    )
    amount = fields.Monetary("To Match", help="The most that is matched of it.")
    is_chosen = fields.Boolean(
        readonly=True, help="By a person; else it is the most that can be matched."
    )
    rate = fields.Float(
        digits=0,
        readonly=True,
        help="What it is worth in the settlement's currency, as it is matched.",
    )

    def write(self, vals):
        """A person chooses the amount, and only in a draft of his or her own."""
        settlements = self.settlement_id
        if settlements._is_engine():
            return super().write(vals)
        if set(vals) - {"amount"}:
            raise AccessError(
                self.env._(
                    "Kept money is what the reversal left. Only the amount to match "
                    "can be chosen."
                )
            )
        settlements._check_draft()
        settlements._check_own_draft()
        amount = vals.get("amount")
        if not is_number(amount):
            raise ValidationError(
                self.env._(
                    "“%s” is not a valid amount to match. Enter a number, or 0 to "
                    "match nothing.",
                    amount,
                )
            )
        # sudo: that a person chose it, which no client may say by itself.
        return super().write(vals) and super(OrderSettlementCredit, self.sudo()).write(
            {"is_chosen": True}
        )

    @api.constrains("amount")
    def _check_amount(self):
        """No more than is open, and nothing below zero."""
        for credit in self:
            compare = credit.currency_id.compare_amounts
            if credit.amount < 0 or compare(credit.amount, credit.amount_open) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(document)s, %(open)s is left by the reversal: match an "
                        "amount between 0 and that.",
                        document=credit.name,
                        open=credit.currency_id.format(credit.amount_open),
                    )
                )

    def _in_currency_of_settlement(self, amount):
        """An amount of this money in the settlement's currency, at its date."""
        self.ensure_one()
        settlement = self.settlement_id
        target = settlement.currency_id
        if not target or not self.currency_id or target == self.currency_id:
            return amount
        if self.rate:
            # The host matches at the rate of the money's own day.
            return amount * self.rate
        return self.currency_id._convert(
            amount, target, settlement.company_id, settlement.date
        )

    def action_open_document(self):
        """Open the payment or the entry that the money came with."""
        check_one(self)
        self.check_access("read")
        return (self.payment_id or self.line_id.move_id)._get_records_action()
