from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..checks import check_records


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
    reversal_approval_days = fields.Integer(
        "Decide Within",
        help="Days in which a request should be decided on. Approvers are reminded of "
        "what waits longer; 0: they are not.",
    )
    reversal_guard = fields.Boolean(
        "Only by a Reversal",
        help="Settled documents can be taken back by a reversal only: Odoo's own "
        "cancel, unlock, reset to draft and credit note are closed for them.",
    )

    reversal_head_folder = fields.Char(
        "Folder for Signed Heads",
        help="A folder of the server, best one that its administrators alone can "
        "write to. Each day the signed head of the audit log is put there.",
        groups="base.group_system",
    )
    reversal_head_email = fields.Char(
        "Mail Signed Heads to",
        help="Each day the signed head of the audit log is sent there, best to "
        "somebody outside of the company.",
    )

    reversal_verify_limit = fields.Integer(
        "Old Reversals Verified a Day",
        default=1000,
        help="Beside those of the last month and those whose documents changed since: "
        "the longest unverified first, until all have had their turn.",
    )
    reversal_archive_age = fields.Integer(
        "Files to the Archive after",
        help="The PDF files that a reversal keeps go to the archive of the company "
        "then, where they stay verifiable. In days; 0 for never.",
    )
    reversal_archive_folder = fields.Char(
        "Folder of the Archive",
        help="A folder of the server that every one of its processes reaches.",
        groups="base.group_system",
    )

    _reversal_verify_limit_positive = models.Constraint(
        "CHECK (reversal_verify_limit >= 0 AND reversal_archive_age >= 0)",
        "How many reversals are verified a day, and after how many days files go to "
        "the archive, can't be negative. Use 0 for none and never.",
    )
    _reversal_approval_age_positive = models.Constraint(
        "CHECK (reversal_approval_age >= 0)",
        "The age from which on documents need approval can't be negative. Use 0 for "
        "no limit.",
    )

    _reversal_approval_days_positive = models.Constraint(
        "CHECK (reversal_approval_days >= 0)",
        "The days to decide in can't be negative. Use 0 for no limit.",
    )

    @api.constrains("reversal_head_email")
    def _check_reversal_head_email(self):
        """What goes to an address that nobody has proves nothing."""
        for company in self:
            address = company.reversal_head_email
            if address and not email_normalize(address):
                raise ValidationError(
                    self.env._(
                        "Signed heads can't be sent to “%s”: give one mail address, "
                        "like notary@example.com.",
                        address,
                    )
                )

    def write(self, vals):
        """Override to let reversal managers set the policy, and to record who did.

        The host lets administrators alone write companies.
        """
        policy = self._get_reversal_policy_fields() & set(vals)
        if not policy:
            return super().write(vals)
        before = {company: company._get_reversal_policy() for company in self}
        writer = self
        if set(vals) <= policy and self._may_set_reversal_policy():
            # sudo: these fields alone, after the check of group and company.
            writer = self.sudo()
        result = super(ResCompany, writer).write(vals)
        self._log_reversal_policy(before)
        return result

    @api.model
    def _get_reversal_policy_fields(self):
        """Names of the fields that a reversal manager sets; override point."""
        return {
            "reversal_approval",
            "reversal_approval_amount",
            "reversal_approval_age",
            "reversal_approval_locked",
            "reversal_approval_money",
            "reversal_approval_days",
            "reversal_guard",
            "reversal_head_email",
            "reversal_verify_limit",
            "reversal_archive_age",
        }

    def _get_reversal_policy_action(self):
        """Open the policy of this company."""
        view = self.env.ref("erp_order_reversal.res_company_view_form_policy")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reversal Policy"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
        }

    def _may_set_reversal_policy(self):
        """Whether the user is a reversal manager of all of these companies."""
        check_records(self)
        return (
            self.env.user.has_group("erp_order_reversal.group_reversal_manager")
            and self <= self.env.user.company_ids
        )

    def _get_reversal_policy(self):
        """{name of a field of the policy: value}"""
        self.ensure_one()
        # sudo: the policy alone, which is no secret.
        return {name: self.sudo()[name] for name in self._get_reversal_policy_fields()}

    def _log_reversal_policy(self, before):
        """Record what changed of the policy, from what to what.

        :param dict before: {company: its policy}
        """
        entries = []
        for company in self:
            now = company._get_reversal_policy()
            changes = {
                name: [before[company][name], value]
                for name, value in sorted(now.items())
                if before[company][name] != value
            }
            if changes:
                entries.append(
                    {
                        "event": "policy",
                        "company": company,
                        "record": company,
                        "detail": {"policy": changes},
                    }
                )
        if entries:
            self.env["order.reversal.log"]._record(entries)

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
