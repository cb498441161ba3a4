from odoo import models


class AccountMove(models.Model):
    """What a localisation asks a person for before an invoice is credited."""

    _inherit = "account.move"

    def _reversal_credit_questions(self):
        """What is asked of whoever takes this invoice back by a credit note.

        Override where the host's wizard has a field for it.

        :return: {name of a field of `order.reversal`: whether it has to be answered}
        """
        self.ensure_one()
        return {}

    def _reversal_foresee_credit(self, plan, share):
        """Override: what has to be answered is answered."""
        result = super()._reversal_foresee_credit(plan, share)
        missing = [
            plan.reversal._fields[name]._description_string(self.env)
            for name, needed in self._reversal_credit_questions().items()
            if needed and not plan.reversal[name]
        ]
        if missing:
            plan.block(
                "credit_unanswered",
                self.env._(
                    "The credit note of %(invoice)s needs “%(field)s”.",
                    invoice=self.display_name,
                    field=self.env._("” and “").join(missing),
                ),
                self,
                remedy=self.env._("Give it below, beside the date and the methods."),
            )
        return result
