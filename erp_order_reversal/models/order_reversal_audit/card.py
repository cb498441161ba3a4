from odoo import api, fields, models
from odoo.tools.safe_eval import safe_eval

from ...checks import check_one


class OrderReversalAuditCard(models.Model):
    """One card of the auditor's home page: what it opens, and how much is in there."""

    _name = "order.reversal.audit.card"
    _description = "Card of the Auditor's Page"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(
        translate=True,
        help="Names of settings of the company in braces stand for their values.",
    )
    text = fields.Char(compute="_compute_text")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("evidence", "Records"), ("signal", "Signals")],
        required=True,
        default="evidence",
    )
    icon = fields.Char(help="Of Font Awesome.")
    action_id = fields.Many2one("ir.actions.act_window", required=True)
    domain = fields.Char(
        default="[]", required=True, help="What of the list it opens and counts."
    )
    alarm = fields.Boolean(help="Whether there should be none.")
    record_count = fields.Integer("Records", compute="_compute_record_count")

    @api.depends("description")
    @api.depends_context("company", "lang")
    def _compute_text(self):
        # sudo: from when on a signal is given, which no auditor could read otherwise.
        company = self.env.company.sudo()
        values = {
            f"{{{name}}}": str(company[name])
            for name in company._get_reversal_signal_bounds()
        }
        for card in self:
            text = card.description or ""
            for name, value in values.items():
                text = text.replace(name, value)
            card.text = text

    @api.depends("action_id", "domain")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_count(self):
        for card in self:
            # sudo: the action's model alone; what is counted is what the user may read.
            model = self.env[card.sudo().action_id.res_model]
            readable = model.has_access("read")
            card.record_count = (
                model.search_count(card._get_domain()) if readable else 0
            )

    def _get_domain(self):
        return safe_eval(self.domain, {})

    def action_open(self):
        """Open the list of the card.

        :raise AccessError: the card may not be read
        :return: a window action
        """
        check_one(self)
        self.check_access("read")
        # sudo: which action it is; the list asks for the user's own rights.
        action = self.sudo().action_id._get_action_dict()
        return {
            **action,
            "display_name": self.name,
            "domain": self._get_domain(),
            "context": {},
        }
