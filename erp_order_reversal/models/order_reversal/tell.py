from collections import defaultdict

from markupsafe import Markup, escape

from odoo import models

from ...engine import Notes
from .assign import Assignment


class OrderReversal(models.Model):
    """After it: notes on what changed, and who has to know or to act."""

    _inherit = "order.reversal"

    def _tell_documents(self):
        """One note on every document touched, linking to the reversal."""
        bodies = defaultdict(dict)
        for reversal in self:
            link = reversal._get_record_link()
            for step in reversal.step_ids:
                if step.operation == "lock":
                    continue  # that the order is settled again says more
                body = Markup("%s<br/>%s: %s") % (
                    self.env._(
                        "%(outcome)s by the reversal %(reversal)s",
                        outcome=step.outcome,
                        reversal=link,
                    ),
                    self.env._("Reason"),
                    reversal.reason_id.name,
                )
                if reversal.note:
                    body += Markup("<br/>%s") % reversal.note
                bodies[step.res_model][step.res_id] = body
                if step.result_model and step.result_id:
                    bodies[step.result_model].setdefault(
                        step.result_id,
                        Markup("%s<br/>%s: %s")
                        % (
                            self.env._(
                                "Made by the reversal %(reversal)s of %(document)s",
                                reversal=link,
                                document=step.res_name,
                            ),
                            self.env._("Reason"),
                            reversal.reason_id.name,
                        ),
                    )
            reversal._tell_others(bodies)
        notes = Notes()
        for model, of_model in bodies.items():
            # sudo: a note on what was changed with the user's own rights; some of it
            # (another salesperson's invoice) only its owner could write a note on.
            records = self.env[model].browse(of_model).sudo()
            records.with_context(order_reversal_notes=notes)._message_log_batch(
                bodies=of_model
            )
        self.env["mail.thread"]._reversal_write_notes(notes)

    def _tell_others(self, bodies):
        """The root, and invoices whose payment is taken off, without a step."""
        self.ensure_one()
        body = Markup("%s<br/>%s: %s") % (
            self.env._(
                "“%(scope)s” taken back by the reversal %(reversal)s",
                scope=dict(self._fields["scope"]._description_selection(self.env))[
                    self.scope
                ],
                reversal=self._get_record_link(),
            ),
            self.env._("Reason"),
            self.reason_id.name,
        )
        root = self._get_root()
        bodies[root._name].setdefault(root.id, body)
        for release in self.step_ids._get_releases():
            bodies["account.move"].setdefault(release.invoice_id, body)

    def _hook_if_success(self):
        result = super()._hook_if_success()
        for restore in self.filtered("restores_id"):
            restore.restores_id._drop_activities()
        return result

    def _get_assignments(self):
        """Override: salespeople look at their orders.

        Of a batch, the orders of a person are assigned together.
        """
        source = self.batch_id or self
        kind = "erp_order_reversal.mail_activity_recheck"
        found = super()._get_assignments()
        for order, summary in self._get_rechecks():
            reason = self.reason_id.with_context(lang=order.user_id.lang)
            values = {
                "act_type_xmlid": kind,
                "summary": summary,
                "note": escape(f"{source.name}: {reason.name}"),
            }
            found.append(Assignment(order, order.user_id, values))
        return found

    def _drop_activities(self):
        """Nobody has to act any more on what was restored."""
        self.ensure_one()
        source = self.batch_id or self
        orders = self.order_id or self.move_id.line_ids.sale_line_ids.order_id
        kind = self.env.ref("erp_order_reversal.mail_activity_recheck")
        # sudo: what this addon assigned, to whomever; other activities stay.
        orders.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
            and f"{source.name}:" in (activity.note or "")
        ).unlink()
        self.sudo().activity_unlink(["erp_order_reversal.mail_activity_broken"])

    def _get_rechecks(self):
        """Orders that a salesperson has to look at, with what to do, in his language.

        Orders that stay, or go back to quotation, have to be checked and settled again;
        of a cancelled one, the salesperson is told, unless he or she did it.

        :return: list of (order, summary)
        """
        self.ensure_one()
        if self.scope == "unlock" or self.restores_id:
            return []
        orders = self.order_id or self.move_id.line_ids.sale_line_ids.order_id
        found = []
        for order in orders:
            person = order.user_id
            if not person.active or person.share:
                continue
            reader = self.with_context(lang=person.lang)
            if self.scope != "cancel":
                summary = reader.env._("Check the order and settle it again")
                found.append((order, summary))
            elif person != self.env.user:
                found.append((order, reader.env._("Taken back: tell the customer")))
        return found
