from collections import defaultdict

from odoo import api, fields, models

from ...engine import ENGINE, Notes
from ...exceptions import DocumentsBusyError, retried_conflicts
from ...plan import found_text

# Where no more languages than these are installed, texts are kept in each of them: each
# costs a plan of its own.
FEW_LANGUAGES = 4


class OrderReversal(models.Model):
    """Carrying it out: lock, plan again, act, verify, record. All or nothing."""

    _inherit = "order.reversal"

    def action_submit(self):
        """Carry out, or ask for approval where the policy wants it.

        :raise UserError: with every blocker at once; nothing is changed then
        :return: an action that shows the finished reversal
        """
        self.check_access("write")
        self._check_roots_readable()
        self._check_state("draft", "failed")
        if restores := self.filtered("restores_id"):
            restores.restores_id._check_may_restore()
        self.filtered(lambda r: r.state == "draft")._check_own_draft()
        for company, reversals in self.grouped("company_id").items():
            reversals._working_in(company)._submit()
        self._send_open_refunds()
        return self._get_records_action()

    def _submit(self):
        plans = self._lock_and_assess()
        self._raise_blockers(plans)
        self._check_seen()
        self._draw_names()
        # Who submits is who asks: nobody approves what he or she submitted for another.
        others = self.filtered(lambda reversal: reversal.requester_id != self.env.user)
        self._engine_env(others).write({"requester_id": self.env.uid})
        waiting = self.filtered(lambda reversal: reversal._needs_approval())
        waiting._request_approval()
        (self - waiting)._execute()

    def _lock_and_assess(self):
        """Lock the documents first, then plan on what is true under the lock.

        :raise DocumentsBusyError: a document is being changed by somebody else
        """
        plans = self._assess()
        for model in sorted({model for plan in plans for model in plan.documents}):
            ids = {rid for plan in plans for rid in plan.records(model)._ids}
            # sudo: a lock changes nothing, and the plan reads as sudo too.
            records = self.env[model].sudo().browse(ids)
            busy = records - records.try_lock_for_update(allow_referencing=True)
            if busy:
                raise self._busy_error(busy, plans)
        return plans

    def _busy_error(self, busy, plans):
        """The error that names busy documents, of all and of each reversal."""

        def sentence(records):
            return self.env._(
                "Somebody else is changing %s right now. Wait a moment and try again.",
                ", ".join(record._reversal_name() for record in records),
            )

        waiting = {}
        for reversal, plan in zip(self, plans, strict=True):
            if own := plan.records(busy._name) & busy:
                waiting[reversal.id] = sentence(own)
        return DocumentsBusyError(sentence(busy), waiting)

    def _raise_blockers(self, plans):
        lines = []
        for reversal, plan in zip(self, plans, strict=True):
            for found in plan.blockers:
                prefix = f"{reversal.root_name}: " if len(self) > 1 else ""
                lines.append(f"• {prefix}{found_text(found)}")
        self._raise_lines(lines)

    def _refuse(self, findings):
        """:raise UserError: that names all of these findings, if there is one"""
        self._raise_lines([f"• {found_text(found)}" for found in findings])

    def _raise_lines(self, lines):
        if lines:
            heading = self.env._("This can't be taken back yet:")
            if self.restores_id:
                heading = self.env._("This can't be restored any more:")
            raise self._error("\n".join([heading, *lines]))

    def _check_disjoint(self):
        """Nothing is taken back twice in one go.

        A payment that several of them release has a part for each.
        """
        takers = defaultdict(self.browse)
        for step in self.step_ids:
            if step._get_row().once:
                key = (step.res_model, step.res_id, step.operation)
                takers[key] |= step.reversal_id
        for (model, record_id, _operation), reversals in takers.items():
            if len(reversals) > 1:
                # sudo: the name alone, of a document that the plan read as sudo too.
                document = self.env[model].sudo().browse(record_id)
                raise self._error(
                    self.env._(
                        "%(names)s all take back %(document)s. Carry them out one "
                        "after the other.",
                        names=", ".join(reversals.mapped("name")),
                        document=document.display_name,
                    )
                )

    def _check_seen(self):
        """What was confirmed must be what was shown."""
        changed = self.filtered(
            lambda reversal: reversal.seen_fingerprint
            and reversal.seen_fingerprint != reversal.fingerprint
        )
        if changed:
            raise self._error(
                self.env._(
                    "%s changed since you saw what would happen. Check what would "
                    "happen now, and confirm it again.",
                    ", ".join(changed.mapped("root_name")),
                )
            )

    @retried_conflicts(ignored=True)
    def _execute(self):
        """Carry out planned reversals of one company, each operation once."""
        if not self:
            return
        langs = self._get_reader_langs()
        # What was approved was said in every language when it was asked for.
        self.filtered(lambda r: not r.approver_id)._translate_plan(langs)
        watch = self._start_watch(langs)
        Notes.expect(self.env)
        self._carry_out()
        self._set_state(
            "done",
            done_by_id=self.env.uid,
            done_on=fields.Datetime.now(),
            error=False,
        )
        self._record_outcome(watch)
        self._tell_documents()
        self._hook_if_success()
        self._record_execution()
        self._finish_restores()

    def _is_done_after(self, other):
        """Whether this one was carried out after another one.

        A point in time has a second's precision, and two parts are taken in less: what
        was done in one second is in the order of its steps.

        :param other: `order.reversal`, done as well
        :return: bool; False for itself
        """
        return self._get_done_key() > other._get_done_key()

    def _last_first(self):
        """These, which are done, in the opposite order of how they were carried out."""
        return self.sorted(lambda reversal: reversal._get_done_key(), reverse=True)

    def _get_done_key(self):
        self.ensure_one()
        return (self.done_on, max(self.step_ids.ids, default=0), self.id)

    def _get_reader_langs(self):
        """The languages in which what was done can be read for good.

        All that are installed, where they are few: whoever chooses another one later
        reads it, too. Else the user's, and those of everybody who works in these
        companies. English as well, where it is installed: a text that is missing in a
        language falls back to it, and else would be read in the user's.

        :return: list of codes, the user's first
        """
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        own = self.env.lang or "en_US"
        if len(installed) <= FEW_LANGUAGES:
            return [own, *sorted(installed - {own})]
        # sudo: which languages people read, nothing else of them.
        readers = (
            self.env["res.partner"]
            .sudo()
            ._read_group(
                [
                    ("user_ids", "any", [("share", "=", False), ("active", "=", True)]),
                    ("user_ids.company_ids", "in", self.company_id.ids),
                ],
                ["lang"],
            )
        )
        langs = {lang for (lang,) in readers} | {"en_US"}
        return [own, *sorted(langs & installed - {own})]

    @retried_conflicts()
    def _carry_out(self):
        """What a rehearsal does, too: all that may be refused."""
        self._check_may_execute()
        self._check_disjoint()
        matches = self._take_snapshot()
        self._run_operations()
        self._check_result(matches)

    def _run_operations(self):
        # browse(): all steps are read together again after the host empties the cache.
        runner = self._running().with_context(order_reversal_at_work=ENGINE)
        steps = runner.step_ids.browse(self.step_ids.ids)
        for operation in steps._get_operations():
            todo = steps.filtered(lambda s, op=operation: s.operation == op)
            for model, of_model in todo.grouped("res_model").items():
                of_model = of_model.with_prefetch(steps._ids)
                runner._dispatch(model, operation, of_model)

    def _dispatch(self, model, operation, steps):
        """Call the one method that carries out `operation` on `model`.

        The name has a fixed prefix and the operation comes from a Selection, so
        that nothing else can be called this way.
        """
        getattr(self.env[model], f"_reversal_apply_{operation}")(steps)

    def _check_result(self, matches):
        """Verify before anything is recorded; a problem undoes everything.

        :param dict matches: see `Books`
        """
        if rehearsal := self._get_rehearsal():
            rehearsal.checking = True
        self.env.flush_all()
        problems = self._find_problems(fresh=True, matches=matches)
        if problems:
            heading, remedy = self._get_failure_words()
            problems = [f"• {problem}" for problem in problems]
            raise self._error("\n".join([heading, *problems, remedy]))

    def _get_failure_words(self):
        """What to say, and what to do, where the result would not be right.

        :return: (str, str)
        """
        return (
            self.env._("The result would not be right, so nothing was changed:"),
            self.env._(
                "An accountant can take these documents back by hand. Then try again."
            ),
        )

    def _hook_if_success(self):
        """Override point: what else follows a finished reversal."""

    # ------------------------------------------------------------------
    # The record of it
    # ------------------------------------------------------------------

    def _record_execution(self):
        """Log the request, the approval, each step and the result."""
        entries = []
        for reversal in self:
            if reversal.approver_id:
                entries.append(
                    {"event": "approved", "reversal": reversal, "record": reversal}
                )
            else:
                entries.append(
                    {
                        "event": "requested",
                        "reversal": reversal,
                        "record": reversal,
                        "detail": reversal._request_detail(),
                    }
                )
            entries += [reversal._step_entry(step) for step in reversal.step_ids]
            entries.append(
                {
                    "event": "done",
                    "reversal": reversal,
                    "record": reversal,
                    "detail": {
                        **reversal._get_image_detail(),
                        "amount_total": reversal.amount_total,
                    },
                }
            )
            reversal._store_verification([])
            entries.append(
                {
                    "event": "verified",
                    "reversal": reversal,
                    "record": reversal,
                    "detail": {"intact": True, "problems": []},
                }
            )
        self.env["order.reversal.log"]._record(entries)

    def _request_detail(self):
        return {
            "root": self.root_name,
            "scope": self.scope,
            "reason": self.reason_id.name,
            "note": self.note or "",
            "fingerprint": self.fingerprint,
        }

    def _step_entry(self, step):
        document = self.env[step.res_model].browse(step.res_id)
        before = (self.fingerprint_data or {})["documents"].get(
            f"{step.res_model},{step.res_id}", {}
        )
        return {
            "event": "step",
            "reversal": self,
            "record": document,
            "res_name": step.res_name,
            "detail": {
                "operation": step.operation,
                "outcome": step.outcome or "",
                "before": before.get("state", ""),
                # sudo: the state alone, of a document that the plan read as sudo too.
                "after": document.sudo().state if "state" in document._fields else "",
                "amount": step.amount,
                "currency": step.currency_id.name or "",
                "result": step.result_name or "",
            },
        }

    @api.model
    def _is_running(self):
        """Whether a reversal is at work; its marker can't be sent over RPC."""
        return self.env.context.get("order_reversal_running") is ENGINE

    def _running(self):
        return self.with_context(order_reversal_running=ENGINE)
