from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools import babel_locale_parse
from odoo.tools.misc import get_lang


class OrderReversal(models.Model):
    """What a person reads of an assessment: effect on the books, journal items."""

    _inherit = "order.reversal"

    @api.model
    def _get_impact_labels(self):
        """{kind of `_impact`: its name}, in the order in which people read them."""
        return {
            "revenue": self.env._("Revenue"),
            "tax": self.env._("Tax"),
            "cost": self.env._("Cost of goods"),
            "stock": self.env._("Stock value"),
            "cash": self.env._("Cash and bank"),
            "receivable": self.env._("Receivable"),
            "other": self.env._("Other accounts"),
        }

    @api.depends("impact", "partner_id", "amount_credit", "amount_refund")
    @api.depends_context("lang")
    def _compute_impact_html(self):
        for reversal in self:
            reversal.impact_html = self.env["ir.qweb"]._render(
                "erp_order_reversal.order_reversal_impact",
                {"reversal": reversal, "impact": reversal._get_impact_rows()},
            )

    def _get_impact_rows(self):
        """The stored impact with names of accounts and months in the user's language.

        :return: {"rows": [{label, period, amount}], "before": float, "after": float}
        """
        self.ensure_one()
        impact = self.impact or {}
        labels = self._get_impact_labels()
        order = list(labels)
        rows = sorted(
            impact.get("rows", []),
            key=lambda row: (order.index(row["kind"]), row["period"]),
        )
        return {
            "rows": [
                {
                    "label": labels[row["kind"]],
                    "period": self._format_month(row["period"]),
                    "amount": row["amount"],
                }
                for row in rows
            ],
            "before": impact.get("before", 0.0),
            "after": impact.get("after", 0.0),
        }

    @api.model
    def _format_month(self, period):
        """“November 2026” for “2026-11”, in the user's language."""
        return format_skeleton(
            "yMMMM",
            fields.Date.to_date(f"{period}-01"),
            locale=babel_locale_parse(get_lang(self.env).code),
        )

    @api.model
    def _render_entries(self, entries, company):
        """HTML of journal items (`preview_entries`), or of what is wrong (str)."""
        return self.env["ir.qweb"]._render(
            "erp_order_reversal.order_reversal_entries",
            {
                "currency": company.currency_id,
                "error": entries if isinstance(entries, str) else False,
                "entries": [] if isinstance(entries, str) else entries,
            },
        )
