from markupsafe import Markup

from odoo import api, fields, models

from ...checks import check_type

# So many documents are planned at once. The dialog asks for one part after the other
# and shows how far it is.
PART = 100
# What is counted, and what is added up, of a selection.
COUNTS = (
    "checked",
    "ready",
    "approval",
    "blocked",
    "requested",
    "voided",
    "credited",
)
SUMS = ("amount", "kept", "refunded", "fees", "tax", "cash")
GROUP_KEYS = ("code", "message", "remedy")


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

    scope_obstacles = fields.Json(
        compute="_compute_scope_obstacles",
        help="Why a scope can't be chosen here; an empty text hides it.",
    )

    @api.depends("order_ids", "move_ids", "payment_ids")
    def _compute_scope_obstacles(self):
        for batch in self:
            batch.scope_obstacles = batch._get_scope_obstacles()

    def _get_scope_obstacles(self):
        """Those of all documents: what makes sense for one of them can be chosen."""
        found = None
        for _root, records in self._get_roots():
            # sudo: whether there are invoices and payments; see `check_access` of what
            # is planned.
            for record in records._origin[:PART].sudo():
                own = record._reversal_scope_obstacles()
                found = {
                    scope: why
                    for scope, why in own.items()
                    if found is None or scope in found
                }
        return found or {}

    def _get_impossible(self, name):
        """Override: scopes that none of the documents has anything for."""
        return (self.scope_obstacles or {}) if name == "scope" else ()

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

        :return: dict, see `_start_found`
        """
        self.ensure_one()
        found = self._start_found(
            sum(len(records) for _root, records in self._get_roots())
        )
        for root, records in self._get_roots():
            records = records._origin[: PART - found["checked"]]
            records.check_access("read")
            for reversal, plan in self._plan_documents(root, records):
                found["checked"] += 1
                self._count_plan(reversal, plan, found)
        return self._finish_found(found)

    # ------------------------------------------------------------------
    # What a plan, or a rehearsal, found of many documents
    # ------------------------------------------------------------------

    @api.model
    def _start_found(self, total):
        """Nothing found yet, of a selection.

        :param int total: documents of the selection
        :return: {"total", "checked", "ready", "approval", "blocked", "requested" (one
            waits already), "voided", "credited": int, "amount", "kept", "refunded",
            "fees", "tax", "cash": float in the currency of the company, positive is
            taken back, "months": {year and month of the entries: float},
            "partner_ids": list, "currency_id": id, "groups": [{"code", "message",
            "remedy", "documents": [[model, id, name]]}] of what stands against them,
            "open": {"ready", "approval": documents}, "rows": as the impact of one}
        """
        return {
            "total": total,
            "currency_id": self.env.company.currency_id.id,
            **dict.fromkeys(COUNTS, 0),
            **dict.fromkeys(SUMS, 0.0),
            "months": {},
            "partner_ids": set(),
            "groups": {},
            "open": {"ready": [], "approval": []},
            "rows": {},
        }

    @api.model
    def _finish_found(self, found):
        """The same as JSON values, the largest group first."""
        return {
            **found,
            "groups": sorted(
                found["groups"].values(), key=lambda group: -len(group["documents"])
            ),
            "partner_ids": sorted(found["partner_ids"] - {False}),
            "rows": [
                {"kind": kind, "period": period, "amount": amount}
                for (kind, period), amount in sorted(found["rows"].items())
            ],
        }

    @api.model
    def _add_found(self, known, part):
        """What was found of the first documents and of the next ones.

        :param dict known: as `_finish_found`
        :param dict part: as `_finish_found`
        :return: as `_finish_found`
        """
        found = {**known, **{name: known[name] + part[name] for name in COUNTS + SUMS}}
        found["groups"] = {group["code"]: {**group} for group in known["groups"]}
        for group in part["groups"]:
            same = found["groups"].setdefault(group["code"], {**group, "documents": []})
            same["documents"] = same["documents"] + group["documents"]
        for name in ("months", "open"):
            found[name] = dict(known[name])
            for key, value in part[name].items():
                found[name][key] = found[name].get(key, type(value)()) + value
        found["partner_ids"] = {*known["partner_ids"], *part["partner_ids"]}
        found["rows"] = {}
        for row in known["rows"] + part["rows"]:
            key = (row["kind"], row["period"])
            found["rows"][key] = found["rows"].get(key, 0.0) + row["amount"]
        return self._finish_found(found)

    @api.model
    def _count_ready(self, found, reversal, approval):
        """Add one that can be taken back: its plan says what it comes to."""
        name = "approval" if approval else "ready"
        found[name] += 1
        found["open"][name].append(reversal._get_root_row())
        found["partner_ids"].add(reversal.partner_id.id)
        found["amount"] += reversal.amount_total
        found["kept"] += reversal.amount_credit
        found["refunded"] += reversal.amount_refund
        found["fees"] += reversal.amount_fee
        for step in reversal.step_ids:
            found["voided"] += step.operation == "void"
            found["credited"] += step.operation == "credit"

    @api.model
    def _count_refused(self, found, reversal, refused):
        """Add one that can't be taken back.

        :param dict refused: the finding that stands against it
        """
        found["blocked"] += 1
        found["requested"] += refused["code"] == "already_requested"
        found["partner_ids"].add(reversal.partner_id.id)
        self._add_group(found["groups"], refused, reversal)

    @api.model
    def _add_group(self, groups, finding, reversal):
        """Documents that the same finding is about stand together.

        What is blocked, and what could not be restored.
        """
        group = groups.setdefault(
            finding["code"],
            {**{key: finding[key] for key in GROUP_KEYS}, "documents": []},
        )
        group["documents"].append(reversal._get_root_row())

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
            self._count_refused(found, reversal, plan.blockers[0])
            return
        for finding in plan.findings:
            if finding["code"] == "one_way":
                self._add_group(found["groups"], finding, reversal)
        approval = reversal._would_need_approval(plan)
        self._count_ready(found, reversal, approval)
        for step in plan.steps:
            # sudo: dates and taxes of documents that the plan read as sudo, too.
            document = self.env[step["res_model"]].sudo().browse(step["res_id"])
            amount = reversal._amount(plan, [step])
            if step["operation"] in ("void_payment", "refund"):
                found["cash"] += amount
            elif step["operation"] in ("void", "credit"):
                date = document.date if step["operation"] == "void" else plan.date
                month = date.isoformat()[:7]
                found["months"][month] = found["months"].get(month, 0.0) + amount
                found["tax"] += self._get_planned_tax(plan, document)

    @api.model
    def _get_planned_tax(self, plan, move):
        """The tax that goes back with an invoice, in the company's currency."""
        share = plan.shares.get(move)
        if not share:
            return 0.0
        return abs(
            sum(
                balance
                for line, (_amount, balance) in share.extras.items()
                if line.tax_line_id
            )
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
