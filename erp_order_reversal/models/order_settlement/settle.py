from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...checks import check_one, check_type
from ...exceptions import DocumentsBusyError, retried_conflicts


class OrderSettlement(models.Model):
    """Confirm: lock, look again, carry out, record. All or nothing."""

    _inherit = "order.settlement"

    def action_settle(self):
        """Confirm the quotation, invoice it, post, and match the kept money.

        :raise AccessError: somebody else's draft
        :raise UserError: with every blocker at once, or because it is settled
            already; nothing is changed then
        :return: an action that shows what was settled
        """
        self.check_access("write")
        for settlement in self:
            settlement._in_its_company()._settle()
        return self._open_settled()

    def settle_shown(self, values=None, seen=None):
        """Confirm what the dialog shows, and nothing else.

        :param dict values: choices that are not saved yet, as for `write`
        :param dict seen: of what was shown, see `preview_settlement`
        :raise AccessError: somebody else's draft
        :raise ValidationError: a choice that can't be
        :raise UserError: as `action_settle`; or the documents, the choices or what
            comes out of them are not what was shown. Nothing is changed then.
        :return: an action that shows what was settled
        """
        check_one(self)
        self.check_access("write")
        check_type(self.env, values or {}, dict, "values")
        self._check_seen(seen)
        with self.env.cr.savepoint():
            if values:
                self._choose(values)
            self._in_its_company()._settle(seen)
        return self._open_settled()

    def _in_its_company(self):
        """In the company of the documents, without the dialog's defaults."""
        return self.with_env(self.reversal_id._working_in(self.company_id).env)

    @retried_conflicts(ignored=True)
    def _settle(self, seen=None):
        """:param dict seen: what has to come out; by default, what was assessed"""
        self.ensure_one()
        self._check_own_draft()
        self._lock_documents()
        self._check_draft()
        self._raise_blockers()
        self._check_shown(seen)
        with self.env.cr.savepoint():
            outcome = self._carry_out(self._get_terms())
            self.env.flush_all()
            self._check_outcome(outcome)
            if seen:
                self._check_came_out(seen, outcome)
            self._record(outcome)

    def _lock_documents(self):
        """Lock first, then read what is true under the lock.

        :raise DocumentsBusyError: a document is being changed by somebody else
        """
        # sudo: a lock changes nothing.
        reader = self.sudo()
        for records in (
            reader,
            reader.order_ids,
            reader._get_invoices(),
            reader.credit_ids.line_id.move_id,
        ):
            busy = records - records.try_lock_for_update(allow_referencing=True)
            if busy:
                raise DocumentsBusyError(
                    self.env._(
                        "Somebody else is changing %s right now. Wait a moment and "
                        "try again.",
                        ", ".join(busy.mapped("display_name")),
                    ),
                )
        self.env.invalidate_all()

    def _check_shown(self, seen=None):
        """What is confirmed must be what was shown."""
        # sudo: a comparison with what was shown, which was read so, too.
        reader = self.sudo()
        if seen and reader._get_choices() != seen["choices"]:
            raise UserError(
                self.env._(
                    "Date, journal or amounts of %s were chosen otherwise meanwhile, "
                    "in another window. Close this dialog, open it again and check "
                    "what would be settled now.",
                    self.name,
                )
            )
        same = (
            reader._get_digest() == seen["documents"]
            if seen
            else reader._get_shown() == self.fingerprint
        )
        if not same and seen:
            raise UserError(
                self.env._(
                    "%s changed since it was shown to you. Check what would be settled "
                    "now, then confirm.",
                    self._get_root_name(),
                )
            )
        if not same:
            raise UserError(
                self.env._(
                    "%s changed since you opened this dialog. Close it, open it again "
                    "and check what would be settled now.",
                    self._get_root_name(),
                )
            )

    def _raise_blockers(self):
        """:raise UserError: with every blocker at once"""
        blockers = [
            "• " + " ".join(filter(None, map(found.get, ("message", "remedy", "who"))))
            for found in self._get_findings()
            # What the host refused at the last look may be right by now; it is asked.
            if found["severity"] == "blocker" and found["code"] != "refused"
        ]
        if blockers:
            raise UserError(
                self.env._("This can't be settled again yet:")
                + "\n"
                + "\n".join(blockers)
            )

    def _check_outcome(self, outcome):
        """Every amount that was chosen is matched, and every invoice is posted."""
        self._check_posted(outcome)
        for credit in self.credit_ids:
            matched = outcome.matched[credit.line_id.id]
            if credit.currency_id.compare_amounts(matched, credit.amount) > 0:
                raise UserError(
                    self.env._(
                        "More of %s would be matched than you chose, so nothing was "
                        "changed. Match it by hand on the invoice.",
                        credit.name,
                    )
                )

    def _check_posted(self, outcome):
        wrong = outcome.invoices.filtered(lambda move: move.state != "posted")
        if wrong:
            raise UserError(
                self.env._(
                    "%s was not posted, so nothing was changed. Post it on the "
                    "invoice to see why, then settle again.",
                    ", ".join(wrong.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # The record of it
    # ------------------------------------------------------------------

    def _record(self, outcome):
        kept = sum(outcome.worth.values())
        over = 0.0 if outcome.refunds else self._sum_credits("amount_open") - kept
        for credit in self.credit_ids:
            self._engine_env(credit).amount = outcome.matched[credit.line_id.id]
        self._set_state(
            "done",
            done_on=fields.Datetime.now(),
            move_ids=[Command.set(outcome.invoices.ids)],
            refund_ids=[Command.set(outcome.refunds.ids)],
            amount_open=outcome.open,
            amount_kept=self.currency_id.round(kept),
            amount_due=self._due_or_over(outcome.due, over),
        )
        self._tell_documents(outcome)
        self.reversal_id._close_rechecks()
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "settled",
                    "reversal": self.reversal_id,
                    "record": record,
                    "detail": {
                        "settlement": self.name,
                        "result": ", ".join(outcome.invoices.mapped("name")),
                        "amount": outcome.open,
                        "matched": self.amount_kept,
                        "due": self.amount_due,
                        "refunds": outcome.refunds.mapped("name"),
                    },
                }
                for record in self.order_ids or outcome.invoices
            ]
        )

    def _tell_documents(self, outcome):
        """One note on each order, invoice and refund, with a link to the reversal."""
        body = self.env._(
            "Settled again by %(settlement)s, after the reversal %(reversal)s",
            settlement=self.name,
            reversal=self.reversal_id._get_record_link(),
        )
        made = Markup(", ").join(
            move._get_html_link(title=move.name) for move in outcome.invoices
        )
        for records, text in (
            (self.order_ids, Markup("%s: %s") % (body, made)),
            (outcome.invoices, body),
            (outcome.refunds, body),
        ):
            # sudo: a note on what was changed with the user's own rights.
            records.sudo()._message_log_batch(bodies=dict.fromkeys(records.ids, text))

    def _open_settled(self):
        """Where a person goes on: to the order, else to the invoice."""
        return (self.order_ids or self.move_ids)._get_records_action()
