from odoo import models
from odoo.fields import Domain


class AccountJournal(models.Model):
    """Where new entries go while the journal of their document is archived."""

    _inherit = "account.journal"

    def _reversal_in_use(self):
        """This journal; while it is archived, those that can stand in for it.

        Nothing can be posted in an archived one (`account.move._post`). Another one of
        the same type, company and currency holds the same entries, under numbers of its
        own.

        :return: `account.journal`, the first choice first; empty if there is none
        """
        self.ensure_one()
        if self.active:
            return self
        others = self.search(self._reversal_stand_in_domain())
        return others.filtered(
            lambda other: other._reversal_currency() == self._reversal_currency()
        )

    def _reversal_stand_in_domain(self):
        """What a journal must agree on beside the currency; override point.

        :return: Domain
        """
        return (
            Domain("active", "=", True)
            & Domain("type", "=", self.type)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("reversal_practice", "=", self.reversal_practice)
        )

    def _reversal_currency(self):
        return self.currency_id or self.company_id.currency_id
