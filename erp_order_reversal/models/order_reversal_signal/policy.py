from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """From when on a reversal gives a signal: each company's own, with its policy."""

    _inherit = "res.company"

    reversal_signal_share = fields.Integer(
        "Just Below the Limit, from",
        default=95,
        help="In percent of the approval limit: what is worth so much of it, and no "
        "more than the limit, stands out.",
    )
    reversal_signal_night_from = fields.Integer(
        "Night from",
        default=21,
        help="The first hour of the night, from 0 to 23, by the clock of whoever acts.",
    )
    reversal_signal_night_to = fields.Integer(
        "Night until",
        default=6,
        help="The hour at which the night is over, from 0 to 23. The same as its "
        "first one: no hour counts as night.",
    )
    reversal_signal_last_days = fields.Integer(
        "Last Days of a Month",
        default=3,
        help="So many days before a month ends. 0: none.",
    )
    reversal_signal_pair = fields.Integer(
        "Same Pair, in a Month",
        default=5,
        help="So many that the same two people ask for and approve in a month.",
    )
    reversal_signal_many = fields.Integer(
        "Many by One Person, in a Week",
        default=10,
        help="So many that one person asks for one by one in a week.",
    )
    reversal_signal_open_days = fields.Integer(
        "Settled Again within",
        default=30,
        help="Days after which what was taken back should be settled again.",
    )

    @api.constrains(lambda self: sorted(self._get_reversal_signal_bounds()))
    def _check_reversal_signals(self):
        """:raise ValidationError: a value that no signal could ever be given by"""
        for company in self:
            for name, (lowest, highest) in self._get_reversal_signal_bounds().items():
                if not lowest <= company[name] <= highest:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of the signals of %(company)s has to be from "
                            "%(lowest)s to %(highest)s.",
                            field=self._fields[name]._description_string(self.env),
                            company=company.name,
                            lowest=lowest,
                            highest=highest,
                        )
                    )

    @api.model
    def _get_reversal_signal_bounds(self):
        """{name of a field: its lowest and its highest value}; override point."""
        return {
            "reversal_signal_share": (1, 100),
            "reversal_signal_night_from": (0, 23),
            "reversal_signal_night_to": (0, 23),
            "reversal_signal_last_days": (0, 28),
            "reversal_signal_pair": (1, 9999),
            "reversal_signal_many": (1, 9999),
            "reversal_signal_open_days": (0, 9999),
        }

    @api.model
    def _get_reversal_policy_fields(self):
        """Override: who may set the policy sets these, and it is on record."""
        return super()._get_reversal_policy_fields() | set(
            self._get_reversal_signal_bounds()
        )
