import json

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class OrderReversalMixin(models.AbstractModel):
    """Removal of cancelled documents, where no numbered sequence gets a gap."""

    _inherit = "order.reversal.mixin"

    def action_reversal_remove(self):
        """Delete cancelled drafts after a backup that goes into the audit log.

        :raise AccessError: no reversal manager
        :raise UserError: with the reason for each document that has to stay
        """
        if not self.env.user.has_group("erp_order_reversal.group_reversal_manager"):
            raise AccessError(
                self.env._(
                    "Only a reversal manager may remove cancelled documents. Ask one "
                    "of them."
                )
            )
        obstacles = [
            f"• {obstacle}"
            for record in self
            for obstacle in record._reversal_removal_obstacles()
        ]
        if obstacles:
            raise UserError(
                self.env._("These documents have to stay:")
                + "\n"
                + "\n".join(obstacles)
                + "\n"
                + self.env._("They are cancelled and count nowhere; leave them.")
            )
        self._reversal_log_removal()
        self._reversal_unlink()
        return True

    def _reversal_removal_obstacles(self):
        """Why this document may not be deleted.

        :return: list of sentences
        """
        self.ensure_one()
        return [self.env._("%s is no invoice and no payment.", self.display_name)]

    @api.private
    def _reversal_unlink(self):
        self.unlink()

    def _reversal_log_removal(self):
        reversals = self.env["order.reversal"]
        self.env.flush_all()
        entries = []
        for record in self:
            image = reversals._read_tables({record._table: {record.id}})
            entries.append(
                {
                    "event": "removed",
                    "company": record.company_id,
                    "record": record,
                    # Through text and back: dates and numbers as JSON keeps them.
                    "detail": {"backup": json.loads(json.dumps(image, default=str))},
                }
            )
        self.env["order.reversal.log"]._record(entries)
