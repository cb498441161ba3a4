from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.erp_order_reversal.checks import check_one, is_number

from ..check import rules

# Reversals that took something back, restored or not; a restore itself did not.
CARRIED_OUT = Domain("state", "in", ("done", "undone")) & Domain(
    "restores_id", "=", False
)


class SettlementCheckRule(models.Model):
    """How strictly a company takes one rule; what it compares is in `check.rules`."""

    _name = "settlement.check.rule"
    _description = "Settlement Check Rule"
    _order = "company_id, sequence, id"
    _rec_name = "code"

    code = fields.Selection(
        [(rule.code, rule.label) for rule in rules.RULES],
        "Rule",
        required=True,
        readonly=True,
    )
    group = fields.Selection(
        [(key, label) for key, label, _module in rules.GROUPS],
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    severity = fields.Selection(
        list(rules.SEVERITIES),
        required=True,
        help="Warning: it is shown, and nothing is stopped.\n"
        "Blocker: the invoice can't be posted, or the payment not recorded, before "
        "the difference is put right or accepted by a reversal manager.",
    )
    tolerance = fields.Float(
        aggregator=None, help="How much may differ and still agrees."
    )
    tolerance_unit = fields.Selection(list(rules.UNITS), compute="_compute_description")
    description = fields.Char("What Is Compared", compute="_compute_description")
    caught_count = fields.Integer(
        "Would Have Caught",
        compute="_compute_caught",
        help="Reversals that this rule would have made unnecessary, had somebody "
        "looked: it found a difference on their documents before they were taken back.",
    )
    caught_text = fields.Char("Of All Reversals", compute="_compute_caught")

    _code_unique = models.UniqueIndex(
        "(company_id, code)", "The company has this rule already. Change that one."
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_description(self):
        for record in self:
            rule = rules.BY_CODE[record.code] if record.code else None
            record.description = self.env._(rule.help) if rule else False
            record.tolerance_unit = rule.unit if rule and rule.unit else False

    @api.depends("code", "company_id")
    def _compute_caught(self):
        groups = self.env["order.reversal"]._read_group(
            Domain("company_id", "in", self.company_id.ids) & CARRIED_OUT,
            ["company_id", "check_codes"],
            ["__count"],
        )
        for rule in self:
            own = [
                (codes, count)
                for company, codes, count in groups
                if company == rule.company_id
            ]
            rule.caught_count = sum(
                count for codes, count in own if rule.code in (codes or "").split(", ")
            )
            rule.caught_text = self.env._(
                "%(number)s of %(total)s",
                number=rule.caught_count,
                total=sum(count for _codes, count in own),
            )

    @api.constrains("tolerance")
    def _check_tolerance(self):
        for rule in self:
            smallest = 1 if rule.tolerance_unit == "times" else 0
            if not is_number(rule.tolerance) or rule.tolerance < smallest:
                raise ValidationError(
                    self.env._(
                        "The tolerance of “%(rule)s” can't be %(tolerance)s: enter 0 "
                        "or more; 1 or more where it is a multiple.",
                        rule=rule.display_name,
                        tolerance=rule.tolerance,
                    )
                )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for rule in self:
            rule.display_name = labels.get(rule.code, "")

    # ------------------------------------------------------------------
    # The table and the database
    # ------------------------------------------------------------------

    @api.model
    def _create_missing(self, companies=None):
        """Give companies the rules they don't have yet.

        :param companies: `res.company`; all of them by default
        """
        # sudo: the addon's own table; nobody may create rules that it doesn't have.
        own = self.sudo()
        companies = companies or own.env["res.company"].search([])
        known = {
            (company.id, code)
            for company, code in own._read_group(
                [("company_id", "in", companies.ids)], ["company_id", "code"]
            )
        }
        return own.create(
            [
                {
                    "company_id": company.id,
                    "code": rule.code,
                    "group": rule.group,
                    "sequence": sequence,
                    "severity": rule.severity,
                    "tolerance": rule.tolerance,
                }
                for company in companies
                for sequence, rule in enumerate(rules.RULES)
                if (company.id, rule.code) not in known
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @ormcache()
    def _get_active(self):
        """The rules that are on; the same for everybody, so it must not be changed.

        :return: {company id: {code: (severity, tolerance)}}
        """
        # sudo: rules bind everybody, whoever may read them.
        active = {}
        for rule in self.sudo().search_fetch(
            [("severity", "!=", "off")],
            ["company_id", "code", "severity", "tolerance"],
        ):
            company = active.setdefault(rule.company_id.id, {})
            company[rule.code] = (rule.severity, rule.tolerance)
        return active

    @api.model
    def _get_all(self, companies):
        """All rules, those that are off, too: what could have been seen.

        :return: as `_get_active` does
        """
        active = self._get_active()
        return {
            company.id: {
                rule.code: active.get(company.id, {}).get(
                    rule.code, ("warning", rule.tolerance)
                )
                for rule in rules.RULES
            }
            for company in companies
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_caught(self):
        """The reversals that this rule would have made unnecessary.

        :return: an action
        """
        check_one(self)
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "erp_order_reversal.order_reversal_action"
        )
        reversals = self.env["order.reversal"]
        return {
            **action,
            "name": self.display_name,
            "domain": reversals._check_code_domain(self.code)
            & Domain("company_id", "=", self.company_id.id)
            & CARRIED_OUT,
            "context": {},
        }
