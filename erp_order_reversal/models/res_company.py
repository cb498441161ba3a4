from datetime import date, timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    reversal_approval = fields.Selection(
        [
            ("never", "Never"),
            ("above", "Above an amount"),
            ("always", "Always"),
        ],
        "Approval of Reversals",
        required=True,
        default="never",
    )
    reversal_approval_amount = fields.Monetary(
        "Approval Limit", help="In the company's currency, taxes included."
    )
    reversal_approval_age = fields.Integer(
        "Approval Age",
        help="Older documents need approval: orders, invoices and payments, each by "
        "its own date. In days; 0 for no limit.",
    )
    reversal_approval_locked = fields.Boolean(
        "Approval in Locked Periods",
        help="Invoices and payments of a period that is locked need approval, also "
        "where somebody was given an exception.",
    )
    reversal_approval_money = fields.Selection(
        [
            ("refund", "Refunded"),
            ("kept", "Refunded or kept as credit"),
        ],
        "Approval of Money",
        help="Money that is paid back, or that stays without its invoice, needs "
        "approval.",
    )
    reversal_guard = fields.Boolean(
        "Only by a Reversal",
        help="Settled documents can be taken back by a reversal only: Odoo's own "
        "cancel, unlock, reset to draft and credit note are closed for them.",
    )

    _reversal_approval_age_positive = models.Constraint(
        "CHECK (reversal_approval_age >= 0)",
        "The age from which on documents need approval can't be negative. Use 0 for "
        "no limit.",
    )

    def _get_reversal_age_limit(self):
        """The first day of documents that are not too old; None without a limit."""
        self.ensure_one()
        if not self.reversal_approval_age:
            return None
        today = fields.Date.context_today(self)
        return today - timedelta(days=self.reversal_approval_age)

    def _get_reversal_lock_date(self, kind):
        """The last locked day, of this company and its parents; no exception counts.

        :param str kind: `sale`, `purchase` or `payment`
        :return: date; `date.min` if nothing is locked
        """
        self.ensure_one()
        company = self.with_context(ignore_exceptions=True)
        locks = [company.user_fiscalyear_lock_date, company.user_hard_lock_date]
        if kind != "payment":
            locks += [company.user_tax_lock_date, company[f"user_{kind}_lock_date"]]
        return max(locks, default=date.min)
