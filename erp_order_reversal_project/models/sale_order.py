from odoo import api, models


class SaleOrder(models.Model):
    """An order that is worked for in projects."""

    _inherit = "sale.order"

    def _reversal_related(self, plan):
        """Override to bring in the tasks that were made for these orders."""
        related = super()._reversal_related(plan)
        if plan.reaches("draft"):
            related.append(
                self.tasks_ids.filtered(lambda task: task.state != "1_canceled")
            )
        return related

    def _reversal_cancel_data(self, plan):
        """Override: which line a project is for, which the host forgets."""
        data = super()._reversal_cancel_data(plan)
        projects = self.env["project.project"].search(
            [("sale_line_id", "in", self.order_line.ids)]
        )
        if projects:
            data["projects"] = {
                str(project.id): project.sale_line_id.id for project in projects
            }
        return data

    @api.private
    def _reversal_apply_confirm(self, steps):
        """Override: projects are for their lines again, unless for others by now."""
        result = super()._reversal_apply_confirm(steps)
        # sudo: what the host took off as sudo too; which line stands in the step.
        projects = self.env["project.project"].sudo()
        for step in steps:
            known = (step.origin_id.data or {}).get("projects", {})
            for project_id, line_id in known.items():
                project = projects.browse(int(project_id)).exists()
                if project and not project.sale_line_id:
                    project.sale_line_id = line_id
        return result
