from odoo import api, fields, models


class OrderReversalPolicyRowMixin(models.AbstractModel):
    """A row of the policy: whoever changes it is on record, as for its other parts."""

    _name = "order.reversal.policy.row.mixin"
    _description = "Row of the Reversal Policy"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to record what is new."""
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        rows._log_policy("", [row._describe_policy() for row in rows])
        return rows

    def write(self, vals):
        """Override to record what it was and what it is."""
        before = [row._describe_policy() for row in self]
        result = super().write(vals)
        self.env.registry.clear_cache()
        self._log_policy(before, [row._describe_policy() for row in self])
        return result

    def unlink(self):
        """Override to record what is gone."""
        self._log_policy([row._describe_policy() for row in self], "")
        self.env.registry.clear_cache()
        return super().unlink()

    def _log_policy(self, before, after):
        self.env["order.reversal.log"]._record(
            {
                "event": "policy",
                "company": row.company_id,
                "record": row,
                "detail": {
                    "rows_of_policy": [
                        before[place] if before else "",
                        after[place] if after else "",
                    ]
                },
            }
            for place, row in enumerate(self)
        )

    def _describe_policy(self):
        """What the row says, for the log to keep.

        :return: str
        """
        raise NotImplementedError
