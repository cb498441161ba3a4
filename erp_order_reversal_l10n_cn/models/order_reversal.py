from odoo import api, fields, models
from odoo.exceptions import ValidationError

RED_STATES = [
    ("to_confirm", "To confirm"),
    ("confirmed", "Confirmed by both sides"),
    ("issued", "Issued"),
]


class OrderReversal(models.Model):
    """The red fapiao of what was taken back, which comes after the reversal."""

    _inherit = "order.reversal"

    red_fapiao_state = fields.Selection(
        RED_STATES,
        "Red Fapiao",
        copy=False,
        tracking=True,
        help="How the red fapiao of these credit notes stands at the tax office.",
    )
    red_fapiao_number = fields.Char(
        copy=False, tracking=True, size=20, help="Eight digits, or twenty."
    )

    @api.model
    def _guarded_fields(self):
        """Override: these are written when the reversal is done, by whoever may."""
        return super()._guarded_fields() - {"red_fapiao_state", "red_fapiao_number"}

    @api.constrains("red_fapiao_state", "red_fapiao_number")
    def _check_red_fapiao(self):
        for reversal in self:
            number = reversal.red_fapiao_number
            if number and (len(number) not in (8, 20) or not number.isdecimal()):
                raise ValidationError(
                    self.env._(
                        "“%s” is not a fapiao number. Enter its eight or twenty "
                        "digits.",
                        number,
                    )
                )
            if reversal.red_fapiao_state == "issued" and not number:
                raise ValidationError(
                    self.env._(
                        "%s: enter the number of the red fapiao that was issued.",
                        reversal.name,
                    )
                )

    def _hook_if_success(self):
        """Override: from now on, a red fapiao is waited for."""
        result = super()._hook_if_success()
        for reversal in self:
            credited = reversal.step_ids.filtered(lambda s: s.operation == "credit")
            # sudo: its number alone, of documents that the plan read as sudo too.
            if credited and any(credited._get_document().sudo().mapped("fapiao")):
                reversal.red_fapiao_state = "to_confirm"
        return result
