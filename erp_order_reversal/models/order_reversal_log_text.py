from odoo import api, models
from odoo.tools import formatLang


class OrderReversalLog(models.Model):
    """An event as a person reads it; the exact values stand in `detail`."""

    _inherit = "order.reversal.log"

    @api.depends("detail")
    @api.depends_context("lang")
    def _compute_detail_text(self):
        for row in self:
            row.detail_text = " · ".join(part for part in row._describe() if part)

    def _describe(self):
        """What of the detail says something to a person; override point.

        :return: list of str, some of them empty
        """
        self.ensure_one()
        detail = self.detail or {}
        parts = [
            self.env._("Restore") if detail.get("undo") else "",
            detail.get("outcome"),
            self._describe_change(detail),
            detail.get("result") and f"→ {detail['result']}",
            detail.get("reason"),
            detail.get("note"),
            self._describe_action(detail),
        ]
        amount = detail.get("amount") or detail.get("amount_total")
        if amount:
            parts.insert(2, formatLang(self.env, amount, digits=2))
        if "rows" in detail:
            parts.append(self.env._("%s rows", detail["rows"]))
        if "intact" in detail:
            parts += detail.get("problems") or [self.env._("Books agree")]
        return parts

    def _describe_change(self, detail):
        """“Sales Order → Cancelled”: the document's state before and after."""
        before, after = detail.get("before"), detail.get("after")
        if not before or before == after:
            return ""
        return f"{self._state_label(before)} → {self._state_label(after)}"

    def _state_label(self, state):
        known = self.res_model and self.res_model in self.env
        field = self.env[self.res_model]._fields.get("state") if known else None
        if not field:
            return state or ""
        return dict(field._description_selection(self.env)).get(state, state or "")

    def _describe_action(self, detail):
        """What was done outside of a reversal."""
        action = detail.get("action")
        if not action:
            return ""
        labels = {
            "unlock": self.env._("unlocked"),
            "credit_note": self.env._("credit note"),
            "unreconcile": self.env._("taken off its payment"),
        }
        return labels.get(action) or self._state_label(action)
