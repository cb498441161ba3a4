from odoo import api, fields, models
from odoo.tools import formatLang


class OrderReversalLog(models.Model):
    """An event as a person reads it; the exact values stand in `detail`.

    Who did what to which document, from what to what, how much, and why.
    """

    _inherit = "order.reversal.log"

    detail_text = fields.Char("What", compute="_compute_detail_text")

    @api.depends("detail")
    @api.depends_context("lang")
    def _compute_detail_text(self):
        for row in self:
            row.detail_text = " · ".join(part for part in row._describe() if part)

    def _describe(self):
        """What of the event says something to a person; override point.

        :return: list of str, some of them empty
        """
        self.ensure_one()
        detail = self.detail or {}
        reason = detail.get("reason")
        return [
            self._describe_act(detail),
            self._describe_change(detail),
            self._describe_amount(detail),
            detail.get("result") and f"→ {detail['result']}",
            reason and self.env._("because: %s", reason),
            detail.get("note"),
            detail.get("message") or detail.get("error"),
            *self._describe_check(detail),
            *self._describe_policy(detail),
            *self._describe_file(detail),
        ]

    def _describe_act(self, detail):
        """“clerk: Cancelled S00012”."""
        act = detail.get("outcome") or self._describe_action(detail)
        if not act:
            act = dict(self._fields["event"]._description_selection(self.env)).get(
                self.event, self.event
            )
        if detail.get("undo"):
            act = self.env._("%s (restore)", act)
        if detail.get("from"):
            act = self.env._(
                "%(act)s from %(names)s", act=act, names=", ".join(detail["from"])
            )
        document = detail.get("root") or self.res_name
        return self.env._(
            "%(who)s: %(act)s %(document)s",
            who=self.user_name or self.user_id.name or "",
            act=act,
            document=document or "",
        ).strip()

    def _describe_change(self, detail):
        """“Sales Order → Cancelled”: the document's state before and after."""
        before, after = detail.get("before"), detail.get("after")
        if detail.get("transaction"):
            return f"{detail['transaction']}: {self._refund_label(after)}"
        if not before or before == after:
            return ""
        return f"{self._state_label(before)} → {self._state_label(after)}"

    def _describe_amount(self, detail):
        amount = detail.get("amount") or detail.get("amount_total")
        if not amount:
            return ""
        currency = self.env["res.currency"]
        if detail.get("currency"):
            currency = currency.with_context(active_test=False).search(
                [("name", "=", detail["currency"])], limit=1
            )
        # What an earlier version recorded has no currency: that of the company.
        currency = currency or self.company_id.currency_id
        return formatLang(self.env, amount, currency_obj=currency)

    def _describe_check(self, detail):
        if "intact" not in detail:
            return []
        return detail.get("problems") or [self.env._("Books agree")]

    def _describe_policy(self, detail):
        """“Approval of Reversals: Never → Always”"""
        company = self.env["res.company"]
        texts = []
        for name, (before, after) in sorted((detail.get("policy") or {}).items()):
            field = company._fields.get(name)
            if not field:
                continue
            known = {}
            if field.type == "selection":
                known = dict(field._description_selection(self.env))
            elif field.type == "boolean":
                known = {True: self.env._("Yes"), False: self.env._("No")}
            texts.append(
                f"{field._description_string(self.env)}: "
                f"{known.get(before, before)} → {known.get(after, after)}"
            )
        if row := detail.get("rows_of_policy"):
            texts.append(" → ".join(text or "∅" for text in row))
        return texts

    def _describe_file(self, detail):
        parts = [detail.get("file"), detail.get("public_key")]
        if "rows" in detail:
            parts.append(self.env._("Rows: %s", detail["rows"]))
        if self.event == "redacted":
            places = len(detail.get("removed") or ()) + detail.get("texts", 0)
            parts.append(self.env._("texts removed: %s", places))
        if self.event in ("redacted", "archived") and detail.get("files"):
            parts.append(self.env._("files: %s", len(detail["files"])))
        return parts

    def _state_label(self, state):
        known = self.res_model and self.res_model in self.env
        field = self.env[self.res_model]._fields.get("state") if known else None
        if not field:
            return state or ""
        return dict(field._description_selection(self.env)).get(state, state or "")

    def _refund_label(self, state):
        if state == "asked":
            return self.env._("asked for")
        field = self.env["payment.transaction"]._fields["state"]
        return dict(field._description_selection(self.env)).get(state, state or "")

    def _describe_action(self, detail):
        """What was done, or tried, outside of a reversal."""
        action = detail.get("action")
        if not action:
            return ""
        labels = {
            "unlock": self.env._("unlocked"),
            "credit_note": self.env._("credit note"),
            "unreconcile": self.env._("taken off its payment"),
            "unlink": self.env._("taken apart from its documents"),
            "delete": self.env._("deleted"),
            "no state": self.env._("left without a state"),
            "move_type": self.env._("made another kind of entry"),
            "company": self.env._("given to another company"),
            "company_id": self.env._("given to another company"),
        }
        label = labels.get(action) or self._state_label(action)
        if self.event == "refused":
            return self.env._("refused: %s", label)
        return label
