from odoo import models


class ProjectTask(models.Model):
    """What is to be done for an order that is taken back."""

    _name = "project.task"
    _inherit = ["project.task", "order.reversal.made.mixin"]
    _reversal_cancelled = "1_canceled"
    _reversal_finished = ("1_done",)
    # Nothing says whether somebody has begun: who works on it decides.
    _reversal_fresh = ()

    def _reversal_made_for(self):
        self.ensure_one()
        return self.sale_line_id.order_id | self.sale_order_id, False

    def _reversal_people(self):
        """Override: who works on it; of what is done nobody has to be told."""
        if self.state in self._reversal_finished:
            return self.env["res.users"]
        return self.user_ids or self.project_id.user_id

    def _reversal_cancel_made(self):
        return self.write({"state": self._reversal_cancelled})

    def _reversal_reopen_made(self, before):
        if self.state == self._reversal_cancelled:
            self.state = before["made_state"]
