from odoo import api, models


class AccountMove(models.Model):
    """The timesheets that an invoice charged."""

    _inherit = "account.move"

    def _reversal_plan_credit(self, plan, share, values):
        """Override to remember the timesheets, which the credit note will free.

        Rule: `action_post` of `sale_timesheet`.
        """
        result = super()._reversal_plan_credit(plan, share, values)
        timesheets = self._reversal_charged_timesheets(share)
        if timesheets:
            plan.steps[-1]["data"]["timesheet_ids"] = timesheets.ids
            self._reversal_tell_timesheets(plan, timesheets)
        return result

    def _reversal_charged_timesheets(self, share):
        """Timesheets on the order lines that the share takes back."""
        lines = self.invoice_line_ids
        if not share.whole:
            lines = lines.browse(line.id for line in share.lines)
        return self.timesheet_ids.filtered(
            lambda timesheet: timesheet.project_id
            and timesheet.so_line in lines.sale_line_ids
        )

    def _reversal_tell_timesheets(self, plan, timesheets):
        plan.inform(
            "timesheets_free",
            self.env._(
                "Timesheets of %(hours)s that %(invoice)s charged can be invoiced "
                "again.",
                hours=self.env["ir.qweb.field.float_time"].value_to_html(
                    sum(timesheets.mapped("unit_amount")), {}
                ),
                invoice=self.display_name,
            ),
            self,
        )

    def _reversal_obstacles_credit(self, step, plan):
        """Override: timesheets that another invoice charged since can't come back."""
        result = super()._reversal_obstacles_credit(step, plan)
        # sudo: whether they were invoiced since, whoever may see them.
        timesheets = step.sudo()._reversal_timesheets()
        others = timesheets.timesheet_invoice_id - self
        if others := others.filtered(lambda move: move.state != "cancel"):
            plan.block(
                "timesheets_invoiced",
                self.env._(
                    "Timesheets of %(invoice)s have been invoiced again since, by "
                    "%(others)s.",
                    invoice=self.display_name,
                    others=", ".join(others.mapped("display_name")),
                ),
                self,
                remedy=self.env._("Take %s back first.", others[0].display_name),
            )
        return result

    @api.private
    def _reversal_apply_uncredit(self, steps):
        """Override to give the invoices their timesheets back."""
        result = super()._reversal_apply_uncredit(steps)
        for step in steps:
            # sudo: what the host took off the invoice as sudo, too; which ones stands
            # in the step.
            timesheets = step.origin_id.sudo()._reversal_timesheets()
            timesheets.filtered(
                lambda timesheet: not timesheet.timesheet_invoice_id
            ).timesheet_invoice_id = step.res_id
        return result


class OrderReversalStep(models.Model):
    """A credit note frees timesheets."""

    _inherit = "order.reversal.step"

    def _reversal_timesheets(self):
        """The timesheets that this step freed, as far as they still exist.

        :return: `account.analytic.line`
        """
        ids = (self.data or {}).get("timesheet_ids", [])
        return self.env["account.analytic.line"].browse(ids).exists()
