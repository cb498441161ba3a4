from odoo import models


class AccountMove(models.Model):
    """What the host would refuse, or go on with, told before anything is tried."""

    _inherit = "account.move"

    def _reversal_steps(self, plan):
        super()._reversal_steps(plan)
        for operation in ("credit", "void"):
            for model, record_id in sorted(plan.get_targets(operation)):
                if model == self._name:
                    self.browse(record_id)._reversal_foresee_recurrence(plan)
        return plan

    def _reversal_foresee_credit(self, plan, share):
        """Override: a credit note is posted in a journal and a currency in use.

        Rule: `account.move._post`.
        """
        result = super()._reversal_foresee_credit(plan, share)
        self._reversal_foresee_journal(plan, share)
        if not self.currency_id.active:
            plan.block(
                "currency_inactive",
                self.env._(
                    "The currency %(currency)s of %(invoice)s is not active: no credit "
                    "note can be posted in it.",
                    currency=self.currency_id.name,
                    invoice=self.name,
                ),
                self,
                remedy=self.env._("Activate the currency."),
                who=self.env._("An accounting administrator may do that."),
            )
        return result

    def _reversal_foresee_journal(self, plan, share):
        """The credit note goes where its invoice is, or to what stands in for that."""
        self.ensure_one()
        journal = self.journal_id
        if journal.active:
            return
        who = self.env._("An accounting administrator may do that.")
        other = journal._reversal_in_use()[:1]
        if not other:
            plan.block(
                "journal_archived",
                self.env._(
                    "The journal %(journal)s of %(invoice)s is archived: no credit "
                    "note can be posted in it.",
                    journal=journal.name,
                    invoice=self.name,
                ),
                self,
                remedy=self.env._(
                    "Activate the journal for the time of the reversal, or create "
                    "another one of the same type and currency."
                ),
                who=who,
            )
            return
        share.journal_id = other.id
        plan.warn(
            "journal_replaced",
            self.env._(
                "The journal %(journal)s of %(invoice)s is archived: its credit note "
                "goes to the journal %(other)s.",
                journal=journal.name,
                invoice=self.name,
                other=other.name,
            ),
            self,
            remedy=self.env._(
                "Activate the journal first if the credit note has to be numbered in "
                "it."
            ),
            who=who,
        )

    def _reversal_journal_words(self, share):
        """What a step adds to its outcome where another journal stands in, or ""."""
        if not share.journal_id:
            return ""
        return self.env._(
            "; in the journal %s", self.journal_id.browse(share.journal_id).name
        )

    def _reversal_foresee_again(self, plan, document):
        """What stands against posting this entry once more, under its own number.

        Rule: `account.move._post`.

        :param Plan plan: of a restore
        :param document: whose entry it is
        """
        self.ensure_one()
        name = document._reversal_name()
        who = self.env._("An accounting administrator may do that.")
        if not self.journal_id.active:
            plan.block(
                "journal_archived",
                self.env._(
                    "The journal %(journal)s of %(document)s is archived: it can't be "
                    "posted again.",
                    journal=self.journal_id.name,
                    document=name,
                ),
                document,
                remedy=self.env._("Activate the journal for the time of the restore."),
                who=who,
            )
        if not self.currency_id.active:
            plan.block(
                "currency_inactive",
                self.env._(
                    "The currency %(currency)s of %(document)s is not active: it can't "
                    "be posted again.",
                    currency=self.currency_id.name,
                    document=name,
                ),
                document,
                remedy=self.env._("Activate the currency."),
                who=who,
            )
        accounts = self.line_ids.account_id
        if archived := accounts.filtered(lambda account: not account.active):
            plan.block(
                "account_archived",
                self.env._(
                    "%(document)s uses the archived account %(account)s: it can't be "
                    "posted again.",
                    document=name,
                    account=", ".join(
                        f"{account.code} {account.name}" for account in archived
                    ),
                ),
                document,
                remedy=self.env._("Activate the account for the time of the restore."),
                who=who,
            )

    def _reversal_foresee_recurrence(self, plan):
        """An invoice that posts itself again goes on, whatever becomes of this one."""
        self.ensure_one()
        if self.auto_post in ("no", "at_date"):
            return
        following = self.search(
            [("auto_post_origin_id", "=", self.auto_post_origin_id.id or self.id)]
        ).filtered(lambda move: move.state == "draft")
        if following:
            plan.warn(
                "recurring_invoice",
                self.env._(
                    "%(invoice)s is invoiced again by itself: %(drafts)s waits for its "
                    "date and stays.",
                    invoice=self.name,
                    drafts=", ".join(following.mapped("display_name")),
                ),
                following[0],
                remedy=self.env._("Cancel that draft to end the recurrence."),
                who=self.env._("Somebody with the right “Invoicing” may do that."),
            )
