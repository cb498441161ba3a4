from odoo import api, models


class SaleOrder(models.Model):
    """An order that registered people for events.

    The host cancels registrations with their order, those that were attended too, and
    lets them be cancelled when it is confirmed again (`event_sale`).
    """

    _inherit = "sale.order"

    def _reversal_registrations(self):
        """Registrations of these orders that stand."""
        return (
            self.env["event.registration"]
            .search([("sale_order_id", "in", self.ids)])
            .filtered(lambda registration: registration.state != "cancel")
        )

    def _reversal_findings(self, plan):
        """Override: what becomes of the registrations, and who was there."""
        super()._reversal_findings(plan)
        if not plan.reaches("payment") or not self:
            return plan
        grouped = self._reversal_registrations().grouped(
            lambda registration: (registration.sale_order_id, registration.event_id)
        )
        for (order, event), registrations in grouped.items():
            values = {"order": order.name, "event": event.name}
            attended = registrations.filtered(lambda found: found.state == "done")
            if attended and (plan.reaches("draft") or plan.refunds()):
                order._reversal_report_attended(plan, event, len(attended), values)
            if plan.part is not None or not plan.reaches("draft"):
                order._reversal_report_staying(plan, event, len(registrations), values)
            elif rest := registrations - attended:
                plan.inform(
                    "tickets_cancelled",
                    self.env._(
                        "%(order)s: %(count)s × registration for %(event)s cancelled.",
                        count=len(rest),
                        **values,
                    ),
                    event,
                )
        return plan

    def _reversal_report_attended(self, plan, event, count, values):
        """Who was there has had what was paid for."""
        report = plan.block if plan.refunds() else plan.warn
        report(
            "tickets_attended",
            self.env._(
                "%(order)s: %(count)s × registration for %(event)s was attended.",
                count=count,
                **values,
            ),
            event,
            remedy=self.env._(
                "Keep the payment as a credit of the customer, and invoice what was "
                "attended."
            )
            if plan.refunds()
            else self.env._("Agree with the customer what is to be paid for it."),
        )

    def _reversal_report_staying(self, plan, event, count, values):
        """The order stays, and so do its tickets, though the money goes back."""
        if plan.refunds() or plan.part is not None:
            plan.warn(
                "tickets_stay",
                self.env._(
                    "%(order)s: %(count)s × registration for %(event)s stays valid, as "
                    "the order stays confirmed.",
                    count=count,
                    **values,
                ),
                event,
                remedy=self.env._("Cancel those that are not wanted at the event."),
            )

    def _reversal_cancel_data(self, plan):
        """Override: how the registrations stand."""
        data = super()._reversal_cancel_data(plan)
        if registrations := self._reversal_registrations():
            data["registrations"] = {
                str(registration.id): registration.state
                for registration in registrations
            }
        return data

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Override: the registrations stand again as they did."""
        result = super()._reversal_apply_confirm(steps)
        # sudo: what the host cancelled as sudo too; which ones stands in the step.
        registrations = self.env["event.registration"].sudo()
        for step in steps:
            known = (step.origin_id.data or {}).get("registrations", {})
            for registration_id, state in known.items():
                registration = registrations.browse(int(registration_id)).exists()
                if registration and registration.state != state:
                    registration.state = state
        return result
