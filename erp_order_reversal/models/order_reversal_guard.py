from odoo import api, models
from odoo.exceptions import UserError

from ..exceptions import ReversalGuardError
from .order_reversal import ENGINE


class OrderReversal(models.Model):
    """Who may take settled documents back beside a reversal."""

    _inherit = "order.reversal"

    @api.model
    def _is_running(self):
        """Whether a reversal is at work; its marker can't be sent over RPC."""
        return self.env.context.get("order_reversal_running") is ENGINE

    def _running(self):
        return self.with_context(order_reversal_running=ENGINE)


class OrderReversalMixin(models.AbstractModel):
    _inherit = "order.reversal.mixin"

    def _reversal_is_settled(self):
        """Whether this document is settled, so that only a reversal may undo it.

        :return: bool
        """
        self.ensure_one()
        return False

    def _reversal_guard(self, action):
        """Close the host's own way for settled documents, or log its use.

        Called by the override of the hook that every path shares.

        :param str action: what the host is about to do, for the log
        :raise ReversalGuardError: the company allows it by a reversal only
        """
        if self.env["order.reversal"]._is_running() or not self:
            return
        # sudo: whether a document is settled must not depend on who asks.
        settled = self.sudo().filtered(lambda record: record._reversal_is_settled())
        if not settled:
            return
        guarded = settled.filtered(lambda record: record.company_id.reversal_guard)
        if guarded:
            raise self.browse(guarded.ids)._reversal_guard_error()
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "host",
                    "company": record.company_id,
                    "record": record,
                    "detail": {"action": action},
                }
                for record in settled
            ]
        )

    def _reversal_guard_error(self):
        first = self[:1]
        # sudo: the names of documents that the user was about to change.
        names = ", ".join(self.sudo().mapped("display_name"))
        message = self.env._(
            "%s is settled: your company takes settled documents back by a reversal "
            "only, so that everything is undone together and recorded.",
            names,
        )
        if not self.env["order.reversal"].has_access("create"):
            return UserError(
                message
                + " "
                + self.env._("Ask somebody with the right “Order Reversal”.")
            )
        action = self.env.ref("erp_order_reversal.order_reversal_action_dialog")
        return ReversalGuardError(
            message,
            action.id,
            self.env._("Reverse…"),
            {f"default_{self._reversal_root_field}": first.id},
        )
