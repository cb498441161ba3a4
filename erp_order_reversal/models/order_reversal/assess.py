from odoo import api, fields, models
from odoo.fields import Command

from ...engine import Shown
from ...plan.operation import INVOICED, ORDERED, PAID, REFUNDED

# Fields of a request that follow from the plan, or from what was chosen before.
FOLLOWING = {"seen_fingerprint", "proposal"}


class OrderReversal(models.Model):
    """Assessment: what will happen, to what effect, and what stands against it."""

    _inherit = "order.reversal"

    def action_assess(self):
        """Compute plan, effects and findings; writes nothing else.

        :return: True
        """
        self.check_access("write")
        self._check_roots_readable()
        drafts = self.filtered(lambda reversal: reversal.state == "draft")
        drafts._assess()
        for reversal in drafts:
            reversal._store_rehearsal()
        return True

    def _check_roots_readable(self):
        for name in self._root_fields:
            # Not for an empty set: the model itself may be closed to the user.
            if roots := self[name]:
                roots.check_access("read")

    def _assess(self):
        """Plan these reversals and keep the plan on them.

        :return: list of `Plan`, in the order of the reversals
        """
        plans = self.env["order.reversal.plan"]._plan(self)
        below = {"step_ids": [], "finding_ids": []}
        for reversal, plan in zip(self, plans, strict=True):
            values = reversal._plan_vals(plan)
            if not reversal.fingerprint:
                # Never assessed before: there is nothing to look for and to clear,
                # and what is new is made for all of them together.
                for name, rows in below.items():
                    rows += [
                        {"reversal_id": reversal.id, **command[2]}
                        for command in values.pop(name)[1:]
                    ]
            reversal._engine_env(reversal).write(values)
        for name, rows in below.items():
            if rows:
                self._engine_env(self[name].browse()).create(rows)
        return plans

    def _plan_vals(self, plan):
        """Values of a reversal that follow from its plan."""
        planner = self.env["order.reversal.plan"]
        data = planner._fingerprint_data(plan)
        released, refunded = (
            self._amount(plan, [s for s in plan.steps if s["operation"] == operation])
            for operation in ("release", "refund")
        )
        return {
            "step_ids": [Command.clear()]
            + [Command.create(step) for step in plan.steps],
            "finding_ids": self._finding_commands(plan.findings),
            "fingerprint": planner._fingerprint(data),
            "fingerprint_data": data,
            "entry_date": plan.date,
            "impact": self._get_plan_impact(plan),
            "amount_total": self._amount(plan, self._value_steps(plan)),
            "amount_credit": max(0.0, released - refunded),
            "amount_refund": refunded,
        }

    @api.model
    def _finding_commands(self, findings):
        return [Command.clear()] + [
            Command.create(
                {
                    **{key: val for key, val in found.items() if key != "key"},
                    "sequence": sequence,
                }
            )
            for sequence, found in enumerate(findings)
        ]

    def _store_rehearsal(self, langs=None):
        """Rehearse, and keep what it found on the reversal, which was just assessed.

        :param langs: codes of the languages to read the effects in
        :return: list of findings
        """
        tried = self._rehearse(langs)
        known = {
            (found.code, found.res_id, found.message) for found in self.finding_ids
        }
        new = [
            found
            for found in tried["findings"]
            if (found["code"], found["res_id"] or 0, found["message"]) not in known
        ]
        if new:
            self._engine_env(self).finding_ids = self._finding_commands(
                tried["findings"]
            )
        self._store_effects({self: tried["effects"] or {self.env.lang: []}})
        self._store_impact({self: tried})
        return tried["findings"]

    def _record_outcome(self, watch):
        """Keep the effects of what was carried out, as they really came."""
        self._store_effects(self._end_watch(watch))
        self._store_impact(self._close_books(watch.books))

    def _value_steps(self, plan):
        """The steps whose amounts say what the reversal is worth."""
        for worth in (INVOICED, PAID, REFUNDED, ORDERED):
            steps = [
                step
                for step in plan.steps
                if plan.operations[step["operation"]].worth == worth
            ]
            if steps:
                return steps
        return []

    def _amount(self, plan, steps):
        """Sum of the steps' amounts in the company's currency."""
        company = plan.company
        total = 0.0
        for step in steps:
            currency = self.env["res.currency"].browse(step.get("currency_id"))
            amount = step.get("amount") or 0.0
            if currency and currency != company.currency_id:
                amount = currency._convert(
                    amount, company.currency_id, company, plan.date
                )
            total += amount
        return total

    def _get_plan_impact(self, plan):
        """What the plan itself says of its effect; override point.

        What becomes of the books is read from a rehearsal, or from what was done.

        :return: dict, JSON values
        """
        return {}

    @api.onchange(
        "order_id",
        "move_id",
        "payment_id",
        "scope",
        "reason_id",
        "note",
        "invoice_method",
        "payment_method",
        "date",
        "step_ids",
    )
    def _onchange_plan(self):
        """Assess what the dialog shows, without writing anything."""
        if self.state != "draft" or not self._get_root():
            return
        if not self.date:
            self.date = fields.Date.context_today(self)
        planned = self._as_planned()
        shown = self.env.context.get("order_reversal_shown")
        if isinstance(shown, Shown):
            asked = planned._get_asked()
            if shown.asked == asked:
                return
            shown.asked = asked
        plan = self.env["order.reversal.plan"]._plan(planned)[0]
        values = self._plan_vals(plan)
        self.seen_fingerprint = values["fingerprint"]
        for name in (
            "step_ids",
            "finding_ids",
            "entry_date",
            "impact",
            "amount_total",
            "amount_credit",
            "amount_refund",
            "amount_fee",
        ):
            self[name] = values[name]

    def onchange(self, values, field_names, fields_spec):
        """Override to plan once what the dialog opens with, not for each field."""
        runner = self.with_context(order_reversal_shown=Shown())
        return super(OrderReversal, runner).onchange(values, field_names, fields_spec)

    def _get_asked(self):
        """All that a plan of this record follows from, to be compared; override point.

        :return: dict
        """
        names = {*self._request_fields, *self._root_fields, "restores_id"} - FOLLOWING
        return {
            **{
                name: self[name]
                for name in names
                if self._fields[name].type not in ("one2many", "many2many")
            },
            "choices": dict(self._get_overrides()),
        }

    def _as_planned(self):
        """This record of the dialog with real roots instead of form copies."""
        root = self._get_root()
        root._origin.check_access("read")
        chosen = self._get_overrides()
        return self.with_context(order_reversal_choices=chosen).new(
            {
                **{
                    name: self[name]._origin.id
                    for name in self._root_fields
                    if self[name]
                },
                "company_id": root.company_id.id,
                "restores_id": self.restores_id._origin.id,
                "reason_id": self.reason_id._origin.id,
                **{
                    name: self[name]
                    for name in self._request_fields
                    if self._fields[name].type in ("selection", "date", "text", "char")
                },
            }
        )
