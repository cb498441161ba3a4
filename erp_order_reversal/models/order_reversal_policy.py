from odoo import api, fields, models
from odoo.tools import formatLang


class OrderReversal(models.Model):
    """The policy: when a second person has to approve, and why."""

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
            reversal.approval_note = "\n".join(rules) or False

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
        return self._get_requester() if self._waits() else self.env.user

    # ------------------------------------------------------------------
    # Rules: a sentence each where they apply
    # ------------------------------------------------------------------

    def _explain_policy(self):
        company = self.company_id
        if company.reversal_approval == "always":
            return self.env._("Every reversal needs approval.")
        compare = company.currency_id.compare_amounts
        if (
            company.reversal_approval == "above"
            and compare(self.amount_total, company.reversal_approval_amount) > 0
        ):
            return self.env._("The amount is above the limit.")
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
            document=root.display_name,
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
