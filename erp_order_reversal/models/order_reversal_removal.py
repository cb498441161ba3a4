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
                    "Only a reversal manager may remove cancelled documents. Ask one of "
                    "them."
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


class AccountMove(models.Model):
    _inherit = "account.move"

    def _reversal_removal_obstacles(self):
        self.ensure_one()
        name = self.display_name
        if not self.is_invoice(include_receipts=True):
            return super()._reversal_removal_obstacles()
        if self.state != "cancel":
            return [self.env._("%s is not cancelled.", name)]
        if self.inalterable_hash:
            return [self.env._("%s is secured by a hash.", name)]
        if self._is_protected_by_audit_trail():
            return [
                self.env._("%s was posted once, and the audit trail keeps it.", name)
            ]
        if self.name and self.name != "/" and not self._is_end_of_seq_chain():
            return [
                self.env._("Without %s its numbered sequence would have a gap.", name)
            ]
        return []


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _reversal_removal_obstacles(self):
        self.ensure_one()
        if self.state != "canceled":
            return [self.env._("%s is not cancelled.", self.display_name)]
        entry = self.move_id
        if not entry:
            return []
        if entry.inalterable_hash or entry._is_protected_by_audit_trail():
            return [self.env._("The entry of %s has to be kept.", self.display_name)]
        if entry.name and entry.name != "/" and not entry._is_end_of_seq_chain():
            return [
                self.env._(
                    "Without %s its numbered sequence would have a gap.",
                    self.display_name,
                )
            ]
        return []
