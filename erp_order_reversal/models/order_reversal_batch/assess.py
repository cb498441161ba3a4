from markupsafe import Markup

from odoo import api, fields, models

from ...checks import check_type

# So many documents are planned at once. The dialog asks for one part after the other
# and shows how far it is.
PART = 100


class OrderReversalBatch(models.Model):
    """What a batch would do, before anything starts, as the planner says for one."""

    _inherit = "order.reversal.batch"

    ready_count = fields.Integer("At Once", compute="_compute_assessment")
    approval_count = fields.Integer("Need Approval", compute="_compute_assessment")
    blocked_count = fields.Integer("Can't", compute="_compute_assessment")
    assessment = fields.Json(
        "What will happen",
        compute="_compute_assessment",
        help="Of the first part of a large selection; the dialog asks for the others.",
    )
    assessment_html = fields.Html(compute="_compute_assessment", sanitize=False)

    @api.depends(lambda self: self._request_fields)
    @api.depends_context("uid", "lang")
    def _compute_assessment(self):
        for batch in self:
            found = batch._assess_part() if batch.state == "draft" else {}
            batch.ready_count = found.get("ready", 0)
            batch.approval_count = found.get("approval", 0)
            batch.blocked_count = found.get("blocked", 0)
            batch.assessment = found or False
            batch.assessment_html = batch._render_assessment(found)

    @api.model
    def assess_part(self, values):
        """Plan a part of a selection, as the batch would when its turn comes.

        :param dict values: as for `create`, with the documents of this part alone
        :raise ValidationError: a value that can't be a request
        :raise AccessError: a document may not be read
        :return: dict, see `_assess_part`
        """
        self.check_access("create")
        check_type(self.env, values, dict, "values")
        return self.new(self._check_request(dict(values)))._assess_part()

    def _assess_part(self):
        """How many of the first documents can be taken back, and what it comes to.

        :return: {"total": of the selection, "checked", "ready", "approval", "blocked",
            "voided", "credited": int, "amount", "kept", "refunded", "fees": float in
            the currency of the company, "partner_ids": list, "currency_id": id,
            "groups": [{"code", "message", "remedy", "documents": [[model, id,
            name]]}]}
        """
        self.ensure_one()
        found = {
            "total": sum(len(records) for _root, records in self._get_roots()),
            "currency_id": self.env.company.currency_id.id,
            "groups": {},
        }
        names = ("checked", "ready", "approval", "blocked", "voided", "credited")
        found.update(dict.fromkeys(names, 0))
        found.update(dict.fromkeys(("amount", "kept", "refunded", "fees"), 0.0))
        partners = set()
        for root, records in self._get_roots():
            records = records._origin[: PART - found["checked"]]
            records.check_access("read")
            found["checked"] += len(records)
            for reversal, plan in self._plan_documents(root, records):
                self._count_plan(reversal, plan, found)
                partners.add(reversal.partner_id.id)
        found["groups"] = sorted(
            found["groups"].values(), key=lambda group: -len(group["documents"])
        )
        found["partner_ids"] = sorted(partners - {False})
        return found

    def _plan_documents(self, root, records):
        """[(reversal that the batch would create, its plan)].

        :param str root: field of the reversal
        :param records: the documents
        """
        model = self.env["order.reversal"]
        values = {**self._get_passed_values(), "batch_id": self}
        parts = self._get_part_values(records)
        # sudo: the companies of documents that the user may read.
        companies = records.sudo().grouped("company_id")
        reversals = model.union(
            *(
                model.new(
                    {
                        **values,
                        **parts.get(record.id, {}),
                        root: record.id,
                        "company_id": company.id,
                    }
                )
                for company, of_company in companies.items()
                for record in of_company
            )
        )
        plans = self.env["order.reversal.plan"]._plan(reversals)
        return list(zip(reversals, plans, strict=True))

    def _count_plan(self, reversal, plan, found):
        if plan.blockers:
            found["blocked"] += 1
            for blocker in plan.blockers[:1]:
                self._add_group(found["groups"], blocker, plan.root, reversal)
            return
        for finding in plan.findings:
            if finding["code"] == "one_way":
                self._add_group(found["groups"], finding, plan.root, reversal)
        found["approval" if reversal._would_need_approval(plan) else "ready"] += 1
        found["amount"] += reversal.amount_total
        found["kept"] += reversal.amount_credit
        found["refunded"] += reversal.amount_refund
        found["fees"] += reversal.amount_fee
        for step in plan.steps:
            found["voided"] += step["operation"] == "void"
            found["credited"] += step["operation"] == "credit"

    def _add_group(self, groups, finding, root, reversal):
        """Documents that the same finding is about stand together.

        What is blocked, and what could not be restored.
        """
        group = groups.setdefault(
            finding["code"],
            {
                "code": finding["code"],
                "message": finding["message"],
                "remedy": finding["remedy"],
                "documents": [],
            },
        )
        group["documents"].append(
            [root._name if root else False, root.id if root else False]
            + [reversal.root_name or ""]
        )

    @api.model
    def _render_assessment(self, found):
        """The same for a form without the web client's scripts: HTML."""
        if not found or not found["total"]:
            return False
        lines = [
            self.env._("Can be taken back at once: %s", found["ready"]),
            self.env._("Need approval: %s", found["approval"])
            if found["approval"]
            else "",
            self.env._("Can't be taken back: %s", found["blocked"])
            if found["blocked"]
            else "",
            self.env._(
                "Checked: %(checked)s of %(total)s",
                checked=found["checked"],
                total=found["total"],
            )
            if found["checked"] < found["total"]
            else "",
        ]
        html = Markup().join(Markup("<div>%s</div>") % line for line in lines if line)
        groups = Markup().join(
            Markup("<li><b>%s</b> × %s <span class='text-muted'>(%s)</span></li>")
            % (
                len(group["documents"]),
                group["message"],
                ", ".join(row[2] for row in group["documents"][:3])
                + ("…" if len(group["documents"]) > 3 else ""),
            )
            for group in found["groups"]
        )
        return html + (Markup("<ul class='mb-0'>%s</ul>") % groups if groups else "")
