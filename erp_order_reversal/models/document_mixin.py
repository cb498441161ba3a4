import json
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..checks import check_one, check_records
from ..exceptions import ReversalGuardError


class OrderReversalMixin(models.AbstractModel):
    """What a document must answer to be taken back. It adds no field."""

    _name = "order.reversal.mixin"
    _description = "Document that can be taken back"
    # The field of `order.reversal` that holds this document as the root.
    _reversal_root_field = None

    def _reversal_read_ahead(self):
        """Read at once what each of many plans will ask of its documents.

        `filtered` and the like forget what is to be read along with them (HOST). An
        override saves queries in bulk, and changes nothing else; override point.
        """

    @api.private
    def _reversal_related(self, plan):
        """Documents that are taken back along with these.

        :param Plan plan: the working paper
        :return: list of recordsets
        """
        return []

    def _reversal_findings(self, plan):
        """Add to `plan` what stands against taking these documents back.

        :return: the plan
        """
        return plan

    def _reversal_steps(self, plan):
        """Add to `plan` one step for each operation on each document.

        :return: the plan
        """
        return plan

    def _reversal_fingerprint(self):
        """What must not change between a request and its approval.

        :return: dict of JSON values, for one document
        """
        self.ensure_one()
        return {}

    def _reversal_part_lines(self, part):
        """What a part of this root takes of the orders.

        :param dict part: {line of this document: PartLine}
        :return: {order line: quantity in its unit}
        """
        return {}

    def _reversal_name(self):
        """What a person calls this document, without what else its name tells.

        :return: str
        """
        self.ensure_one()
        return self.display_name

    def _reversal_scope_obstacles(self):
        """The scopes that make no sense for this root.

        :return: {scope: why, or an empty text where it need not even be offered}
        """
        self.ensure_one()
        return {}

    def _reversal_kind(self):
        """What kind of document it is, for its place in a picture.

        :return: `order`, `delivery`, `invoice`, `payment`, `credit`, `bank` or `entry`
        """
        self.ensure_one()
        return "entry"

    def _reversal_label(self):
        """How this document stands, as a person reads it; asked before and after.

        :return: str
        """
        self.ensure_one()
        return ""

    @api.private
    def _reversal_origins(self):
        """Documents that this one came from: what a picture draws a line from.

        :return: list of recordsets
        """
        self.ensure_one()
        return []

    def _reversal_companies(self):
        """The companies whose books these documents stand in: `res.company`."""
        return self.company_id

    @api.private
    def _reversal_node(self, acted, can_open):
        """How this document stands in a picture, without any change.

        :param bool acted: drawn with a full border
        :param bool can_open: whether the user may open it
        :return: dict, as the effects of `order.reversal.rehearse`
        """
        self.ensure_one()
        return {
            "res_model": self._name,
            "res_id": can_open and self.id,
            "res_name": self._reversal_name(),
            "before": "",
            "after": self._reversal_label(),
            "acted": acted,
            "kind": self._reversal_kind(),
            "key": f"{self._name},{self.id}",
            "origins": self._reversal_origin_keys(),
        }

    def _reversal_origin_keys(self):
        """`_reversal_origins` as keys of a picture."""
        return [
            f"{origin._name},{origin.id}"
            for origins in self._reversal_origins()
            for origin in origins
        ]

    def _reversal_older_domain(self, limit):
        """Selects the documents that are older than a day.

        :param date limit: the first day that is not too old
        :return: Domain
        """
        return Domain.FALSE

    def _reversal_lies_in_locked_period(self):
        """Whether the document belongs to a period that was closed.

        :return: bool
        """
        self.ensure_one()
        return False

    # ------------------------------------------------------------------
    # The last operation of a restore, on its root
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_settle(self, steps):
        """Match again what was matched; see `order.reversal._restore_matches`."""
        for reversal in steps.reversal_id:
            reversal._restore_links()
        steps._set_result()

    def _reversal_check_settle(self, step, books):
        """All documents must be what they were: list of str."""
        return step.reversal_id._find_unrestored() if books.fresh else []

    def _reversal_acted(self, answer, *states, remedy=""):
        """Make sure that a method of the host did to these documents what it is for.

        Other addons may let it answer with a dialog instead: a confirmation, an
        exception, a credit limit.

        :param answer: what the method returned
        :param str states: the states of which each document must have one now
        :param str remedy: what to do next, in a sentence; to answer it, by default
        :raise UserError: names the documents, and what is asked
        """
        self._reversal_insist(answer, lambda record: record.state in states, remedy)

    def _reversal_insist(self, answer, acted, remedy=""):
        """Make sure that a method of the host did what it is for; see there.

        :param answer: what the method returned
        :param acted: says of a document whether it was done to it
        :param str remedy: see `_reversal_acted`
        :raise UserError: names the documents, and what is asked
        """
        left = self.filtered(lambda record: not acted(record))
        if not left:
            return
        names = ", ".join(left.mapped("display_name"))
        asked = isinstance(answer, dict) and (answer.get("name") or "")
        if asked:
            message = self.env._(
                "%(documents)s can't be changed by a reversal: another addon asks "
                "“%(question)s” first.",
                documents=names,
                question=asked,
            )
        else:
            message = self.env._(
                "%s can't be changed by a reversal: another addon stops it.", names
            )
        remedy = remedy or self.env._(
            "Answer it on the document itself, then try again."
        )
        raise UserError(message + " " + remedy)

    def _reversal_open_action(self):
        """The dialog on a new reversal whose root is this document."""
        self.ensure_one()
        action = self._reversal_dialog_action(
            self.env._("Reverse %s", self.display_name)
        )
        action["context"][f"default_{self._reversal_root_field}"] = self.id
        return action

    @api.model
    def _reversal_dialog_action(self, name):
        """The dialog on a new reversal.

        :param str name: title of the dialog
        :return: a window action whose context has no root yet
        """
        view = self.env.ref("erp_order_reversal.order_reversal_view_form_dialog")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "order.reversal",
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_open_reversal(self):
        """Open the dialog that takes this document back.

        :return: a window action on `order.reversal`, as a dialog
        """
        check_records(self)
        self.env["order.reversal"].check_access("create")
        if len(self) == 1:
            return self._reversal_open_action()
        return self.env["order.reversal.batch"]._open_action(self)

    def _reversal_counts(self):
        """How many reversals touched each document: {id: int}."""
        return {
            record_id: len(reversals)
            for record_id, reversals in self._reversal_get_all().items()
        }

    def _reversal_get_all(self):
        """The reversals of each document, as the root or by a step.

        :return: {id: `order.reversal`}
        """
        reversals = self.env["order.reversal"]
        if not self.ids or not reversals.has_access("read"):
            return {}
        found = dict(
            self.env["order.reversal.step"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["reversal_id:recordset"],
            )
        )
        if root := self._reversal_root_field:
            for record, of_root in reversals._read_group(
                [(root, "in", self.ids)], [root], ["id:recordset"]
            ):
                found[record.id] = found.get(record.id, reversals) | of_root
        return found

    def action_view_reversals(self):
        """The reversals of this document."""
        check_one(self)
        self.env["order.reversal"].check_access("read")
        found = self._reversal_get_all().get(self.id, self.env["order.reversal"])
        return found._get_records_action(name=self.env._("Reversals"))

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------

    def _reversal_is_settled(self):
        """Whether this document is settled, so that only a reversal may undo it.

        :return: bool
        """
        self.ensure_one()
        return False

    def _reversal_guard(self, action):
        """Close the host's own way for settled documents, or log its use.

        Called by the override of the hook that every path shares.

        :param str action: what the host is about to do, for the log
        :raise ReversalGuardError: the company allows it by a reversal only; the
            attempt is logged all the same
        """
        self._reversal_guard_settled(self._reversal_settled(), action)

    @contextmanager
    def _reversal_watch(self, action, records, name):
        """Guard links that a write may take away, whatever way it is written.

        :param str action: for the log
        :param records: the records that are written, at one end of the link
        :param str name: field of `records`
        """
        settled = self._reversal_settled()
        # sudo: what is linked must not depend on who asks.
        before = {record: record.sudo()[name] for record in records if settled}
        yield
        if any(links - record.sudo()[name] for record, links in before.items()):
            self._reversal_guard_settled(settled, action)

    def _reversal_settled(self):
        """Those that are settled, as sudo; none while a reversal is at work."""
        if not self or self.env["order.reversal"]._is_running():
            return self.sudo().browse()
        # sudo: whether a document is settled must not depend on who asks.
        return self.sudo().filtered(lambda record: record._reversal_is_settled())

    def _reversal_guard_settled(self, settled, action):
        if not settled:
            return
        log = self.env["order.reversal.log"]
        guarded = settled.filtered(lambda record: record.company_id.reversal_guard)
        entries = [
            {
                "event": "refused" if guarded else "host",
                "company": record.company_id,
                "record": record,
                "detail": {"action": action},
            }
            for record in guarded or settled
        ]
        if guarded:
            log._record_refused(entries)
            raise self.browse(guarded.ids)._reversal_guard_error()
        log._record(entries)

    def _reversal_guard_error(self):
        first = self[:1]
        # sudo: the names of documents that the user was about to change.
        names = ", ".join(self.sudo().mapped("display_name"))
        message = self.env._(
            "%s is settled: your company takes settled documents back by a reversal "
            "only, so that everything is undone together and recorded.",
            names,
        )
        if not self.env["order.reversal"].has_access("create"):
            return UserError(
                message
                + " "
                + self.env._("Ask somebody with the right “Order Reversal”.")
            )
        action = self.env.ref("erp_order_reversal.order_reversal_action_dialog")
        return ReversalGuardError(
            message,
            action.id,
            self.env._("Reverse…"),
            {f"default_{self._reversal_root_field}": first.id},
        )

    # ------------------------------------------------------------------
    # Removal of cancelled documents, where no numbered sequence gets a gap
    # ------------------------------------------------------------------

    def action_reversal_remove(self):
        """Delete cancelled drafts after a backup that goes into the audit log.

        :raise AccessError: no reversal manager
        :raise UserError: with the reason for each document that has to stay
        """
        check_records(self)
        if not self.env.user.has_group("erp_order_reversal.group_reversal_manager"):
            raise AccessError(
                self.env._(
                    "Only a reversal manager may remove cancelled documents. Ask one "
                    "of them."
                )
            )
        obstacles = [
            f"• {obstacle}"
            for record in self
            for obstacle in record._reversal_removal_obstacles()
        ]
        if obstacles:
            raise UserError(
                self.env._("These documents have to stay:")
                + "\n"
                + "\n".join(obstacles)
                + "\n"
                + self.env._("They are cancelled and count nowhere; leave them.")
            )
        self._reversal_log_removal()
        self._reversal_unlink()
        return True

    def _reversal_removal_obstacles(self):
        """Why this document may not be deleted.

        :return: list of sentences
        """
        self.ensure_one()
        return [
            self.env._("%s is neither an invoice nor a payment.", self.display_name)
        ]

    @api.private
    def _reversal_unlink(self):
        self.unlink()

    def _reversal_log_removal(self):
        reversals = self.env["order.reversal"]
        self.env.flush_all()
        entries = []
        for record in self:
            image = reversals._read_tables({record._table: {record.id}})
            entries.append(
                {
                    "event": "removed",
                    "company": record.company_id,
                    "record": record,
                    # Through text and back: dates and numbers as JSON keeps them.
                    "detail": {"backup": json.loads(json.dumps(image, default=str))},
                }
            )
        self.env["order.reversal.log"]._record(entries)
