from odoo import models


class AccountPayment(models.Model):
    """What the host would refuse of a payment, told before anything is tried."""

    _inherit = "account.payment"

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        for step in plan.steps:
            if step["res_model"] != self._name:
                continue
            payment = self.browse(step["res_id"])
            refunded = step["operation"] == "refund" and not step["data"]["online"]
            if refunded:
                payment._reversal_foresee_refund(plan)
            if refunded or (step["data"] or {}).get("counter"):
                payment._reversal_foresee_journal(plan)
        return plan

    def _reversal_foresee_journal(self, plan):
        """Rule: `account.move._post`."""
        self.ensure_one()
        if self.journal_id.active:
            return
        plan.block(
            "journal_archived",
            self.env._(
                "The journal %(journal)s of %(payment)s is archived: nothing can be "
                "posted in it.",
                journal=self.journal_id.name,
                payment=self.display_name,
            ),
            self,
            remedy=self.env._(
                "Activate the journal for the time of the reversal, or keep the money "
                "as customer credit."
            ),
            who=self.env._("An accounting administrator may do that."),
        )

    def _reversal_foresee_refund(self, plan):
        self.ensure_one()
        if self._reversal_manual_method(self.payment_type == "inbound"):
            return
        plan.block(
            "no_refund_method",
            self.env._(
                "The journal %(journal)s has no payment method to refund %(payment)s "
                "with.",
                journal=self.journal_id.name,
                payment=self.display_name,
            ),
            self,
            remedy=self.env._(
                "Add an outgoing payment method to the journal, or keep the money as "
                "customer credit."
            ),
            who=self.env._("An accounting administrator may do that."),
        )
