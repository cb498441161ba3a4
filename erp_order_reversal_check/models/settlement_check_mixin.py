from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.erp_order_reversal.checks import check_records
from odoo.addons.erp_order_reversal.exceptions import ReversalGuardError

from ..const import MODELS, STATES

# How many documents are compared at once when a whole table is looked through.
CHUNK = 5000
# How many differences a banner shows; the dialog shows all.
SHOWN = 5


class GivenReason:
    """Why whoever settles a document accepts what differs on it.

    Given in the context, where no client can send an object.

    :param str text: the reason
    """

    def __init__(self, text):
        self.text = text


class SettlementCheckMixin(models.AbstractModel):
    """What an order, an invoice and a payment answer about their differences."""

    _name = "settlement.check.mixin"
    _description = "Document whose settlement is checked"
    # What a form shows of the check, and the model of the lines that are marked.
    _settlement_shown_fields = ("settlement_check_state", "settlement_check_alerts")
    _settlement_lines = None

    settlement_check_state = fields.Selection(
        STATES,
        "Check",
        compute="_compute_settlement_check_state",
        search="_search_settlement_check_state",
        help="Order, delivery, invoice and payment compared.\n"
        "Agrees: the rules that are on find no difference.\n"
        "Differs: they do; open the document to see it.\n"
        "Accepted: somebody accepted exactly these differences, with a reason.",
    )
    settlement_check_alerts = fields.Json(compute="_compute_settlement_check_alerts")

    # ------------------------------------------------------------------
    # The contract
    # ------------------------------------------------------------------

    def check_settlement(self):
        """Compare order, delivery, invoice and payment of these documents.

        :return: list of {"code", "severity" (`warning` or `blocker`), "message",
            "remedy", "res_model", "res_id"} of the line or document that differs;
            empty where all agrees. What was accepted is in it, too.
        :raise AccessError: a document may not be read
        """
        check_records(self)
        self.check_access("read")
        return self.env["settlement.check"]._describe(self._get_differences())

    def accept_differences(self, reason=None):
        """Accept what differs on these documents now, with a reason.

        Exactly these differences: as soon as one of them changes, or another one comes
        up, the document differs again.

        :param str reason: why it is right all the same
        :raise AccessError: not a reversal user; or a blocker, and no reversal manager
        :raise UserError: without a reason, or nothing differs
        :return: the new `settlement.check.acceptance`
        """
        check_records(self)
        self.check_access("read")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._(
                    "Write down why the difference is right. The reason is kept in "
                    "the audit log."
                )
            )
        differences = [item for item in self._get_differences() if not item.accepted]
        if not differences:
            raise UserError(
                self.env._(
                    "Nothing differs on %s that was not accepted yet. Close this "
                    "dialog, and open the document again.",
                    ", ".join(self.mapped("display_name")) or self._description,
                )
            )
        self._check_may_accept(differences)
        return self._accept(differences, reason.strip())

    # ------------------------------------------------------------------
    # State
    # ------------------------------------------------------------------

    def web_read(self, specification):
        """Override: banner, marks and state of one form ask for one check.

        Of the documents as they are: nothing says when to compute them anew.
        """
        self.invalidate_recordset(self._settlement_shown_fields, flush=False)
        if self._settlement_lines:
            lines = self.env[self._settlement_lines]
            lines.invalidate_model(["settlement_check_differs"], flush=False)
        with self.env["settlement.check"]._sharing():
            return super().web_read(specification)

    def _get_differences(self):
        """Differences of these documents, each once; records that are saved."""
        found = self.env["settlement.check"]._check(self._origin)
        unique = {
            (item.owner, item.code, item.record, item.other): item
            for items in found.values()
            for item in items
        }
        return list(unique.values())

    def _settlement_check_domain(self):
        """Documents that are compared at all; others have no state."""
        return Domain.FALSE

    def _compute_settlement_check_state(self):
        checked = self._origin.filtered_domain(self._settlement_check_domain())
        found = self.env["settlement.check"]._check(checked)
        for record in self:
            record.settlement_check_state = self._to_state(found.get(record._origin.id))

    @api.model
    def _to_state(self, differences):
        if differences is None:
            return False
        if not differences:
            return "agrees"
        open_ones = [item for item in differences if not item.accepted]
        return "differs" if open_ones else "accepted"

    def _search_settlement_check_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the search itself applies the rules of whoever searches.
        records = self.sudo().with_context(active_test=False)
        ids = records.search(
            self._settlement_check_domain()
            & Domain("company_id", "in", self.env.companies.ids)
        ).ids
        states = {}
        for start in range(0, len(ids), CHUNK):
            chunk = self.browse(ids[start : start + CHUNK])
            found = self.env["settlement.check"]._check(chunk)
            states.update((rid, self._to_state(items)) for rid, items in found.items())
        domain = Domain("id", "in", [rid for rid in ids if states[rid] in value])
        if False in value:
            domain |= Domain("id", "not in", ids)
        return domain

    # ------------------------------------------------------------------
    # Accepting
    # ------------------------------------------------------------------

    def _check_may_accept(self, differences):
        """Whether the user may let these pass.

        :raise AccessError: saying who may
        """
        user = self.env.user
        if not user.has_group("erp_order_reversal.group_reversal_user"):
            raise AccessError(
                self.env._(
                    "Only somebody with the right “Order Reversal” may accept a "
                    "difference. Put it right, or ask one of them."
                )
            )
        blockers = [item for item in differences if item.severity == "blocker"]
        if blockers and not self._is_check_manager():
            messages = self.env["settlement.check"]._words(blockers)
            raise AccessError(
                self.env._(
                    "Only a reversal manager may accept this; put it right, or ask "
                    "one of them:"
                )
                + "".join(f"\n• {message}" for message, _remedy in messages)
            )

    @api.model
    def _may_accept(self, differences):
        """Whether the user may let these pass; see `_check_may_accept`."""
        if any(item.severity == "blocker" for item in differences):
            return self._is_check_manager()
        return self.env.user.has_group("erp_order_reversal.group_reversal_user")

    @api.model
    def _is_check_manager(self):
        return self.env.user.has_group("erp_order_reversal.group_reversal_manager")

    def _accept(self, differences, reason):
        """Write down who accepted what, for each checked document, and log it."""
        by_owner = {}
        for item in differences:
            by_owner.setdefault(item.owner, []).append(item)
        rows, entries = [], []
        for (model, record_id), items in by_owner.items():
            # sudo: name and company of a document that belongs to a readable one.
            record = self.env[model].browse(record_id).sudo()
            messages = [
                message for message, _r in self.env["settlement.check"]._words(items)
            ]
            rows.append(
                {
                    "res_model": model,
                    "res_id": record_id,
                    "res_name": record.display_name,
                    "company_id": record.company_id.id,
                    "user_id": self.env.uid,
                    "reason": reason,
                    "level": "blocker" if self._is_check_manager() else "warning",
                    "digests": [item.digest() for item in items],
                    "differences": "\n".join(messages),
                }
            )
            entries.append(
                {
                    "event": "accepted",
                    "company": record.company_id,
                    "record": record,
                    "detail": {
                        "codes": sorted({item.code for item in items}),
                        "differences": messages,
                        "reason": reason,
                    },
                }
            )
        acceptances = self.env["settlement.check.acceptance"]
        records = self.env["order.reversal"]._engine_env(acceptances).create(rows)
        self.env["order.reversal.log"]._record(entries)
        return acceptances.browse(records.ids)

    def action_accept_differences(self):
        """Open the dialog that shows what differs, to accept it with a reason.

        :return: an action
        """
        check_records(self)
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "erp_order_reversal_check.settlement_check_accept_action"
        )
        return {**action, "context": {f"default_{MODELS[self._name]}": self.ids}}

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------

    def _settlement_guard(self, refusal):
        """Stop what is about to settle documents that a blocker holds.

        What a reversal does, or takes back, is no new settlement.

        :param str refusal: what can't be done, with the documents' names as %s
        :raise UserError: with every blocker
        :raise AccessError: a reason was given (`GivenReason`) by who may not accept it
        """
        if not self or self.env["order.reversal"]._is_running():
            return
        active = {
            company_id: {
                code: rule for code, rule in rules.items() if rule[0] == "blocker"
            }
            for company_id, rules in self.env["settlement.check.rule"]
            ._get_active()
            .items()
        }
        check = self.env["settlement.check"]
        found = check._check(self, active, recording=True)
        blockers = [
            item
            for record_id, items in found.items()
            for item in items
            if not item.accepted and item.owner == (self._name, record_id)
        ]
        reason = self.env.context.get("settlement_check_reason")
        if blockers and isinstance(reason, GivenReason):
            self._check_may_accept(blockers)
            self._accept(blockers, reason.text)
        elif blockers:
            raise self._settlement_guard_error(refusal, blockers)

    def _settlement_guard_error(self, refusal, blockers):
        held = self.browse(dict.fromkeys(item.owner[1] for item in blockers))
        lines = [
            f"• {message} {remedy}"
            for message, remedy in self.env["settlement.check"]._words(blockers)
        ]
        # sudo: the names of documents that the user was about to change.
        text = refusal % ", ".join(held.sudo().mapped("display_name"))
        text = "\n".join([text, *dict.fromkeys(lines)])
        if not self._is_check_manager():
            return UserError(
                text
                + "\n"
                + self.env._("A reversal manager may accept it all the same.")
            )
        action = self.env.ref("erp_order_reversal_check.settlement_check_accept_action")
        return ReversalGuardError(
            text,
            action.id,
            self.env._("Accept…"),
            {f"default_{MODELS[self._name]}": held.ids},
        )

    # ------------------------------------------------------------------
    # Banner
    # ------------------------------------------------------------------

    def _compute_settlement_check_alerts(self):
        found = self.env["settlement.check"]._check(self._origin)
        for record in self:
            record.settlement_check_alerts = record._origin._to_alerts(
                found.get(record._origin.id, [])
            )

    def _to_alerts(self, differences):
        """Differences as the host's widget `actionable_errors` shows them.

        :return: {key: {"level", "message", "action_text", "action" or "action_call"}}
        """
        open_ones = [item for item in differences if not item.accepted]
        if not open_ones:
            return {}
        open_ones.sort(key=lambda item: item.severity != "blocker")
        alerts = {}
        shown = open_ones[:SHOWN]
        words = self.env["settlement.check"]._words(shown)
        for item, (message, remedy) in zip(shown, words, strict=True):
            click = self._to_click(item)
            alerts[f"settlement_{item.code}_{item.record[0]}_{item.record[1]}"] = {
                "level": "danger" if item.severity == "blocker" else "warning",
                # the click that puts it right says what to do by itself
                "message": message if "action_call" in click else f"{message} {remedy}",
                **click,
            }
        hidden = len(open_ones) - len(shown)
        may_accept = self._may_accept(open_ones)
        alerts["settlement_accept"] = {
            "level": "info",
            "message": self._describe_rest(hidden, open_ones, may_accept),
            "action_text": self.env._("Show and accept…")
            if may_accept
            else self.env._("Show…"),
            "action": self.action_accept_differences(),
        }
        return alerts

    @api.model
    def _describe_rest(self, number, differences, may_accept):
        """What the last line of the banner says: how many more, and who may accept.

        :param int number: of differences that the banner doesn't show
        """
        more = ""
        if number:
            more = (
                self.env._("There is one more difference.")
                if number == 1
                else self.env._("There are %s more differences.", number)
            )
        if may_accept:
            return more or self.env._("If it is right all the same:")
        who = (
            self.env._("If it is right all the same, a reversal manager may accept it.")
            if any(item.severity == "blocker" for item in differences)
            else self.env._(
                "If it is right all the same, somebody with the right “Order Reversal” "
                "may accept it."
            )
        )
        return f"{more} {who}".strip()

    @api.model
    def _to_click(self, item):
        """What a click on a difference does: the fix where there is one, else open."""
        fix = self.env["settlement.check.fix"]._get_call(item)
        if fix:
            return fix
        places = [self._to_place(key) for key in (item.other, item.record) if key]
        elsewhere = [
            place for place in places if place != self and place.has_access("read")
        ]
        if not elsewhere:
            return {}
        record = elsewhere[0]
        return {
            "action_text": self.env._("Open %s", record.display_name),
            "action": {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "view_mode": "form",
            },
        }

    @api.model
    def _to_place(self, key):
        """The document in which a person finds what is named by (model, id)."""
        model, record_id = key
        record = self.env[model].browse(record_id)
        owner = {"sale.order.line": "order_id", "account.move.line": "move_id"}
        if model in owner:
            # sudo: the document's id alone, as above.
            record = record.sudo()[owner[model]].sudo(False)
        return record
