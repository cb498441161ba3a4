from odoo import api, fields, models

from ..checks import check_one


class OrderReversalRedaction(models.TransientModel):
    """Asks a manager why a person's data is removed from the evidence."""

    _name = "order.reversal.redaction"
    _description = "Removal of Personal Data"

    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)
    reversal_count = fields.Integer("Reversals", compute="_compute_reversal_count")

    @api.depends("partner_id")
    def _compute_reversal_count(self):
        reversals = self.env["order.reversal"]
        for redaction in self:
            partners = redaction.partner_id
            if partners:
                # sudo: archived contacts, too; they are counted alone.
                family = partners.sudo().with_context(active_test=False)
                partners = family.search([("id", "child_of", partners.ids)])
            redaction.reversal_count = len(
                reversals._find_related(partners)._filtered_access("read")
            )

    def action_redact(self):
        """Remove what tells of the contact from the evidence of its reversals.

        :raise AccessError: no reversal manager
        :raise UserError: no reason
        :return: a notification that says how many there were
        """
        check_one(self)
        self.check_access("write")
        done, others = self.env["order.reversal"]._redact(
            self.partner_id, self.reason or ""
        )
        text = self.env._(
            "Removed from the evidence of: %s",
            ", ".join(done.mapped("name")) or self.env._("no reversal"),
        )
        if others:
            text += "\n" + self.env._(
                "Reversals of other companies that still show it: %s. Switch these "
                "companies on, or ask their reversal managers.",
                others,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if others else "success",
                "sticky": True,
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
