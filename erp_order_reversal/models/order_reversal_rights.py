from odoo import api, models
from odoo.exceptions import AccessError


class OrderReversal(models.Model):
    """Who may carry out: the host's own rights, and the companies of a user."""

    _inherit = "order.reversal"

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
                    orders=", ".join(closed.sudo().mapped("name")),
                    reversals=", ".join(self.mapped("name")),
                )
            )

    # ------------------------------------------------------------------
    # What a user holds
    # ------------------------------------------------------------------

    def _touches_accounting(self):
        """Whether a step changes an invoice or a payment."""
        self.ensure_one()
        models_of_steps = set(self.step_ids.mapped("res_model"))
        return not models_of_steps.isdisjoint(("account.move", "account.payment"))

    def _may_account(self, user=None):
        return self._holds("account.group_account_invoice", user)

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

    # ------------------------------------------------------------------
    # Why somebody else has to approve: said to the asker as “you”
    # ------------------------------------------------------------------

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
