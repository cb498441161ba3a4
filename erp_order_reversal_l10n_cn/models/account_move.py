from odoo import api, fields, models

DIGITAL = 20


class AccountMove(models.Model):
    """An invoice that was registered with the tax office as a fapiao."""

    _inherit = "account.move"

    fapiao = fields.Char(size=DIGITAL)

    @api.constrains("fapiao")
    def _check_fapiao(self):
        """Override to accept the twenty digits of a fully digital one (数电发票)."""
        others = self.filtered(lambda move: not move._reversal_is_digital_fapiao())
        return super(AccountMove, others)._check_fapiao()

    def _reversal_is_digital_fapiao(self):
        self.ensure_one()
        number = self.fapiao or ""
        return len(number) == DIGITAL and number.isdecimal()

    def _reversal_void_obstacles(self, plan, share):
        """Override: what the tax office knows is taken back there, not dropped.

        Rule: article 26 of 发票管理办法实施细则: an electronic one is taken back by a
        red one alone, one on paper is void only with all its copies back.
        """
        obstacles = super()._reversal_void_obstacles(plan, share)
        if self.fapiao:
            obstacles.append(self.env._("It has the fapiao %s.", self.fapiao))
        return obstacles

    def _reversal_foresee_credit(self, plan, share):
        """Override to say what has to be done at the tax office."""
        result = super()._reversal_foresee_credit(plan, share)
        if not self.fapiao:
            return result
        if self._reversal_is_digital_fapiao():
            remedy = self.env._(
                "Ask for the confirmation of a red fapiao at the electronic tax "
                "office, and keep its number on the reversal."
            )
        else:
            remedy = self.env._(
                "Get the original back from the customer, or an information form for a "
                "red fapiao, and keep its number on the reversal."
            )
        plan.warn(
            "fapiao",
            self.env._(
                "%(invoice)s has the fapiao %(fapiao)s: a red one has to be issued.",
                invoice=self.display_name,
                fapiao=self.fapiao,
            ),
            self,
            remedy=remedy,
            who=self.env._("Whoever issues your fapiaos does that."),
        )
        return result
