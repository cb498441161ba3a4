from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models


@dataclass
class Assignment:
    """Work on a document that somebody is given after a reversal.

    :param record: the document
    :param user: `res.users`
    :param values: of the activity, as `activity_schedule` takes them
    """

    record: models.Model
    user: models.Model
    values: dict = field(default_factory=dict)


class OrderReversal(models.Model):
    """Work that follows a reversal: each person is told once of all of it."""

    _inherit = "order.reversal"

    def _get_assignments(self):
        """Who has to do what from now on; override point.

        :return: list of Assignment
        """
        self.ensure_one()
        return []

    def _hook_if_success(self):
        """Override to give people what follows from it."""
        result = super()._hook_if_success()
        for batch, reversals in self.grouped("batch_id").items():
            given = reversals._assign(batch)
            # What is only tried out is told to nobody; of a batch that goes on, people
            # are told when it ends.
            if not self._get_rehearsal():
                given.filtered(
                    lambda activity: not activity.reversal_batch_id
                )._reversal_tell(self.env.user)
        return result

    def _assign(self, batch):
        """Schedule the activities of reversals, without a mail for each.

        :param batch: `order.reversal.batch` of these, or none
        :return: `mail.activity`, as sudo
        """
        todo = defaultdict(list)
        for reversal in self:
            for one in reversal._get_assignments():
                key = (one.record._name, one.user, tuple(sorted(one.values.items())))
                todo[key].append(one.record.id)
        # sudo: whoever takes back may not be allowed to assign work to others; the
        # documents themselves are not changed.
        given = self.env["mail.activity"].sudo()
        waits = batch.sudo().state == "running"
        for (model, user, values), ids in todo.items():
            records = self.env[model].sudo().browse(dict.fromkeys(ids))
            given |= records.with_context(
                mail_activity_quick_update=True, lang=user.lang
            ).activity_schedule(
                user_id=user.id,
                reversal_batch_id=batch.id if waits else False,
                **dict(values),
            )
        return given
