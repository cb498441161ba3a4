from odoo import api, models

from ...plan import ReleaseData


class AccountPayment(models.Model):
    """A payment is taken off and stays as a credit of the customer."""

    _inherit = "account.payment"

    def _reversal_release_vals(self, plan, releases):
        """Values of a step on these releases, in the payment's currency."""
        amount = sum(release.own_taken for release in releases)
        currency = self.env["res.currency"].browse(
            releases[0].own_currency_id if releases else self.currency_id.id
        )
        write_offs = self._reversal_write_off(plan, releases, amount)
        sign = 1 if self.payment_type == "inbound" else -1
        amount -= sign * sum(part.amount for part in write_offs)
        return {
            "amount": currency.round(amount),
            "currency_id": currency.id,
            "data": ReleaseData(releases, write_offs),
        }

    def _reversal_plan_credit(self, plan, releases, outcome="", why=""):
        """The money stays with us as a credit of the customer."""
        self.ensure_one()
        self._reversal_warn_bank(plan)
        if not outcome and self.payment_type == "inbound":
            outcome = self.env._("Kept as customer credit")
        plan.add_step(
            self,
            "release",
            outcome or self.env._("Kept as an open payment"),
            why=why or self.env._("The money was received and did not move."),
            payment_method=self._reversal_own_method(plan),
            **self._reversal_release_vals(plan, releases),
        )

    @api.private
    def _reversal_apply_release(self, steps):
        steps._reversal_unlink_partials()
        write_offs = steps.filtered(
            lambda step: ReleaseData.from_json(step.data).write_offs
        )
        (steps - write_offs)._set_result()
        for step in write_offs:
            step._set_result(step._get_document()._reversal_take_back_write_off(step))

    def _reversal_used_elsewhere(self, step):
        """The credit that was kept may have paid something else meanwhile."""
        lines = self.env["account.move.line"]
        needed = {}
        data = ReleaseData.from_json(step.data)
        for release in data.releases:
            if release.counterpart_id:
                line = lines.browse(release.counterpart_id)
                needed[line] = needed.get(line, 0.0) + release.own_taken
        refunded = step.reversal_id.step_ids.filtered(
            lambda other: other.operation == "refund"
            and other.res_id == self.id
            and other.result_id
        )
        if refunded or data.write_offs:
            return []
        return [
            self.env._(
                "The credit of %s was used for something else since. Take it off there "
                "first.",
                self.display_name,
            )
            for line, amount in needed.items()
            if line.currency_id.compare_amounts(
                abs(line.amount_residual_currency), amount
            )
            < 0
        ]

    @api.private
    def _reversal_undo_release(self, steps):
        """Cancel the entries that took a write-off back; matches follow later."""
        for step in steps:
            if step.result_model == "account.move":
                self.env["account.move"].browse(step.result_id).button_cancel()
