from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain


class OrderReversal(models.Model):
    """What waits too long is brought to mind: once a deadline, one mail a person."""

    _inherit = "order.reversal"

    reminded_on = fields.Date(
        readonly=True,
        copy=False,
        help="When the approvers were reminded last that it waits.",
    )

    def _get_deadline(self):
        """The day by which somebody should have decided.

        :return: date; today without a limit of days
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        return today + timedelta(days=self.company_id.reversal_approval_days)

    @api.model
    def _cron_remind(self):
        """Remind the approvers of what waits longer than their company wants.

        Each gets one message with a link to each request, in his or her language; again
        only when as many days have passed once more.
        """
        companies = self.env["res.company"].search([("reversal_approval_days", ">", 0)])
        for company in companies:
            self.with_company(company)._remind(company)

    @api.model
    def _remind(self, company):
        today = fields.Date.context_today(self)
        limit = today - timedelta(days=company.reversal_approval_days)
        late = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "to_approve")
            & Domain("is_practice", "=", False)
            & Domain("requested_on", "<", limit)
            & (Domain("reminded_on", "=", False) | Domain("reminded_on", "<=", limit))
        )
        of_approver = defaultdict(self.browse)
        for reversal, approvers in late._get_approvers_each().items():
            for approver in approvers:
                of_approver[approver] |= reversal
        for approver, reversals in of_approver.items():
            reversals._remind_approver(approver)
        self._engine_env(late).reminded_on = today

    def _remind_approver(self, approver):
        reader = self.with_context(lang=approver.lang)
        items = Markup().join(
            Markup("<li>%s</li>")
            % reader.env._(
                "%(reversal)s of %(document)s, asked for by %(user)s",
                reversal=reversal._get_record_link(),
                document=reversal.root_name,
                user=reversal.requester_id.name,
            )
            for reversal in reader
        )
        self.env["mail.thread"].message_notify(
            subject=reader.env._("Reversals waiting for approval: %s.", len(self)),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (reader.env._("They wait for longer than they should:"), items),
            partner_ids=approver.partner_id.ids,
            model_description=reader.env._("Reversals"),
        )
