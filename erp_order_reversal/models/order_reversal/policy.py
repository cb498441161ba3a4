from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from ...plan.operation import ACCOUNTING


class OrderReversal(models.Model):
    """The policy: when a second person has to approve, who may carry out, and why."""

    _inherit = "order.reversal"

    approval_note = fields.Text(
        "Approval",
        compute="_compute_approval_note",
        help="Why a second person has to approve it before it is carried out.",
    )

    @api.depends(
        "state",
        "reason_id",
        "amount_total",
        "amount_credit",
        "amount_refund",
        "step_ids.res_model",
    )
    @api.depends_context("uid")
    def _compute_approval_note(self):
        for reversal in self:
            rules = []
            if (
                reversal.state in ("draft", "failed", "to_approve")
                and reversal._get_root()
            ):
                rules = reversal._get_approval_rules()
            if rules:
                rules.append(reversal._explain_approvers())
            reversal.approval_note = "\n".join(rules) or False

    def _explain_approvers(self):
        """Who may approve it, as a sentence."""
        # sudo: the names of users, which not everybody may read.
        names = self._get_approvers().sudo().mapped("name")
        if not names and (limit := self._get_limit()):
            return self.env._(
                "Nobody may approve more than %s yet. A reversal manager can name "
                "somebody at the approval limits.",
                limit.currency_id.format(limit.amount),
            )
        if not names:
            return self.env._(
                "Nobody may approve it yet. Your administrator can give somebody the "
                "right “Order Reversal: Approver”."
            )
        if len(names) > 4:
            return self.env._(
                "%(names)s (and %(count)s more) can approve it.",
                names=", ".join(names[:3]),
                count=len(names) - 3,
            )
        return self.env._("It can be approved by: %s.", ", ".join(names))

    def _needs_approval(self):
        """Whether the policy, the reason or missing rights ask for a second person.

        :return: bool
        """
        self.ensure_one()
        return bool(self._get_approval_rules())

    def _get_approval_rules(self):
        """Why a second person is needed; override point.

        :return: list of sentences, empty if nobody has to approve
        """
        self.ensure_one()
        rules = [
            self._explain_policy(),
            self._explain_age(),
            self._explain_locked(),
            *self._explain_money(),
            self._explain_reason(),
            self._explain_rights(),
            self._explain_companies(),
        ]
        return [rule for rule in rules if rule]

    def _get_asker(self):
        """Whoever asked for what waits; of a draft, whoever looks at it.

        :return: `res.users`
        """
        self.ensure_one()
        return self.requester_id if self._waits() else self.env.user

    def _explain_policy(self):
        company = self.company_id
        if company.reversal_approval == "always":
            return self.env._("Every reversal needs approval.")
        compare = company.currency_id.compare_amounts
        if (
            company.reversal_approval == "above"
            and compare(self.amount_total, company.reversal_approval_amount) > 0
        ):
            return self.env._(
                "%(amount)s is more than the limit of %(limit)s.",
                amount=company.currency_id.format(self.amount_total),
                limit=company.currency_id.format(company.reversal_approval_amount),
            )
        return ""

    def _explain_age(self):
        limit = self.company_id._get_reversal_age_limit()
        if not limit or not self._get_root():
            return ""
        # sudo: the date alone, of a document that the user may read.
        root = self._get_root()._origin.sudo()
        if not root.filtered_domain(root._reversal_older_domain(limit)):
            return ""
        return self.env._(
            "%(document)s is older than %(days)s days.",
            document=root._reversal_name(),
            days=self.company_id.reversal_approval_age,
        )

    def _explain_locked(self):
        if not self.company_id.reversal_approval_locked:
            return ""
        names = [
            step.res_name
            for model in ("account.move", "account.payment")
            for step in self.step_ids.filtered(lambda s, m=model: s.res_model == m)
            # sudo: the date alone, of a document that the plan read as sudo, too.
            if step._get_document().sudo()._reversal_lies_in_locked_period()
        ]
        if not names:
            return ""
        return self.env._("The period is locked: %s.", ", ".join(sorted(set(names))))

    def _explain_money(self):
        """Money that goes back, or stays without its invoice."""
        policy = self.company_id.reversal_approval_money
        currency = self.company_id.currency_id
        sentences = []
        if policy and not currency.is_zero(self.amount_refund):
            sentences.append(
                self.env._(
                    "%s is refunded.",
                    formatLang(self.env, self.amount_refund, currency_obj=currency),
                )
            )
        if policy == "kept" and not currency.is_zero(self.amount_credit):
            sentences.append(
                self.env._(
                    "%s is kept as credit.",
                    formatLang(self.env, self.amount_credit, currency_obj=currency),
                )
            )
        return sentences

    def _explain_reason(self):
        if not self.reason_id.approval_required:
            return ""
        return self.env._("The reason “%s” needs approval.", self.reason_id.name)

    # ------------------------------------------------------------------
    # Who may carry out: the host's own rights, and the companies of a user
    # ------------------------------------------------------------------

    def _working_in(self, company):
        """As somebody who works in `company`, with all other own companies switched on.

        A head office may have received the money of its branch's invoice. What the
        company menu shows is a filter; the companies of a user are the right.
        """
        others = [cid for cid in self.env.user._get_company_ids() if cid != company.id]
        return self._clean().with_context(allowed_company_ids=[company.id, *others])

    def _check_may_execute(self):
        """Who carries out must hold the host's own rights, too.

        :raise AccessError: a step touches invoices or payments and the user may not
            invoice, or a document of a company or a salesperson closed to the user
        """
        if any(r._touches_accounting() for r in self) and not self._may_account():
            raise AccessError(
                self.env._(
                    "%(user)s may not change invoices and payments, which "
                    "%(reversals)s needs. Somebody with the right “Invoicing” has to "
                    "carry it out.",
                    user=self.env.user.name,
                    reversals=", ".join(self.mapped("name")),
                )
            )
        self._check_companies()
        self._check_orders_writable()

    def _check_companies(self):
        """:raise AccessError: a document of a company that the user doesn't work in"""
        if closed := self._get_closed_companies(self.env.user):
            raise AccessError(
                self.env._(
                    "%(user)s does not work in %(companies)s, whose documents "
                    "%(reversals)s needs. Somebody who works there, too, has to carry "
                    "it out.",
                    user=self.env.user.name,
                    companies=", ".join(closed.mapped("name")),
                    reversals=", ".join(self.mapped("name")),
                )
            )

    def _check_orders_writable(self):
        """The orders whose invoiced quantities change, by the host's record rules.

        :raise AccessError: somebody else's order, for who may see only own ones
        """
        # sudo: which orders they are; access to them is what is checked.
        orders = self.sudo().step_ids._get_orders().with_env(self.env)
        closed = orders - orders._filtered_access("write")
        if closed:
            raise AccessError(
                self.env._(
                    "%(user)s may not change %(orders)s, which %(reversals)s needs. "
                    "Its salesperson, or somebody with the right “Sales: All "
                    "Documents”, has to carry it out.",
                    user=self.env.user.name,
                    # sudo: the names alone of what may not be changed.
                    orders=", ".join(closed.sudo().mapped("name")),
                    reversals=", ".join(self.mapped("name")),
                )
            )

    def _touches_accounting(self):
        """Whether a step changes an invoice or a payment."""
        self.ensure_one()
        taking = self.step_ids._select_by_right(ACCOUNTING)
        return not taking.isdisjoint(self.step_ids.mapped("operation"))

    def _may_account(self, user=None):
        return self._holds(ACCOUNTING, user)

    def _get_closed_companies(self, user):
        """Companies of the steps' documents that a user does not work in."""
        if self.env.su and user == self.env.user:
            return self.env["res.company"]
        # sudo: whose the documents are; that the user works there is what is checked.
        companies = self.sudo().step_ids._get_companies()
        own = user.sudo()._get_company_ids()
        return companies.filtered(lambda company: company.id not in own)

    @api.model
    def _holds(self, group, user=None):
        """Whether a user, by default who acts, has a right of the host.

        :param str group: external id
        """
        user = user or self.env.user
        return (self.env.su and user == self.env.user) or user.has_group(group)

    def _may_carry_out(self, user):
        """Whether the host's own rights of a user suffice; override point."""
        self.ensure_one()
        return (
            not self._touches_accounting() or self._may_account(user)
        ) and not self._get_closed_companies(user)

    def _explain_rights(self):
        asker = self._get_asker()
        if not self._touches_accounting() or self._may_account(asker):
            return ""
        if asker == self.env.user:
            return self.env._(
                "You may not change invoices and payments, so somebody with the right "
                "“Invoicing” has to approve it."
            )
        return self.env._(
            "%s may not change invoices and payments, so somebody with the right "
            "“Invoicing” has to approve it.",
            asker.name,
        )

    def _explain_companies(self):
        asker = self._get_asker()
        closed = self._get_closed_companies(asker)
        if not closed:
            return ""
        companies = ", ".join(closed.mapped("name"))
        if asker == self.env.user:
            return self.env._(
                "You do not work in %s, so somebody who works there, too, has to "
                "approve it.",
                companies,
            )
        return self.env._(
            "%(user)s does not work in %(companies)s, so somebody who works there, "
            "too, has to approve it.",
            user=asker.name,
            companies=companies,
        )
