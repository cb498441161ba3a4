from odoo import api, models


class SaleOrder(models.Model):
    """An order that opened courses to its customer (`website_sale_slides`)."""

    _inherit = "sale.order"

    def _reversal_courses(self):
        """Memberships that this order gave, and no other order of the customer.

        :return: `slide.channel.partner`
        """
        self.ensure_one()
        channels = self.env["slide.channel"].search(
            [
                ("product_id", "in", self.order_line.product_id.ids),
                ("enroll", "=", "payment"),
            ]
        )
        others = self.env["sale.order.line"].search(
            [
                ("order_id", "!=", self.id),
                ("order_id.partner_id", "=", self.partner_id.id),
                ("product_id", "in", channels.product_id.ids),
                ("state", "=", "sale"),
            ]
        )
        channels = channels.filtered(
            lambda channel: channel.product_id not in others.product_id
        )
        return self.env["slide.channel.partner"].search(
            [
                ("channel_id", "in", channels.ids),
                ("partner_id", "=", self.partner_id.id),
                ("member_status", "!=", "invited"),
            ]
        )

    def _reversal_findings(self, plan):
        """Override: which courses are closed, and which were begun."""
        super()._reversal_findings(plan)
        if not plan.reaches("payment") or plan.part is not None:
            return plan
        for order in self:
            for membership in order._reversal_courses():
                order._reversal_report_course(plan, membership)
        return plan

    def _reversal_report_course(self, plan, membership):
        values = {
            "course": membership.channel_id.name,
            "order": self.name,
            "done": membership.completion,
        }
        refunds = plan.refunds()
        if membership.completion and (refunds or plan.reaches("draft")):
            report = plan.block if refunds else plan.warn
            report(
                "course_begun",
                self.env._(
                    "%(done)s %% of the course “%(course)s” that %(order)s opened are "
                    "done.",
                    **values,
                ),
                membership.channel_id,
                remedy=self.env._(
                    "Keep the payment as a credit of the customer, and invoice what "
                    "was done."
                )
                if refunds
                else self.env._("Agree with the customer what is to be paid for it."),
            )
        elif plan.reaches("draft"):
            plan.inform(
                "course_closed",
                self.env._(
                    "The course “%(course)s” that %(order)s opened is closed.",
                    **values,
                ),
                membership.channel_id,
            )
        elif refunds:
            plan.warn(
                "course_stays",
                self.env._(
                    "The course “%(course)s” stays open, as %(order)s stays confirmed.",
                    **values,
                ),
                membership.channel_id,
                remedy=self.env._("Cancel the order, too, to close it."),
            )

    def _reversal_cancel_data(self, plan):
        """Override: which memberships go, and how they stand."""
        data = super()._reversal_cancel_data(plan)
        if plan.part is None and (courses := self._reversal_courses()):
            data["courses"] = {str(found.id): found.member_status for found in courses}
        return data

    @api.private
    def _reversal_apply_cancel(self, steps):
        """Override: close the courses; the host leaves them open."""
        result = super()._reversal_apply_cancel(steps)
        for step in steps:
            for membership, _status in step._get_courses():
                membership.channel_id._remove_membership(membership.partner_id.ids)
        return result

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Override: they are open again, with what was done of them.

        Whoever confirms may not be allowed to add members, as the host wants it.
        """
        result = super()._reversal_apply_confirm(steps)
        for step in steps:
            for membership, status in step.origin_id._get_courses():
                if not membership.active:
                    membership.action_unarchive()
                membership.member_status = status
        return result


class OrderReversalStep(models.Model):
    """Cancelling an order closes courses."""

    _inherit = "order.reversal.step"

    def _get_courses(self):
        """The memberships that go with the order: [(membership, its status)]."""
        # sudo: the order's own, which the host gave as sudo too.
        memberships = self.env["slide.channel.partner"].sudo()
        known = (self.data or {}).get("courses", {})
        return [
            (membership, status)
            for membership_id, status in known.items()
            for membership in memberships.browse(int(membership_id)).exists()
        ]
