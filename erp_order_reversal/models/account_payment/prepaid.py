from odoo import models


class AccountPayment(models.Model):
    """A payment of an order that has no invoice yet: kept, paid back or void."""

    _inherit = "account.payment"

    def _reversal_steps(self, plan):
        """Override for payments that nothing is released of."""
        super()._reversal_steps(plan)
        if plan.root._name == "sale.order" and self:
            prepaid = self & plan.records("sale.order")._reversal_get_prepaid()
            for payment in prepaid.filtered(lambda p: not plan.releases.get(p)):
                payment._reversal_plan_prepaid(plan)
        return plan

    def _reversal_plan_prepaid(self, plan):
        self.ensure_one()
        method = plan.method(self, "payment_method")
        if method == "void":
            self._reversal_plan_void(plan, [])
        elif method == "refund":
            self._reversal_plan_refund_of_credit(plan)
        else:
            self._reversal_plan_kept_prepaid(plan)

    def _reversal_plan_kept_prepaid(self, plan):
        """What is open of it stays a credit of the customer: nothing has to move."""
        _liquidity, counterpart, _write_off = self._seek_for_lines()
        currency = counterpart.currency_id[:1] or self.currency_id
        amount = abs(sum(counterpart.mapped("amount_residual_currency")))
        if not self.move_id:
            amount = self.amount
        if currency.is_zero(amount):
            return
        if not plan.reaches("draft"):
            plan.inform(
                "prepaid_kept",
                self.env._(
                    "%s was received without an invoice, and stays as a credit of the "
                    "customer.",
                    self.display_name,
                ),
                self,
            )
            return
        self._reversal_warn_bank(plan)
        plan.add_step(
            self,
            "release",
            self.env._("Kept as customer credit"),
            why=self.env._("It was received for the order, without an invoice."),
            payment_method=self._reversal_own_method(plan),
            amount=amount,
            currency_id=currency.id,
            data={"releases": []},
        )
