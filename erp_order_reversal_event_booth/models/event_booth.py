from odoo import models


class EventBooth(models.Model):
    """A booth that an order rented. Its cancelling would leave it taken."""

    _name = "event.booth"
    _inherit = ["event.booth", "order.reversal.made.mixin"]
    _reversal_cancelled = "available"
    _reversal_finished = ()
    _reversal_fresh = ("unavailable",)

    def _reversal_made_for(self):
        self.ensure_one()
        return self.sale_order_id, False

    def _reversal_people(self):
        return self.event_id.user_id

    def _reversal_fingerprint(self):
        """Override: whether it was paid, too."""
        return {**super()._reversal_fingerprint(), "is_paid": self.is_paid}

    def _reversal_cancel_made(self):
        """Free the booths; the host has no method for it."""
        return self.write(
            {
                "state": "available",
                "sale_order_line_id": False,
                "partner_id": False,
                "contact_name": False,
                "contact_email": False,
                "contact_phone": False,
                "is_paid": False,
            }
        )

    def _reversal_reopen_made(self, before):
        """Confirming the order has rented it again (`_update_event_booths`)."""
        self.is_paid = before["is_paid"]

    def _reversal_obstacles_cancel_made(self, step, plan):
        """Override: somebody else may have it by now."""
        if self.state == "unavailable" and not self.sale_order_id & plan.records(
            "sale.order"
        ):
            plan.block(
                "booth_taken",
                self.env._(
                    "%(booth)s of %(event)s is rented to somebody else by now.",
                    booth=self.name,
                    event=self.event_id.name,
                ),
                self,
                remedy=self.env._("Free it at the event, or make a new order."),
            )
