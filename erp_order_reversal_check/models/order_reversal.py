from odoo import api, fields, models
from odoo.fields import Domain


class OrderReversal(models.Model):
    """Which rules would have caught what was taken back."""

    _inherit = "order.reversal"

    check_codes = fields.Char(
        "Seen by the Check",
        readonly=True,
        copy=False,
        help="The rules of the settlement check that found a difference on the "
        "documents right before they were taken back, switched on or not.",
    )
    check_names = fields.Char("Would Have Been Seen By", compute="_compute_check_names")

    @api.depends("check_codes")
    @api.depends_context("lang")
    def _compute_check_names(self):
        rule = self.env["settlement.check.rule"]
        labels = dict(rule._fields["code"]._description_selection(self.env))
        for reversal in self:
            codes = (reversal.check_codes or "").split(", ")
            reversal.check_names = ", ".join(labels.get(code, code) for code in codes)

    def _take_snapshot(self):
        self.filtered(lambda reversal: not reversal.restores_id)._note_check_codes()
        return super()._take_snapshot()

    def _note_check_codes(self):
        """Write down what the check finds on the documents, before they change.

        Each rule counts, those that are off and what was accepted, too.
        """
        rules = self.env["settlement.check.rule"]._get_all(self.company_id)
        roots = {}
        for reversal in self:
            root = reversal._get_root()
            if root:
                roots[root._name] = roots.get(root._name, root.browse()) | root
        found = {
            model: self.env["settlement.check"]._check(records, rules)
            for model, records in roots.items()
        }
        for reversal in self:
            root = reversal._get_root()
            items = found[root._name].get(root.id, []) if root else []
            codes = ", ".join(sorted({item.code for item in items}))
            if codes:
                self._engine_env(reversal).write({"check_codes": codes})

    @api.model
    def _check_code_domain(self, code):
        """Reversals that a rule would have made unnecessary.

        :param str code: of a rule, as a word of its own in `check_codes`
        """
        pattern = code.replace("_", r"\_")
        return Domain.OR(
            Domain("check_codes", "=like", form)
            for form in (
                pattern,
                f"{pattern}, %",
                f"%, {pattern}",
                f"%, {pattern}, %",
            )
        )
