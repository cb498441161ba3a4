from odoo import models


class AccountPayment(models.Model):
    """What the host would refuse of a payment, told before anything is tried."""

    _inherit = "account.payment"

    def _reversal_foresee_refund(self, plan):
        """Tell where the money leaves from, if not from where it came in.

        :return: int, id of the journal that stands in for the payment's, or 0
        """
        return self._reversal_foresee_journal(
            plan, self._reversal_refund_journals(), self._reversal_refund_finding()
        )

    def _reversal_foresee_counter(self, plan):
        """Tell where the entry goes that takes this one back, if not to its journal.

        :return: int, as of `_reversal_foresee_refund`
        """
        journals = self.journal_id._reversal_in_use()
        finding = self._reversal_archived_finding(journals)
        if finding and journals:
            message = self.env._(
                "The journal %(journal)s of %(payment)s is archived: the entry that "
                "takes it back goes to the journal %(other)s.",
                journal=self.journal_id.name,
                payment=self.display_name,
                other=journals[0].name,
            )
            finding = (finding[0], message, *finding[2:])
        return self._reversal_foresee_journal(plan, journals, finding)

    def _reversal_foresee_journal(self, plan, journals, finding):
        if finding:
            code, message, remedy, who = finding
            plan.add_finding(
                "warning" if journals else "blocker", code, message, self, remedy, who
            )
        return (journals[:1] - self.journal_id).id or 0

    def _reversal_refund_journals(self):
        """Journals with a method that a refund of this can be paid by, the best first.

        Its own, or while that is archived those that stand in for it.

        :return: `account.journal`
        """
        return self.journal_id._reversal_in_use().filtered(self._reversal_manual_method)

    def _reversal_refund_finding(self):
        """What has to be known about the journal that a refund leaves from.

        A blocker where there is none (`_reversal_refund_journals`), else a warning.

        :return: (code, message, remedy, who); None if nothing
        """
        self.ensure_one()
        journals = self._reversal_refund_journals()
        if not self.journal_id.active:
            return self._reversal_archived_finding(journals)
        if journals:
            return None
        return (
            "no_refund_method",
            self.env._(
                "The journal %(journal)s has no payment method to refund %(payment)s "
                "with.",
                journal=self.journal_id.name,
                payment=self.display_name,
            ),
            self.env._(
                "Add an outgoing payment method to the journal, or keep the money as "
                "customer credit."
            ),
            self.env._("An accounting administrator may do that."),
        )

    def _reversal_archived_finding(self, others):
        """That its journal is archived, and what is done instead.

        Rule: `account.move._post`.

        :param others: `account.journal`, which can stand in, the best first
        :return: as `_reversal_refund_finding`
        """
        self.ensure_one()
        if self.journal_id.active:
            return None
        who = self.env._("An accounting administrator may do that.")
        values = {"journal": self.journal_id.name, "payment": self.display_name}
        if not others:
            return (
                "journal_archived",
                self.env._(
                    "The journal %(journal)s of %(payment)s is archived: nothing can "
                    "be posted in it.",
                    **values,
                ),
                self.env._(
                    "Activate the journal for the time of the reversal, or keep the "
                    "money as customer credit."
                ),
                who,
            )
        return (
            "journal_replaced",
            self.env._(
                "The journal %(journal)s of %(payment)s is archived: the money is paid "
                "back from the journal %(other)s.",
                other=others[0].name,
                **values,
            ),
            self.env._(
                "Activate the journal first if it has to leave from there, or keep the "
                "money as customer credit."
            ),
            who,
        )
