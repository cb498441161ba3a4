from odoo import api, fields, models
from odoo.exceptions import UserError

from ...checks import check_one
from .assign import Assignment


class OrderReversal(models.Model):
    """Who is told as the reason says: teams by a plan, the customer by a mail."""

    _inherit = "order.reversal"

    can_tell_customer = fields.Boolean(compute="_compute_can_tell_customer")

    # ------------------------------------------------------------------
    # Teams
    # ------------------------------------------------------------------

    def _get_assignments(self):
        """Override: each activity of the plan of the reason, for whom it names.

        “Ask at launch” is the salesperson, or whoever carried it out.
        """
        found = super()._get_assignments()
        if self.restores_id:
            return found
        # sudo: the plan is what a manager chose for the reason.
        plan = self.sudo().reason_id.activity_plan_id
        for record in self._get_plan_records(plan):
            usual = self._get_plan_person(record)
            for template in plan.template_ids:
                person = template._determine_responsible(usual, record)["responsible"]
                values = {
                    "activity_type_id": template.activity_type_id.id,
                    "automated": False,
                    "summary": template.summary,
                    "note": template.note or self._get_record_link(),
                    "date_deadline": template._get_date_deadline(),
                }
                found.append(Assignment(record, person, values))
        return found

    def _get_plan_records(self, plan):
        """What the activities of a plan are on: this reversal, or its orders."""
        if plan.res_model == self._name:
            return self.sudo()
        # sudo: as in `_get_assignments`; the orders themselves are not changed.
        orders = self.sudo().order_id | self.sudo().step_ids._get_orders()
        return orders.exists() if plan.res_model == orders._name else orders.browse()

    def _get_plan_person(self, record):
        orders = record if record._name == "sale.order" else self.sudo().order_id
        person = orders.user_id or self.sudo().move_id.invoice_user_id
        return person.filtered("active")[:1] or self.env.user

    # ------------------------------------------------------------------
    # Customer
    # ------------------------------------------------------------------

    @api.depends("state", "reason_id", "step_ids.result_id")
    def _compute_can_tell_customer(self):
        for reversal in self:
            reversal.can_tell_customer = bool(
                reversal.state == "done"
                # sudo: whether there is a template; a clerk may not read them all.
                and reversal.sudo().reason_id.mail_template_id
                and reversal._get_untold()
            )

    def _get_untold(self):
        """Credit notes of this reversal that the customer was not sent yet."""
        self.ensure_one()
        # sudo: states of documents that this reversal made.
        moves = self.env["account.move"].sudo()
        credits = moves.browse(
            step.result_id
            for step in self.step_ids
            if step.operation == "credit" and step.result_id
        ).exists()
        return credits.filtered(
            lambda move: move.state == "posted" and not move.is_move_sent
        ).sudo(False)

    def action_tell_customer(self):
        """Open the host's dialog that sends a credit note, with the reason's text.

        Nothing is sent before somebody has looked at it there. Of several credit
        notes, the first one that was not sent yet.

        :return: a window action on `account.move.send.wizard`, as a dialog
        :raise UserError: there is no credit note to send, or no text for it
        """
        check_one(self)
        self.check_access("read")
        credits = self._get_untold()
        # sudo: see `_compute_can_tell_customer`.
        template = self.sudo().reason_id.mail_template_id
        if self.state != "done" or not credits or not template:
            raise UserError(
                self.env._(
                    "There is no credit note of %s to send. Its reason has to name a "
                    "mail template, and the reversal a credit note that was not sent "
                    "yet; a manager may set the template on the reason.",
                    self.name,
                )
            )
        action = credits[0].action_invoice_sent()
        if action.get("res_model") == "account.move.send.wizard":
            action["context"] = {
                **action["context"],
                "default_template_id": template.id,
            }
        return action
