from markupsafe import escape

from odoo import api, fields, models

from ..const import MADE_METHODS
from .order_reversal.assign import Assignment

#: The scopes that leave no confirmed order behind, for which something was made.
ENDING_SCOPES = ("draft", "cancel")


class OrderReversalMadeMixin(models.AbstractModel):
    """A document that was made for an order: a purchase, a task, a repair.

    What nobody has begun is cancelled along with the order, and stands again with a
    restore; of the rest, whoever is responsible is told. A model that inherits this
    needs a field `state`, notes (`mail.thread`) and activities
    (`mail.activity.mixin`), and says below how it is cancelled and reopened.
    """

    _name = "order.reversal.made.mixin"
    _inherit = "order.reversal.mixin"
    _description = "Document that was made for an order"
    # Values of `state`: cancelled; not to be cancelled any more; begun by nobody.
    _reversal_cancelled = "cancel"
    _reversal_finished = ("done",)
    _reversal_fresh = ("draft",)

    # ------------------------------------------------------------------
    # To be said for each model
    # ------------------------------------------------------------------

    def _reversal_made_for(self):
        """The orders that this document was made for, if for nothing else.

        :return: (`sale.order`, whether it was made for something else, too)
        """
        raise NotImplementedError

    def _reversal_people(self):
        """Who decides about this document: `res.users`, empty for whoever acts."""
        self.ensure_one()
        return self.user_id

    def _reversal_cancel_made(self):
        """Cancel these documents, by the host's own method.

        :return: what that method returns
        """
        raise NotImplementedError

    def _reversal_reopen_made(self, before):
        """Let this document stand again, where it is still cancelled.

        :param dict before: its fingerprint, `made_state` among it
        """
        raise NotImplementedError

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _reversal_cancelled_along(self, plan):
        """Those that go with the orders of a plan; with a part of one, none."""
        method = plan.reversal.made_method or "auto"
        if method == "keep" or plan.part is not None:
            return self.browse()
        found = self.filtered(
            lambda record: record.state
            not in (self._reversal_cancelled, *self._reversal_finished)
            and (method == "cancel" or record.state in self._reversal_fresh)
        )
        return found.filtered(lambda record: not record._reversal_is_shared(plan))

    def _reversal_is_shared(self, plan):
        """Whether it is also meant for what is not taken back."""
        self.ensure_one()
        orders, others = self._reversal_made_for()
        return others or bool(orders - plan.records("sale.order"))

    def _reversal_findings(self, plan):
        """Override: say of each that stays that it stays, and who is told."""
        super()._reversal_findings(plan)
        for record in self - self._reversal_cancelled_along(plan):
            orders, _others = record._reversal_made_for()
            people = record._reversal_people()
            plan.warn(
                "made_stays",
                self.env._(
                    "%(document)s (%(state)s) was made for %(orders)s and stays.",
                    document=record.display_name,
                    state=record._reversal_label(),
                    orders=", ".join(
                        (orders & plan.records("sale.order")).mapped("name")
                    ),
                ),
                record,
                remedy=self.env._("%s is told, and decides about it.", people[0].name)
                if people
                else self.env._("Decide about it, and tell whoever works on it."),
            )
        return plan

    def _reversal_steps(self, plan):
        """Override: one step for each that is cancelled along."""
        super()._reversal_steps(plan)
        for record in self._reversal_cancelled_along(plan):
            plan.add_step(
                record,
                "cancel_made",
                self.env._("Cancelled"),
                why=self.env._("It was made for this order, and nobody has begun it.")
                if record.state in self._reversal_fresh
                else self.env._("It was made for this order; you want it cancelled."),
            )
        return plan

    def _reversal_fingerprint(self):
        """Override. It may go its own way later, so that no restore looks at it."""
        return {"made_state": self.state}

    def _reversal_label(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return states.get(self.state) or ""

    @api.private
    def _reversal_origins(self):
        return [self._reversal_made_for()[0]]

    def _reversal_companies(self):
        """Override: the books of no company change."""
        return self.env["res.company"]

    # ------------------------------------------------------------------
    # The operation, and back
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_cancel_made(self, steps):
        """Cancel them; some the host has cancelled along with the order."""
        # sudo: what the order made by itself, as sudo too, whoever confirmed it. That
        # nobody has begun it, or that it is to go all the same, was planned.
        records = steps._get_document().sudo()
        open_ones = records.filtered(
            lambda record: record.state != self._reversal_cancelled
        )
        if open_ones:
            open_ones._reversal_acted(
                open_ones._reversal_cancel_made(), self._reversal_cancelled
            )
        steps._set_result()

    def _reversal_check_cancel_made(self, step, books):
        """:return: list of str; later it may have been opened again"""
        # sudo: the state alone.
        state = step._get_document().sudo().state
        if books.fresh and state != self._reversal_cancelled:
            return [self.env._("%s is not cancelled.", step.res_name)]
        return []

    def _reversal_obstacles_cancel_made(self, step, plan):
        """Nothing stands against opening it again; opened by others, it stays so."""

    @api.private
    def _reversal_apply_reopen_made(self, steps):
        """Let them stand again as they did; some the host has opened already."""
        for step in steps:
            # sudo: as for cancelling it.
            record = step._get_document().sudo()
            record._reversal_reopen_made(step.origin_id._before())
        steps._set_result()

    def _reversal_check_reopen_made(self, step, books):
        """:return: list of str"""
        # sudo: the state alone.
        state = step._get_document().sudo().state
        if books.fresh and state == self._reversal_cancelled:
            return [self.env._("%s is still cancelled.", step.res_name)]
        return []


class OrderReversalRequestMixin(models.AbstractModel):
    """What becomes of what was made for an order."""

    _inherit = "order.reversal.request.mixin"

    made_method = fields.Selection(
        MADE_METHODS,
        "Made for the Order",
        required=True,
        default="auto",
        help="Purchases, manufacturing orders, repairs, tasks and the like that were "
        "made for the order. Automatic: what nobody has begun is cancelled along with "
        "it, of the rest whoever is responsible is told.",
        request=True,
    )


class OrderReversalBatch(models.Model):
    """What was made for the orders of a batch: whether it is asked about."""

    _inherit = "order.reversal.batch"

    asks_made = fields.Boolean(compute="_compute_asks_made")

    @api.depends("order_ids")
    def _compute_asks_made(self):
        """Where an addon is installed that something is made for orders by."""
        operations = self.env["order.reversal.step"]._get_operations()
        known = bool(operations["cancel_made"].models)
        for batch in self:
            batch.asks_made = known and bool(batch.order_ids)


class OrderReversal(models.Model):
    """What was made for the order: whether it is asked about, and who is told."""

    _inherit = "order.reversal"

    asks_made = fields.Boolean(compute="_compute_asks_made")

    @api.depends("step_ids.operation", "finding_ids.code", "made_method")
    def _compute_asks_made(self):
        for reversal in self:
            reversal.asks_made = (
                reversal.made_method != "auto"
                or "cancel_made" in reversal.step_ids.mapped("operation")
                or "made_stays" in reversal.finding_ids.mapped("code")
            )

    @api.onchange("made_method")
    def _onchange_made_method(self):
        """Assess anew what the dialog shows."""
        return self._onchange_plan()

    def _snapshot_tables(self):
        """Override to keep what was made for orders as it was."""
        operations = self.env["order.reversal.step"]._get_operations()
        tables = [self.env[name]._table for name in operations["cancel_made"].models]
        return (
            *super()._snapshot_tables(),
            *((table, f"id IN %({table})s") for table in tables),
        )

    def _get_value_labels(self):
        return {
            **super()._get_value_labels(),
            "made_state": self.env._("it stands otherwise by now"),
        }

    def _get_assignments(self):
        """Override: one task for each person whose documents were made for it and stay.

        On the first of them; it names them all.
        """
        found = super()._get_assignments()
        if self.scope not in ENDING_SCOPES or self.restores_id:
            return found
        of_person = {}
        for record in self._get_made_that_stays():
            for person in record._reversal_people()[:1]:
                of_person.setdefault(person, []).append(record)
        told = [self._tell_person(*one) for one in of_person.items()]
        return found + list(filter(None, told))

    def _get_made_that_stays(self):
        """:return: list of documents, of several models, that no step cancelled"""
        found = []
        operations = self.env["order.reversal.step"]._get_operations()
        cancelled = self.step_ids.filtered(lambda step: step.operation == "cancel_made")
        for name in operations["cancel_made"].models:
            documents = (self.fingerprint_data or {}).get("documents", {})
            ids = {
                int(key.partition(",")[2])
                for key in documents
                if key.partition(",")[0] == name
            } - {step.res_id for step in cancelled if step.res_model == name}
            # sudo: to tell somebody else; nothing of the document is changed.
            records = self.env[name].sudo().browse(sorted(ids)).exists()
            found += records.filtered(
                lambda record: record.state != record._reversal_cancelled
            )
        return found

    def _tell_person(self, person, records):
        """How somebody is told of what stays; override point.

        :param list records: documents of this person, of several models
        :return: Assignment, or None
        """
        orders = self.env["sale.order"]
        for record in records:
            orders |= record._reversal_made_for()[0]
        reader = self.with_context(lang=person.lang)
        values = {
            "act_type_xmlid": "mail.mail_activity_data_warning",
            "summary": reader.env._("What it was made for is taken back"),
            # A note is HTML, and names of documents are anybody's text.
            "note": escape(
                f"{self.name}: {', '.join(orders.mapped('name'))} → "
                f"{', '.join(record.display_name for record in records)}"
            ),
        }
        return Assignment(records[0], person, values)
