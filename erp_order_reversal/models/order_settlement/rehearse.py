import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...checks import check_one, check_type, is_number
from ...engine import Rehearsal
from ...plan import Money, Terms

# What came out of a rehearsal, in the settlement's currency.
AMOUNTS = ("open", "kept", "due")


class OrderSettlement(models.Model):
    """What confirming would come to: tried out, rolled back, and shown.

    The dialog shows nothing else, and confirms nothing else (`settle_shown`).
    """

    _inherit = "order.settlement"

    rehearsal_error = fields.Text(
        readonly=True, copy=False, help="What Odoo would refuse."
    )
    rehearsed = fields.Json(
        readonly=True,
        copy=False,
        help="What came out of the last rehearsal, in the settlement's currency.",
    )
    shown = fields.Json(
        compute="_compute_shown", help="What the dialog shows of the last rehearsal."
    )

    @api.depends("state", "rehearsed", "finding_ids", "amount_due", "rest_method")
    @api.depends_context("lang", "uid")
    def _compute_shown(self):
        for settlement in self:
            # While a form asks what a choice means, nothing of it is rehearsed yet.
            is_draft = settlement.id and settlement.state == "draft"
            settlement.shown = is_draft and settlement._publish_shown()

    def preview_settlement(self, values=None):
        """What confirming would come to, by choices that are not saved yet.

        :param dict values: as for `write`
        :raise AccessError: somebody else's draft
        :raise ValidationError: a choice that can't be
        :raise UserError: it was settled already
        :return: {"findings", "rows" (what is shown), "amount_open", "seen" (what
            `settle_shown` wants back)}
        """
        check_one(self)
        self.check_access("write")
        self._check_draft()
        self._check_own_draft()
        check_type(self.env, values or {}, dict, "values")
        with self.env["order.reversal"]._keeping_nothing():
            if values:
                self._choose(values)
            self._assess()
            shown = self._publish_shown()
        return shown

    # ------------------------------------------------------------------
    # Trying it out
    # ------------------------------------------------------------------

    def _get_terms(self):
        """How it is settled, as chosen; access to the documents is the user's."""
        self.ensure_one()
        # sudo: which documents they are; all is done with the user's own rights.
        reader = self.sudo()
        return Terms(
            orders=reader.order_ids.with_env(self.env),
            invoices=reader._get_invoices().with_env(self.env),
            date=self.date,
            journal=reader.journal_id.with_env(self.env),
            money=[
                Money(
                    credit.line_id.with_env(self.env), credit.amount_open, credit.amount
                )
                for credit in reader.credit_ids
            ],
            refund=self.rest_method == "refund",
            name=self.name,
        )

    def _rehearse(self):
        """Carry it out in a savepoint and roll it back, for what comes out of it.

        With the rights of whoever would confirm; what the host would refuse is kept
        as `rehearsal_error`.
        """
        self.ensure_one()
        engine = self._engine_env(self)
        engine.write({"rehearsal_error": False, "rehearsed": False})
        if any(found["severity"] == "blocker" for found in self._get_findings()):
            # It says already why it can't be done, in words of ours.
            # sudo: the sum alone, of orders that the reversal touched.
            engine.amount_open = sum(self.sudo().order_ids.mapped("amount_total"))
            return
        self.env.flush_all()
        error, outcome, amounts = False, None, None
        with self.env["order.reversal"]._keeping_nothing():
            try:
                runner = self._in_its_company().with_context(
                    order_reversal_rehearsal=Rehearsal(),
                    tracking_disable=True,
                    mail_notrack=True,
                    mail_notify_force_send=False,
                )
                outcome = runner._carry_out(runner._get_terms())
                self.env.flush_all()
                runner._check_posted(outcome)
                amounts = runner._sum_up(outcome)
            except UserError as refusal:
                error = str(refusal)
        if error:
            engine.rehearsal_error = error
        else:
            self._keep_rehearsal(outcome, amounts)

    def _keep_rehearsal(self, outcome, amounts):
        self._engine_env(self).write(
            {"amount_open": amounts["open"], "rehearsed": amounts}
        )
        for credit in self.credit_ids:
            matched = outcome.matched.get(credit.line_id.id, 0.0)
            worth = outcome.worth.get(credit.line_id.id, 0.0)
            vals = {"rate": worth / matched if matched else 0.0}
            # No more is proposed than can be matched.
            compare = credit.currency_id.compare_amounts
            if not credit.is_chosen and compare(credit.amount, matched) > 0:
                vals["amount"] = matched
            self._engine_env(credit).write(vals)

    def _sum_up(self, outcome):
        """What came out of it, in the settlement's currency.

        :return: {key of `AMOUNTS`: float}
        """
        self.ensure_one()
        currency = self.currency_id or self.company_id.currency_id
        return {
            "open": currency.round(outcome.open),
            "kept": currency.round(sum(outcome.worth.values())),
            "due": currency.round(outcome.due),
        }

    # ------------------------------------------------------------------
    # Showing it, and holding to what was shown
    # ------------------------------------------------------------------

    def _publish_shown(self):
        """See `preview_settlement`."""
        self.ensure_one()
        # sudo: documents and money that the reversal touched, which may be read.
        reader = self.sudo()
        amounts = self.rehearsed or {
            "open": self.amount_open,
            "kept": self.amount_kept,
            "due": max(self.amount_due, 0.0),
        }
        return {
            "findings": [
                {
                    "key": index,
                    "code": found.code,
                    "severity": found.severity,
                    "message": found.message,
                    "remedy": found.remedy,
                    "who": found.who,
                    "model": found.res_model,
                    "resId": found.can_open and found.res_id,
                    "name": found.res_name,
                }
                for index, found in enumerate(self.finding_ids)
            ],
            "rows": reader._publish_rows(amounts),
            "amount_open": amounts["open"],
            "seen": {
                "documents": reader._get_digest(),
                "choices": reader._get_choices(),
                **{name: amounts[name] for name in AMOUNTS},
            },
        }

    def _publish_rows(self, amounts):
        """The amounts as they are shown: what is due, and what becomes of the rest."""
        currency = self.currency_id or self.company_id.currency_id
        over = currency.round(self._sum_credits("amount_open") - amounts["kept"])
        due = amounts["due"]
        rows = [
            ("open", self.env._("To Be Paid"), amounts["open"]),
            ("kept", self.env._("Kept Money Matched"), amounts["kept"]),
        ]
        if due > 0 or currency.compare_amounts(over, 0.0) <= 0:
            rows.append(("due", self.env._("Due"), due))
        if currency.compare_amounts(over, 0.0) > 0:
            label = (
                self.env._("Refunded to the customer")
                if self.rest_method == "refund"
                else self.env._("Kept as customer credit")
            )
            rows.append(("over", label, over))
        return [
            {"name": name, "label": label, "amount": currency.format(amount)}
            for name, label, amount in rows
        ]

    def _get_digest(self):
        """SHA-256 (hex) of the documents as they are, see `_get_shown`."""
        text = json.dumps(self._get_shown(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_choices(self):
        """What a person chose, as JSON values; what is proposed follows from it."""
        self.ensure_one()
        return {
            "date": str(self.date),
            "journal": self.journal_id.id,
            "rest": self.rest_method,
            "amounts": [
                [credit.line_id.id, credit.amount]
                for credit in self.credit_ids.sorted("line_id")
                if credit.is_chosen
            ],
        }

    def _check_seen(self, seen):
        """:raise ValidationError: no "seen" of what was shown"""
        check_type(self.env, seen, dict, "seen")
        numbers = all(is_number(seen.get(name)) for name in AMOUNTS)
        if not numbers or not {"documents", "choices"} <= set(seen):
            raise ValidationError(
                self.env._(
                    "What was shown is missing, so it can't be confirmed. Close this "
                    "dialog and open it again."
                )
            )

    def _check_came_out(self, seen, outcome):
        """:raise UserError: it came out otherwise than shown"""
        currency = self.currency_id or self.company_id.currency_id
        amounts = self._sum_up(outcome)
        if any(currency.compare_amounts(seen[n], amounts[n]) for n in AMOUNTS):
            raise UserError(
                self.env._(
                    "%(document)s would come to %(now)s, with %(due)s due: not what "
                    "was shown. Check it again, then confirm.",
                    document=self._get_root_name(),
                    now=currency.format(amounts["open"]),
                    due=currency.format(amounts["due"]),
                )
            )
