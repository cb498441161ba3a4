from markupsafe import Markup

from odoo import api, fields, models

from ...plan import found_text
from .record import ROOTS

# Up to as many documents the dialog plans exactly; more are counted by rules, in a
# fixed number of queries.
EXACT_LIMIT = 100


class OrderReversalBatch(models.Model):
    """What a batch would do, before anything starts."""

    _inherit = "order.reversal.batch"

    ready_count = fields.Integer("At Once", compute="_compute_assessment")
    approval_count = fields.Integer("Need Approval", compute="_compute_assessment")
    blocked_count = fields.Integer("Can't", compute="_compute_assessment")
    assessment_html = fields.Html(
        "What will happen", compute="_compute_assessment", sanitize=False
    )

    @api.depends(
        "order_ids",
        "move_ids",
        "payment_ids",
        "scope",
        "reason_id",
        "note",
        "invoice_method",
        "payment_method",
        "date",
    )
    @api.depends_context("uid", "lang")
    def _compute_assessment(self):
        for batch in self:
            found = batch._assess_selection() if batch.state == "draft" else {}
            batch.ready_count = found.get("ready", 0)
            batch.approval_count = found.get("approval", 0)
            batch.blocked_count = found.get("blocked", 0)
            batch.assessment_html = batch._render_assessment(found)

    def _assess_selection(self):
        """How many documents can be taken back, how many need approval or can't.

        :return: {"total", "ready", "approval", "blocked": int, "exact": bool,
            "groups": [{"code", "message", "count", "names"}]}
        """
        self.ensure_one()
        found = {"total": 0, "ready": 0, "approval": 0, "groups": {}, "exact": True}
        for root, records in self._get_roots():
            records = records._origin
            records.check_access("read")
            found["total"] += len(records)
            if len(records) <= EXACT_LIMIT:
                self._assess_exactly(root, records, found)
            else:
                found["exact"] = False
                self._assess_by_rules(records, found)
        found["blocked"] = found["total"] - found["ready"] - found["approval"]
        found["groups"] = sorted(
            found["groups"].values(), key=lambda group: -group["count"]
        )
        return found

    def _assess_exactly(self, root, records, found):
        """Plan each document as the reversals would."""
        model = self.env["order.reversal"]
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._request_fields - set(ROOTS.values()) - {"reason_id"}
        }
        values["reason_id"] = self.reason_id._origin.id
        reversals = model.union(
            *(
                model.new({**values, root: record.id, "company_id": company.id})
                for company, of_company in records.sudo().grouped("company_id").items()
                for record in of_company
            )
        )
        plans = self.env["order.reversal.plan"]._plan(reversals)
        for reversal, plan in zip(reversals, plans, strict=True):
            if plan.blockers:
                first = plan.blockers[0]
                self._add_blocked(
                    found, first["code"], reversal.root_name, found_text(first)
                )
            elif reversal._would_need_approval(plan):
                found["approval"] += 1
            else:
                found["ready"] += 1

    def _assess_by_rules(self, records, found):
        """Count by the rules that concern many, in a fixed number of queries."""
        findings, amounts = records._reversal_bulk_findings(self)
        blocked = set()
        for code, ids in findings.items():
            for record in records.browse(ids - blocked):
                self._add_blocked(found, code, record)
            blocked |= ids
        rest = [record_id for record_id in records.ids if record_id not in blocked]
        waiting = len(self._find_approvals(records.browse(rest), amounts))
        found["approval"] += waiting
        found["ready"] += len(rest) - waiting

    @api.model
    def _add_blocked(self, found, code, record, message=""):
        group = found["groups"].setdefault(
            code, {"code": code, "message": message, "count": 0, "names": []}
        )
        group["count"] += 1
        if len(group["names"]) < 3:
            group["names"].append(
                record if isinstance(record, str) else record.display_name
            )
        if group["count"] > 1 or not message:
            group["message"] = self._get_code_labels().get(code, message)

    @api.model
    def _get_code_labels(self):
        """What a group of findings is called; override point for glue addons."""
        return {
            "order_not_confirmed": self.env._("Quotations: nothing was settled."),
            "order_cancelled": self.env._("Cancelled already."),
            "nothing_to_do": self.env._("Nothing to take back with this scope."),
            "transaction_authorized": self.env._(
                "An online payment is authorised and may still be captured: void it "
                "first."
            ),
            "void_refused": self.env._(
                "The invoice can't be voided: choose a credit note."
            ),
            "payment_shared": self.env._(
                "The payment also settles other documents: keep it as credit."
            ),
            "payment_bank_matched": self.env._(
                "The payment is matched with the bank: keep it as credit."
            ),
            "payment_online": self.env._(
                "The payment was captured online: keep it as credit, or refund it."
            ),
            "account_archived": self.env._("An account is archived: activate it."),
            "already_reversed": self.env._("Taken back already."),
            "invoice_cancelled": self.env._("Cancelled already."),
            "payment_not_settled": self.env._("There is no settlement to take back."),
            "not_an_invoice": self.env._("No invoice, bill or receipt."),
            "note_required": self.env._("The reason has to be explained."),
        }

    @api.model
    def _render_assessment(self, found):
        if not found or not found["total"]:
            return False
        lines = [
            self.env._("%s can be taken back at once.", found["ready"]),
            self.env._("%s need approval.", found["approval"])
            if found["approval"]
            else "",
            self.env._("%s can't be taken back:", found["blocked"])
            if found["blocked"]
            else "",
        ]
        html = Markup().join(Markup("<div>%s</div>") % line for line in lines if line)
        groups = Markup().join(
            Markup("<li><b>%s</b> × %s <span class='text-muted'>(%s%s)</span></li>")
            % (
                group["count"],
                group["message"],
                ", ".join(group["names"]),
                "…" if group["count"] > len(group["names"]) else "",
            )
            for group in found["groups"]
        )
        if groups:
            html += Markup("<ul class='mb-0'>%s</ul>") % groups
        if not found["exact"]:
            html += Markup("<div class='text-muted'>%s</div>") % self.env._(
                "Counted by the common rules. Each document is checked in full when "
                "its turn comes; what can't be taken back then is listed with the "
                "reason."
            )
        return html
