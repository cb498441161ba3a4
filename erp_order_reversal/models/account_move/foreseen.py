from odoo import models


class AccountMove(models.Model):
    """What the host would refuse, or go on with, told before anything is tried."""

    _inherit = "account.move"

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        for operation in ("credit", "void"):
            ids = [
                step["res_id"]
                for step in plan.steps
                if step["res_model"] == self._name and step["operation"] == operation
            ]
            for move in self.browse(ids):
                if operation == "credit":
                    move._reversal_foresee_posting(plan)
                move._reversal_foresee_recurrence(plan)
        return plan

    def _reversal_foresee_posting(self, plan):
        """A credit note is posted in the journal and the currency of its invoice.

        Rule: `account.move._post`.
        """
        self.ensure_one()
        if not self.journal_id.active:
            plan.block(
                "journal_archived",
                self.env._(
                    "The journal %(journal)s of %(invoice)s is archived: no credit "
                    "note can be posted in it.",
                    journal=self.journal_id.name,
                    invoice=self.name,
                ),
                self,
                remedy=self.env._("Activate the journal for the time of the reversal."),
                who=self.env._("An accounting administrator may do that."),
            )
        if not self.currency_id.active:
            plan.block(
                "currency_inactive",
                self.env._(
                    "The currency %(currency)s of %(invoice)s is not active: no credit "
                    "note can be posted in it.",
                    currency=self.currency_id.name,
                    invoice=self.name,
                ),
                self,
                remedy=self.env._("Activate the currency."),
                who=self.env._("An accounting administrator may do that."),
            )

    def _reversal_foresee_recurrence(self, plan):
        """An invoice that posts itself again goes on, whatever becomes of this one."""
        self.ensure_one()
        if self.auto_post in ("no", "at_date"):
            return
        following = self.search(
            [("auto_post_origin_id", "=", self.auto_post_origin_id.id or self.id)]
        ).filtered(lambda move: move.state == "draft")
        if following:
            plan.warn(
                "recurring_invoice",
                self.env._(
                    "%(invoice)s is invoiced again by itself: %(drafts)s waits for its "
                    "date and stays.",
                    invoice=self.name,
                    drafts=", ".join(following.mapped("display_name")),
                ),
                following[0],
                remedy=self.env._("Cancel that draft to end the recurrence."),
                who=self.env._("Somebody with the right “Invoicing” may do that."),
            )
