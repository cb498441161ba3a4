from odoo import api, fields, models
from odoo.fields import Command

from ...plan.operation import INVOICED, ORDERED, PAID, REFUNDED


class OrderReversal(models.Model):
    """Assessment: what will happen, to what effect, and what stands against it."""

    _inherit = "order.reversal"

    def action_assess(self):
        """Compute plan, impact and findings; writes nothing else.

        :return: True
        """
        self.check_access("write")
        self._check_roots_readable()
        self.filtered(lambda reversal: reversal.state == "draft")._assess()
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
        for reversal, plan in zip(self, plans, strict=True):
            values = reversal._plan_vals(plan)
            if not reversal.fingerprint:
                # Never assessed before: there is nothing to look for and to clear.
                for name in ("step_ids", "finding_ids"):
                    values[name] = values[name][1:]
            reversal._engine_env(reversal).write(values)
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
            "finding_ids": [Command.clear()]
            + [
                Command.create(
                    {
                        **{key: val for key, val in found.items() if key != "key"},
                        "sequence": sequence,
                    }
                )
                for sequence, found in enumerate(plan.findings)
            ],
            "fingerprint": planner._fingerprint(data),
            "fingerprint_data": data,
            "entry_date": plan.date,
            "impact": self._impact(plan),
            "amount_total": self._amount(plan, self._value_steps(plan)),
            "amount_credit": max(0.0, released - refunded),
            "amount_refund": refunded,
        }

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

    def _impact(self, plan):
        """What the plan does to the books, by account group and month.

        :return: {"rows": [{kind, period, amount}], "before": float, "after": float},
            amounts in the company's currency; positive raises what the kind counts
        """
        rows = {}

        def add(kind, period, amount):
            if amount:
                key = (kind, str(period)[:7])
                rows[key] = rows.get(key, 0.0) + amount

        for step in plan.steps:
            if step["operation"] in ("release", "void_payment"):
                for period, changes in self._impact_of_releases(step):
                    for kind, amount in changes.items():
                        add(kind, period, amount)
            if step["operation"] in ("credit", "void"):
                move = self.env["account.move"].sudo().browse(step["res_id"])
                if move.state == "posted":
                    period = plan.date if step["operation"] == "credit" else move.date
                    for kind, amount in self._impact_of_move(plan, move, step).items():
                        add(kind, period, amount)
            elif step["operation"] in ("void_payment", "refund"):
                payment = self.env["account.payment"].sudo().browse(step["res_id"])
                sign = -1 if payment.payment_type == "inbound" else 1
                period = payment.date
                if step["operation"] == "refund" or step["data"].get("counter"):
                    period = plan.date
                booked = amount = sign * self._amount(plan, [step])
                if payment.amount and step["currency_id"] == payment.currency_id.id:
                    # What was matched is released at the rate of its own day.
                    rate = payment.amount_company_currency_signed / payment.amount
                    booked = sign * abs(rate) * step["amount"]
                if step["operation"] == "void_payment":
                    amount = booked
                add("cash", period, amount)
                add("receivable", period, -booked)
                add("other", period, plan.company.currency_id.round(booked - amount))
        before = self._owed_before(plan)
        after = before + sum(
            amount for (kind, _period), amount in rows.items() if kind == "receivable"
        )
        return {
            "rows": [
                {"kind": kind, "period": period, "amount": amount}
                for (kind, period), amount in sorted(rows.items())
            ],
            "before": before,
            "after": after,
        }

    def _owed_before(self, plan):
        """What the partner owes us; negative if we owe the partner."""
        root = plan.root
        if not root or not root.partner_id:
            return 0.0
        # sudo: the balance alone, for users who may read the root.
        partner = root.partner_id.commercial_partner_id.sudo()
        partner = partner.with_company(plan.company)
        bought = (root._name == "account.move" and root.is_purchase_document()) or (
            root._name == "account.payment" and root.partner_type == "supplier"
        )
        return -partner.debit if bought else partner.credit

    def _impact_of_move(self, plan, move, step):
        """{kind: change} that taking back a share of `move` makes."""
        share = plan.shares.get(move)
        if share and not share.whole and step["operation"] == "credit":
            parts = [(line, rest.balance) for line, rest in share.lines.items()]
            parts += [(line, balance) for line, (_a, balance) in share.extras.items()]
            parts.append((None, -sum(balance for _line, balance in parts)))
        else:
            parts = [(line, line.balance) for line in move.line_ids]
        return self._impact_of_parts(parts)

    def _impact_of_releases(self, step):
        """The exchange differences that go with the matches a step releases.

        :return: list of (date, {kind: change})
        """
        found = []
        # sudo: read for the figures, as all of a plan.
        partials = self.env["account.partial.reconcile"].sudo()
        for release in step["data"]["releases"]:
            entry = partials.browse(release["partial_id"] or []).exchange_move_id
            if entry and release["amount"]:
                part = 1.0 - release["keep"] / release["amount"]
                parts = [(line, line.balance * part) for line in entry.line_ids]
                found.append((entry.date, self._impact_of_parts(parts)))
        return found

    def _impact_of_parts(self, parts):
        """{kind: change} that taking back journal items makes.

        :param parts: list of (journal item or None, balance)
        """
        changes = {}
        for line, balance in parts:
            kind = self._impact_kind(line)
            sign = 1 if kind in ("revenue", "tax") else -1
            changes[kind] = changes.get(kind, 0.0) + sign * balance
        return changes

    def _impact_kind(self, line):
        if not line or line.account_type in ("asset_receivable", "liability_payable"):
            return "receivable"
        if line.display_type == "cogs":
            return "cost" if line.account_id.internal_group == "expense" else "stock"
        if line.display_type == "tax":
            return "tax"
        return "revenue" if line.account_id.internal_group == "income" else "other"

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        """Take the methods that a reason sets by default."""
        reason = self.reason_id
        for name in self._reason_defaults:
            if reason[name]:
                self[name] = reason[name]

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
        plan = self.env["order.reversal.plan"]._plan(self._as_planned())[0]
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
        ):
            self[name] = values[name]

    def _as_planned(self):
        """This record of the dialog with real roots instead of form copies."""
        root = self._get_root()
        root._origin.check_access("read")
        chosen = self._get_overrides()
        return self.with_context(reversal_overrides=chosen).new(
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
