from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL, format_date, format_datetime

from ...checks import still_existing
from ...plan import Plan, frozen, name_of

# The entries of the roots, and those of payments that they are matched with.
ENTRIES = """
    WITH root AS (
        SELECT item.move_id AS id
          FROM sale_order_line line
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line item ON item.id = rel.invoice_line_id
         WHERE line.order_id = ANY(%(orders)s)
         UNION
        SELECT UNNEST(%(moves)s::int[])
         UNION
        SELECT move_id FROM account_payment
         WHERE id = ANY(%(payments)s) AND move_id IS NOT NULL
    )
    SELECT id FROM root
     UNION
    SELECT entry.id
      FROM root
      JOIN account_move_line ours ON ours.move_id = root.id
      JOIN account_partial_reconcile match
        ON ours.id IN (match.debit_move_id, match.credit_move_id)
      JOIN account_move_line theirs
        ON theirs.id IN (match.debit_move_id, match.credit_move_id)
      JOIN account_move entry ON entry.id = theirs.move_id
     WHERE entry.origin_payment_id IS NOT NULL
"""


class OrderReversalPlan(models.AbstractModel):
    """From a root to its documents, ordered steps, findings and fingerprint.

    The questions that no single document can answer. What a document answers for
    itself stands beside its own model (`order.reversal.mixin`).
    """

    _name = "order.reversal.plan"
    _description = "Reversal Planner"

    def _plan(self, reversals, again=False):
        """Plan reversals; writes nothing.

        :param reversals: `order.reversal`, whose roots the user may read
        :param bool again: they were planned just now, so that all is in the cache
        :return: list of `Plan`, in the order of `reversals`
        """
        # sudo: to read what a root is made of (payments, entries), for users who
        # may read the root. Nothing is written by a plan.
        plans = [Plan(reversal) for reversal in reversals.sudo()]
        self.env.companies.mapped("name")  # read together
        existing = self._find_existing(plans)
        ready = [plan for plan in plans if self._check_root(plan, existing)]
        for plan in ready:
            plan.date = self._get_open_date(plan)
            plan.part = plan.reversal._plan_part(plan)
        walked = [plan for plan in ready if not plan.reversal.restores_id]
        if not again:
            self._read_chain([plan for plan in walked if plan.reaches("payment")])
        self._collect(walked)
        waiting = self._find_waiting(ready)
        for plan in ready:
            if plan.reversal.restores_id:
                plan.reversal._plan_restore(plan)
            else:
                self._ask_documents(plan)
                if len(plans) == 1 and plan.rank:
                    # In bulk nobody reads it document by document.
                    self._report_beside(plan)
                    self._report_number(plan)
            self._finish(plan)
            self._report_waiting(plan, waiting)
        return plans

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def _find_existing(self, plans):
        """Which of the roots exist, one query for each model.

        Of saved reversals the database knows: a root that is deleted is taken off.
        """
        existing = set()
        asked = defaultdict(set)
        for plan in plans:
            if plan.root and plan.reversal.id:
                existing.add((plan.root._name, plan.root.id))
            elif plan.root:
                asked[plan.root._name].add(plan.root.id)
        for model, ids in asked.items():
            existing |= {
                (model, record.id)
                for record in still_existing(self.env[model].browse(ids))
            }
        return existing

    def _check_root(self, plan, existing):
        root = plan.root
        if root and (root._name, root.id) in existing and plan.rank >= 0:
            return True
        plan.block(
            "root_missing",
            self.env._(
                "The document of this reversal doesn't exist any more (%s).",
                plan.reversal.root_name or "",
            ),
            remedy=self.env._("Cancel the reversal."),
        )
        return False

    def _collect(self, plans):
        """Walk from the roots to all documents, for all plans at once.

        One level of the walk is one round over every plan, so that the records of
        all of them are read together.
        """
        frontier = {plan: [plan.root] for plan in plans}
        while frontier:
            following = {}
            self._share_prefetch(frontier)
            for plan, recordsets in frontier.items():
                found = []
                for records in recordsets:
                    new = plan.add_documents(records)
                    if new:
                        found += new._reversal_related(plan)
                if found := [records for records in found if records]:
                    following[plan] = found
            frontier = following
        for model in {model for plan in plans for model in plan.documents}:
            ids = {rid for plan in plans for rid in plan.records(model)._ids}
            for plan in plans:
                if model in plan.documents:
                    plan.documents[model] = plan.records(model).with_prefetch(
                        tuple(ids)
                    )

    def _read_chain(self, plans):
        """Read the entries behind the roots, and what they are matched with.

        The walk comes to them one after the other, and would read each alone.
        """
        ids = defaultdict(set)
        for plan in plans:
            ids[plan.root._name].add(plan.root.id)
        if not ids.keys() & {"sale.order", "account.move", "account.payment"}:
            return
        for model in ("sale.order.line", "account.move.line", "account.move"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                ENTRIES,
                orders=list(ids["sale.order"]),
                moves=list(ids["account.move"]),
                payments=list(ids["account.payment"]),
            )
        )
        # sudo: what the plan reads, too, see `_plan`.
        entries = self.env["account.move"].sudo().browse(row[0] for row in rows)
        entries._reversal_read_around()

    def _share_prefetch(self, frontier):
        """Let the records of all plans read from the database together."""
        ids = defaultdict(set)
        for recordsets in frontier.values():
            for records in recordsets:
                ids[records._name].update(records._ids)
        together = {}
        for plan, recordsets in frontier.items():
            frontier[plan] = [
                records.with_prefetch(tuple(ids[records._name]))
                for records in recordsets
                if isinstance(records, self.env.registry["order.reversal.mixin"])
            ]
            for records in frontier[plan]:
                together.setdefault(records._name, records.browse(ids[records._name]))
        if len(frontier) > 1:
            for records in together.values():
                records._reversal_read_ahead()

    def _ask_documents(self, plan):
        for records in plan.documents.values():
            records._reversal_findings(plan)
        for model in self._get_step_order(plan):
            plan.records(model)._reversal_steps(plan)
        plan.steps.sort(key=lambda step: step["sequence"])

    def _get_step_order(self, plan):
        """Invoices say what is released before payments say what becomes of it."""
        first = ["sale.order", "account.move", "account.payment"]
        return first + [model for model in plan.documents if model not in first]

    # ------------------------------------------------------------------
    # Date
    # ------------------------------------------------------------------

    def _get_open_date(self, plan):
        """First day, from the wanted one on, on which new entries may stand.

        Rule: `res.company._get_violated_lock_dates`, asked for a sales entry with
        taxes (fiscal year, sales, tax and hard lock) of the user who carries it out.
        """
        if plan.reversal.restores_id:
            # It makes no entry of its own: what stood stands again.
            return plan.reversal.date
        company = plan.company
        journal = self.env["account.journal"].new({"type": "sale"})
        if plan.root._name == "account.move" and plan.root.is_purchase_document():
            journal = self.env["account.journal"].new({"type": "purchase"})
        date = wanted = plan.reversal.date
        locks = company._get_violated_lock_dates(date, True, journal)
        while locks:
            date = locks[-1][0] + timedelta(days=1)
            locks = company._get_violated_lock_dates(date, True, journal)
        if date != wanted:
            plan.warn(
                "date_moved",
                self.env._(
                    "%(wanted)s lies in a locked period. The new entries are dated "
                    "%(date)s.",
                    wanted=format_date(self.env, wanted),
                    date=format_date(self.env, date),
                ),
                remedy=self.env._(
                    "Choose another date if that is not what you want; only an "
                    "accountant can reopen the period."
                ),
            )
        return date

    # ------------------------------------------------------------------
    # The whole
    # ------------------------------------------------------------------

    def _finish(self, plan):
        if not plan.steps and not plan.blockers:
            plan.block(
                "nothing_to_do",
                self.env._(
                    "There is nothing to take back on %(document)s with the scope "
                    "“%(scope)s”.",
                    document=plan.root._reversal_name(),
                    scope=dict(
                        plan.reversal._fields["scope"]._description_selection(self.env)
                    )[plan.reversal.scope],
                ),
                plan.root,
                remedy=self._get_next_of_nothing(plan),
            )
        self._report_companies(plan)
        reason = plan.reversal.reason_id
        if reason.note_required and not (plan.reversal.note or "").strip():
            plan.block(
                "note_required",
                self.env._("The reason “%s” has to be explained.", reason.name),
                remedy=self.env._("Write what happened in the explanation."),
            )
        if reason and not reason.active:
            plan.block(
                "reason_archived",
                self.env._("The reason “%s” is archived.", reason.name),
                remedy=self.env._("Choose another one."),
            )
        plan.findings.sort(
            key=lambda found: ("blocker", "warning", "info").index(found["severity"])
        )

    def _find_waiting(self, plans):
        """{(model, id) of a root: requests that wait for an approver}."""
        # sudo: that somebody else asked already must not depend on who asks.
        waiting = self.env["order.reversal"].sudo()
        found = defaultdict(waiting.browse)
        ids = defaultdict(list)
        for plan in plans:
            reversal = plan.reversal
            if reversal.state in ("draft", "failed", "queued") and (
                # Of a restore, the reversal that it takes back says so.
                not reversal.restores_id
            ):
                ids[plan.root._reversal_root_field].append(plan.root.id)
        for field, root_ids in ids.items():
            for reversal in waiting.search(
                [
                    ("state", "=", "to_approve"),
                    ("restores_id", "=", False),
                    (field, "in", root_ids),
                ]
            ):
                root = reversal[field]
                found[root._name, root.id] |= reversal
        return found

    def _report_waiting(self, plan, waiting):
        """Nobody asks twice: who asked, when, and who can decide."""
        others = waiting[plan.root._name, plan.root.id] - plan.reversal
        for other in others[:1]:
            asked = other.requested_on or other.create_date
            plan.block(
                "already_requested",
                self.env._(
                    "%(user)s asked for it already on %(date)s: %(reversal)s waits "
                    "for an approver.",
                    user=other.requester_id.name,
                    date=format_datetime(self.env, asked, dt_format="short"),
                    reversal=other.name,
                ),
                other,
                remedy=self.env._("Wait for the decision, or have it sent back."),
                who=other._explain_approvers(),
            )

    def _report_number(self, plan):
        """Without its sequence, a reversal has no number to be found by."""
        if not plan.reversal.with_company(plan.company)._get_sequence():
            plan.warn(
                "sequence_missing",
                self.env._(
                    "%s has no sequence for reversals: this one gets no number.",
                    plan.company.name,
                ),
                remedy=self.env._(
                    "Create or activate a sequence with the code “order.reversal”."
                ),
                who=self.env._("An administrator may do that."),
            )

    def _report_companies(self, plan):
        """A head office and its branch settle for each other: both books change."""
        for model in sorted({step["res_model"] for step in plan.steps}):
            ids = {step["res_id"] for step in plan.steps if step["res_model"] == model}
            others = plan.records(model).filtered(
                lambda record, ids=ids: record.id in ids
                and record._reversal_companies() - plan.company
            )
            for company, records in others.grouped("company_id").items():
                plan.inform(
                    "other_company",
                    self.env._(
                        "The books of %(company)s change, too: %(documents)s.",
                        documents=", ".join(map(name_of, records)),
                        company=company.name,
                    ),
                    records[0],
                )

    def _get_next_of_nothing(self, plan):
        """What to do where nothing is left: which reversal took it back already."""
        done = self.env["order.reversal"]
        for records in plan.documents.values():
            for reversals in records._reversal_get_all().values():
                done |= reversals.filtered(
                    lambda reversal: reversal.state == "done"
                    and not reversal.restores_id
                )
        texts = []
        if done:
            texts.append(
                self.env._(
                    "It was taken back by %s.",
                    ", ".join(done.sorted("id").mapped("name")),
                )
            )
        if plan.root._name == "account.payment":
            texts.append(
                self.env._("A payment that settles nothing can be voided or refunded.")
            )
        if plan.reversal.scope != "cancel":
            texts.append(self.env._("Choose a wider scope."))
        return " ".join(texts)

    def _fingerprint_data(self, plan):
        """The plan and its documents, as far as an approval covers them."""
        part = {"part": plan.reversal._freeze_part()} if plan.reversal.is_part else {}
        return {
            **part,
            "steps": [
                [
                    step["operation"],
                    step["res_model"],
                    step["res_id"],
                    step.get("amount"),
                    step.get("data"),
                ]
                for step in plan.steps
            ],
            "documents": {
                frozen.document_key(model, record.id): {
                    "name": record._reversal_name(),
                    **record._reversal_fingerprint(),
                }
                for model, records in sorted(plan.documents.items())
                for record in records.sorted("id")
            },
        }

    def _fingerprint(self, data):
        """SHA-256 (hex) of what `_fingerprint_data` froze."""
        return frozen.fingerprint(data)
