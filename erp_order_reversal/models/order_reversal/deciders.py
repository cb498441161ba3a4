from odoo import models
from odoo.exceptions import AccessError


class OrderReversal(models.Model):
    """Who decides: by the amount, and for somebody who is away."""

    _inherit = "order.reversal"

    def _get_limit(self):
        """The approval limit that what is taken back is above; empty if none.

        :return: `order.reversal.limit`
        """
        self.ensure_one()
        limits = self.env["order.reversal.limit"]
        return limits._get_of(self.company_id, self.amount_total)

    def _get_deciders(self):
        """Whom the limit names, and their stand-ins of today; empty without a limit.

        :return: `res.users`
        """
        self.ensure_one()
        named = self._get_limit().approver_ids
        stand_ins = self.env["order.reversal.stand.in"]._get_of(self.company_id, named)
        for others in stand_ins.values():
            named |= others
        return named

    def _may_decide_on_amount(self, user):
        """Whether no limit keeps a user from deciding."""
        self.ensure_one()
        return not self._get_limit() or user in self._get_deciders()

    def _check_limits(self):
        """Only those whom the limit of the amount names decide on it.

        :raise AccessError: by another approver
        """
        user = self.env.user
        for reversal in self.filtered(lambda r: not r._may_decide_on_amount(user)):
            limit = reversal._get_limit()
            raise AccessError(
                self.env._(
                    "%(name)s takes back %(amount)s. Only %(users)s may decide on more "
                    "than %(limit)s. Ask one of them.",
                    name=reversal.name,
                    amount=limit.currency_id.format(reversal.amount_total),
                    limit=limit.currency_id.format(limit.amount),
                    # sudo: the names of users, which not everybody may read.
                    users=", ".join(reversal._get_deciders().sudo().mapped("name")),
                )
            )

    def _select_deciders(self, approvers):
        """Of those who may approve, who is asked: by amount, and who is there.

        :param approvers: `res.users`
        :return: `res.users`
        """
        self.ensure_one()
        if self._get_limit():
            approvers &= self._get_deciders()
        away = self.env["order.reversal.stand.in"]._get_of(self.company_id, approvers)
        asked = approvers
        for user, others in away.items():
            # Whoever asks for it can't decide, not as a stand-in either.
            if instead := others - self.requester_id:
                asked = (asked - user) | instead
        return asked
