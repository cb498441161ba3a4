from odoo import api, models

from ...const import PAYMENT_IN_FORCE
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
            why=why or self.env._("The money was received and stays where it is."),
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

    def _reversal_check_release(self, step, books):
        """:return: list of str"""
        return step._find_still_matched(books)

    def _reversal_obstacles_release(self, step, plan):
        """The credit that was kept must be there, and what took a write-off back go."""
        self.ensure_one()
        refunded = step.reversal_id.step_ids.filtered(
            lambda other: other.operation == "refund"
            and other.res_id == self.id
            and other.result_id
        )
        if not refunded and not ReleaseData.from_json(step.data).write_offs:
            step._block_used_credit(plan)
        if step.result_model == "account.move":
            entry = self.env["account.move"].browse(step.result_id)
            entry.exists()._reversal_block_kept(plan)

    @api.private
    def _reversal_apply_match(self, steps):
        """Cancel the entries that took a write-off back; `settle` matches the rest."""
        for step in steps:
            entry = step.origin_id._get_result("account.move")
            if entry:
                entry._reversal_acted(entry.button_cancel(), "cancel")
            step._set_result(entry)

    def _reversal_check_match(self, step, books):
        """:return: list of str"""
        if books.fresh and step._get_document().state not in PAYMENT_IN_FORCE:
            return [self.env._("%s is not in force.", step.res_name)]
        return []
