from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...checks import check_records, check_type
from ...plan import frozen, without_words


class OrderReversal(models.Model):
    """Four eyes: who asks is never who approves."""

    _inherit = "order.reversal"

    can_approve = fields.Boolean(compute="_compute_can_approve")
    changes = fields.Text(
        compute="_compute_changes",
        help="What changed since the approval was asked for.",
    )
    # They are few, of all that ever were.
    _to_approve_idx = models.Index("(id) WHERE state = 'to_approve'")

    @api.depends("state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        approver = self.env.user.has_group("erp_order_reversal.group_reversal_approver")
        for reversal in self:
            reversal.can_approve = (
                approver
                and reversal._waits()
                and reversal.requester_id != self.env.user
                and reversal._may_decide_on_amount(self.env.user)
            )

    def _waits(self):
        """Whether somebody has to decide."""
        self.ensure_one()
        return self.state == "to_approve"

    def _request_approval(self):
        """Freeze plan and fingerprint, tell the approvers."""
        if not self:
            return
        self._translate_plan()
        self._store_shown()
        self._set_state("to_approve", requested_on=fields.Datetime.now())
        for requester, reversals in self.grouped("requester_id").items():
            reversals.message_subscribe(requester.partner_id.ids)
        self._ask_approvers()
        self.env["order.reversal.log"]._record(
            {
                "event": "requested",
                "reversal": reversal,
                "record": reversal,
                "detail": {
                    "root": reversal.root_name,
                    "scope": reversal.scope,
                    "reason": reversal.reason_id.name,
                    "fingerprint": reversal.fingerprint,
                },
            }
            for reversal in self
        )

    def _ask_approvers(self):
        """An activity for each approver; override point."""
        for reversal, approvers in self._get_approvers_each().items():
            for approver in approvers:
                # sudo: what the requester may read, said in the approver's words.
                reader = reversal.with_user(approver).sudo()
                reader = reader.with_context(lang=approver.lang)
                reversal.with_context(lang=approver.lang).activity_schedule(
                    "erp_order_reversal.mail_activity_approve",
                    user_id=approver.id,
                    date_deadline=reversal._get_deadline(),
                    **reader._get_activity_values(),
                )

    def _get_activity_values(self):
        """What an approver reads; override point."""
        # A note is HTML, and names of documents and reasons are anybody's text.
        values = {"note": escape(" ".join(self._get_approval_rules()))}
        if self.restores_id:
            values["summary"] = self.env._("Restore %s", self.root_name)
        return values

    def _get_approvers(self):
        """Users who may approve this one; see `_get_approvers_each`."""
        self.ensure_one()
        return self._get_approvers_each()[self]

    def _get_approvers_each(self):
        """Users who may approve: of the company, and not the requester.

        Where some of them may carry it out, too, only those; else nobody would see
        that it waits. Who decides is asked once for what one person asked for below
        one limit.

        :return: {reversal: `res.users`}
        """
        found = {}
        for alike in self.grouped(
            lambda one: (one.company_id, one.requester_id, one._get_limit())
        ).values():
            # sudo: as in `_find_deciders`.
            deciders = alike[0]._find_deciders().sudo()
            for reversal in alike:
                able = deciders.filtered(reversal._may_carry_out)
                found[reversal] = (able or deciders).with_env(self.env)
        return found

    def _find_deciders(self):
        """Users who decide on this reversal, whatever they may carry out."""
        self.ensure_one()
        group = self.env.ref("erp_order_reversal.group_reversal_approver")
        # sudo: who holds a group is the administrator's business to read.
        approvers = group.sudo().all_user_ids.filtered(
            lambda user: user.active
            and not user.share
            and self.company_id in user.company_ids
            and user != self.requester_id
            and user != self.env.ref("base.user_root")
        )
        return self._select_deciders(approvers.with_env(self.env))

    def _check_may_decide(self):
        """:raise AccessError: no approver, the requester, or not of this amount."""
        if not self.env.user.has_group("erp_order_reversal.group_reversal_approver"):
            raise AccessError(
                self.env._(
                    "Only an approver may decide on %s. Ask one of the approvers.",
                    ", ".join(self.mapped("name")),
                )
            )
        own = self.filtered(lambda reversal: reversal.requester_id == self.env.user)
        if own:
            raise AccessError(
                self.env._(
                    "You asked for %s yourself, so somebody else has to decide on it.",
                    ", ".join(own.mapped("name")),
                )
            )
        self._check_limits()

    def action_approve(self):
        """Approve and carry out.

        :raise AccessError: by the requester, or without the group
        :raise UserError: the documents changed since the request
        """
        check_records(self)
        self._check_may_decide()
        self._check_state("to_approve")
        for company, reversals in self.grouped("company_id").items():
            reversals._working_in(company)._approve()
        self._send_open_refunds()
        return True

    def _approve(self):
        self._check_roots_readable()
        frozen = {
            reversal: (reversal.fingerprint, reversal.fingerprint_data)
            for reversal in self
        }
        plans = self._lock_and_assess()
        for reversal, (fingerprint, data) in frozen.items():
            if fingerprint != reversal.fingerprint:
                raise self._error(
                    self.env._(
                        "%(name)s can't be approved any more, because the documents "
                        "changed since %(requester)s asked for it:\n%(changes)s\n"
                        "Reject it, and have it asked for again.",
                        name=reversal.name,
                        requester=reversal.requester_id.name,
                        changes="\n".join(
                            reversal._describe_changes(data, reversal.fingerprint_data)
                        ),
                    )
                )
        self._raise_blockers(plans)
        self._translate_plan()
        now = fields.Datetime.now()
        self._engine_env(self).write({"approver_id": self.env.uid, "approved_on": now})
        self._finish_approval_activities()
        self._execute()
        self._tell_requesters()

    def _tell_requesters(self):
        """One message to each requester, on the request or on the batch of many."""
        for source, reversals in self._get_sources().items():
            for requester, of_requester in reversals.grouped("requester_id").items():
                reader = source.with_context(lang=requester.lang)
                source.message_post(
                    body=reader.env._(
                        "Approved by %(user)s and carried out: %(documents)s",
                        user=self.env.user.name,
                        documents=", ".join(of_requester.mapped("root_name")),
                    ),
                    partner_ids=requester.partner_id.ids,
                )

    def _get_sources(self):
        """{what they were asked for with: the reversals}; override point."""
        return {reversal: reversal for reversal in self}

    def action_reject(self, reason=None):
        """Reject a request and tell the requester.

        :param str reason: why; asked for in a dialog if it is missing
        """
        check_records(self)
        check_type(self.env, reason or "", str, "reason")
        self._check_may_decide()
        self._check_state("to_approve")
        if not (reason or "").strip():
            if reason is None:
                return self._open_reject_dialog(self.env._("Reject"))
            raise self._error(
                self.env._("Say why you reject it, so that the requester can react.")
            )
        self._reject(reason.strip())
        return True

    def _reject(self, reason):
        self._set_state("rejected", approver_id=self.env.uid, rejection_reason=reason)
        self._finish_approval_activities()
        self._tell_decision("rejected", reason)

    def _tell_decision(self, event, reason):
        """Tell the requesters, each in his or her language, and keep it in the log.

        :param str event: of the log
        :param str reason: as the approver gave it
        """
        for source, reversals in self._get_sources().items():
            for requester, mine in reversals.grouped("requester_id").items():
                reader = mine.with_context(lang=requester.lang)
                body = reader._describe_decision(event, reason)
                if source._name != self._name:
                    # Each one keeps it; who asked is told of all of them at once.
                    mine._message_log_batch(bodies=dict.fromkeys(mine.ids, body))
                    body = f"{body} ({', '.join(mine.mapped('root_name'))})"
                source.message_post(body=body, partner_ids=requester.partner_id.ids)
        self.env["order.reversal.log"]._record(
            {
                "event": event,
                "reversal": reversal,
                "record": reversal,
                "detail": {"reason": reason},
            }
            for reversal in self
        )

    def action_rework(self, reason=None):
        """Send a request back to draft: it can be changed and asked for anew.

        :param str reason: what has to be changed; asked for if it is missing
        :raise AccessError: by the requester, or without the group
        :raise UserError: without a reason, or nothing waits
        """
        check_records(self)
        check_type(self.env, reason or "", str, "reason")
        self._check_may_decide()
        self._check_state("to_approve")
        if reason is None:
            return self._open_reject_dialog(self.env._("Send Back"), rework=True)
        if not isinstance(reason, str) or not reason.strip():
            raise self._error(
                self.env._(
                    "Say what has to be changed, so that the requester can do it."
                )
            )
        reason = reason.strip()
        # What was shown is no longer what is asked for.
        self._set_state("draft", seen_fingerprint=False)
        self._finish_approval_activities()
        self._tell_decision("reworked", reason)
        return True

    def _describe_decision(self, event, reason):
        """What the requester reads of a decision, see `_tell_decision`."""
        values = {"user": self.env.user.name, "reason": reason}
        if event == "reworked":
            return self.env._(
                "Sent back by %(user)s, to be changed: %(reason)s", **values
            )
        return self.env._("Rejected by %(user)s: %(reason)s", **values)

    def _open_reject_dialog(self, name, rework=False):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "order.reversal.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reversal_ids": self.ids, "default_rework": rework},
        }

    def action_cancel(self):
        """Withdraw a reversal that was not carried out.

        :raise AccessError: by somebody else than the requester or a manager
        """
        self.check_access("write")
        manager = self.env.user.has_group("erp_order_reversal.group_reversal_manager")
        foreign = self.filtered(lambda reversal: reversal.requester_id != self.env.user)
        if foreign and not manager:
            raise AccessError(
                self.env._(
                    "Only %(requesters)s or a reversal manager may withdraw %(names)s.",
                    requesters=", ".join(foreign.requester_id.mapped("name")),
                    names=", ".join(foreign.mapped("name")),
                )
            )
        self._withdraw()
        return True

    def _withdraw(self):
        self._set_state("cancelled")
        self._finish_approval_activities()
        self.env["order.reversal.log"]._record(
            {"event": "cancelled", "reversal": reversal, "record": reversal}
            for reversal in self
        )

    def _check_state(self, *states):
        """:raise UserError: a reversal is in another state"""
        wrong = self.filtered(lambda reversal: reversal.state not in states)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise self._error(
                self.env._(
                    "%(names)s: this is possible only while a reversal is “%(state)s”.",
                    names=", ".join(wrong.mapped("name")),
                    state=self.env._("” or “").join(labels[state] for state in states),
                )
            )

    def _finish_approval_activities(self):
        # sudo: the activities of all approvers end, not only one's own.
        self.sudo().activity_unlink(["erp_order_reversal.mail_activity_approve"])

    # ------------------------------------------------------------------
    # What changed since somebody asked, in the words of the form
    # ------------------------------------------------------------------

    @api.depends("fingerprint", "state")
    def _compute_changes(self):
        for reversal in self:
            reversal.changes = (
                "\n".join(reversal._get_changes()) if reversal._waits() else False
            )

    def _get_changes(self):
        """Lines that say what differs from what was asked for; override point."""
        self.ensure_one()
        planner = self.env["order.reversal.plan"]
        data = planner._fingerprint_data(planner._plan(self)[0])
        if planner._fingerprint(data) == self.fingerprint:
            return []
        return self._describe_changes(self.fingerprint_data, data)

    def _describe_changes(self, before, after):
        """Lines that say what differs between two frozen plans."""
        lines = []
        for key, old, new in frozen.changed(before, after):
            if not old:
                lines.append(self.env._("• %s was added", new["name"]))
            elif not new:
                lines.append(self.env._("• %s was released", old["name"]))
            else:
                lines.append(
                    self.env._(
                        "• %(document)s: %(changes)s",
                        document=new["name"],
                        changes="; ".join(self._describe_values(key, old, new)),
                    )
                )
        return lines or [self.env._("• what would be done changed")]

    def _describe_values(self, key, old, new):
        """One text for each value that differs: its label, before and after."""
        document = self.env[frozen.parse_key(key)[0]]
        texts = []
        for name in sorted(without_words(old) | without_words(new)):
            before, after = old.get(name), new.get(name)
            if before == after:
                continue
            if name not in document._fields:
                texts.append(self._get_value_labels().get(name, name))
                continue
            field = document._fields[name]
            if field.type == "selection":
                options = dict(field._description_selection(self.env))
                before, after = options.get(before, before), options.get(after, after)
            texts.append(
                self.env._(
                    "%(field)s %(before)s → %(after)s",
                    field=field._description_string(self.env),
                    before=before,
                    after=after,
                )
            )
        return texts

    def _get_value_labels(self):
        """{name of a list in a frozen plan: what changed}; override point."""
        return {
            "lines": self.env._("its lines changed"),
            "matched": self.env._("what it pays changed"),
        }

    # ------------------------------------------------------------------
    # A frozen plan in every language, for a second person to read
    # ------------------------------------------------------------------

    def _translate_plan(self, langs=None):
        """Say steps and findings in the languages that are not the user's.

        To be called while the documents are as the plan found them.

        :param langs: codes of languages, by default all that are installed
        """
        if not self:
            return
        own = self.env.lang or "en_US"
        if langs is None:
            langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for code in langs:
            if code == own:
                continue
            readers = self._engine_env(self).with_context(lang=code)
            plans = readers.env["order.reversal.plan"]._plan(readers, again=True)
            for reader, plan in zip(readers, plans, strict=True):
                reader._write_texts("step_ids", plan.steps, ("outcome", "why"))
                reader._write_texts(
                    "finding_ids", plan.findings, ("message", "remedy", "who")
                )

    def _write_texts(self, lines, values_list, names):
        """Write translated fields in the language of the environment.

        :param str lines: name of the one2many, whose records were created in the
            order of `values_list`
        :param values_list: list of dict
        :param names: names of the translated fields
        """
        records = self[lines].sorted(lambda line: (line.sequence, line.id))
        # What the rehearsal found stands behind them, as it was said when it was tried.
        for record, values in zip(records, values_list, strict=False):
            record.write({name: values.get(name) or False for name in names})
