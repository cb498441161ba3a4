import logging
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import Callbacks

from ...checks import check_one
from ...engine import Rehearsal
from ...exceptions import DocumentsBusyError

_logger = logging.getLogger(__name__)
# What stands against a request, yet not against trying out what it asks for.
FORMAL = {"note_required", "reason_archived", "already_requested"}
FINDING_KEYS = (
    "severity",
    "code",
    "message",
    "remedy",
    "who",
    "res_model",
    "res_id",
    "res_name",
)


class OrderReversal(models.Model):
    """The plan carried out in a savepoint and rolled back: what the dialog shows."""

    _inherit = "order.reversal"

    def rehearse(self):
        """Carry the plan out, read what became of all, and roll it back.

        With the rights of whoever would carry it out. Nothing is kept and nothing
        leaves the database: no mail, no request to a provider, no number of the
        reversal.

        :return: JSON values: {"entries": as `preview_entries`,
            "effects": [{res_model, res_id, res_name, before, after, …}], `res_id` is
            False for what would be made, "positions": [{partner_id, partner,
            account_type, before, after, currency}] in the company's currency, positive
            is owed to the company, "findings": [{severity, code, message, remedy, who,
            res_model, res_id, res_name}]}
        :raise UserError: it was carried out or refused already
        """
        check_one(self)
        self.check_access("write")
        self._check_roots_readable()
        self._check_state("draft", "failed", "to_approve")
        tried = self._rehearse()
        return {
            "entries": self._publish_entries(tried["entries"]),
            "effects": self._publish_effects(tried["effects"]),
            "positions": tried["positions"],
            "findings": tried["findings"],
        }

    def preview_entries(self):
        """The `entries` of `rehearse`.

        Items of entries that are cancelled appear with debit and credit exchanged, so
        that the sum per account is what the trial balance changes by.

        :raise UserError: with every blocker at once
        :return: list of {journal, date, account_code, account_name, partner, label,
            debit, credit, balance, currency, amount_currency}
        """
        tried = self.rehearse()
        self._refuse(
            found for found in tried["findings"] if found["severity"] == "blocker"
        )
        return tried["entries"]

    def _rehearse(self, langs=None, way_back=True):
        """See `rehearse`.

        :param langs: codes of the languages to read the effects in
        :param bool way_back: try the restore, too
        :return: {"entries", "rows", "positions", "findings", "effects": by language}
        """
        self.ensure_one()
        rehearsal = Rehearsal(way_back)
        runner = self._working_in(self.company_id)._rehearsing(rehearsal)
        tried = {"entries": [], "rows": [], "positions": [], "effects": {}}
        tried["findings"] = findings = []
        refusal = None
        with self._keeping_nothing():
            try:
                [plan] = runner._lock_and_assess()
                findings += plan.findings
                if all(found["code"] in FORMAL for found in plan.blockers):
                    runner._try_out(tried, langs)
            # The host tries the whole request again, as with any other one.
            except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
                raise
            except Exception as error:
                # Whatever it is, it would stop the real one, too. Nothing may be read
                # in a transaction that an error ended: it is told after the rollback.
                refusal = error
        if refusal is not None:
            tried.update(entries=[], rows=[], positions=[], effects={})
            findings.append(self._explain_refusal(refusal, rehearsal))
        tried["findings"] = [
            {key: found[key] for key in FINDING_KEYS} for found in findings
        ]
        return tried

    def _try_out(self, tried, langs):
        """Carry out what was planned, and read what became of all into `tried`."""
        if self.name == "/":
            self._engine_env(self).name = self._predict_name()
        runner = self._as_executor()
        watch = runner._start_watch(langs)
        runner._carry_out()
        books = runner._close_books(watch.books)[runner]
        tried.update(books, effects=runner._end_watch(watch)[runner])
        tried["findings"] += self._find_unable()
        runner._finish_trying()

    def _finish_trying(self):
        """What follows a finished one: other addons' hooks may refuse it, too."""
        rehearsal = self._get_rehearsal()
        rehearsal.checking, rehearsal.steps = False, None
        self._set_state("done", done_by_id=self.env.uid, done_on=fields.Datetime.now())
        self._hook_if_success()

    def _try_out_queued(self, rehearsal):
        """Carry out planned reversals of a batch, and note what became of the books.

        They count as done: what is planned after them finds what they left.

        :param Rehearsal rehearsal: takes the rows of `_close_books`
        """
        if not self:
            return
        # sudo: see `_start_watch`.
        books = self._open_books(self.sudo()._find_affected())
        rehearsal.checking = False
        self._carry_out()
        closed = self._close_books(books)
        rehearsal.rows.update({found.id: closed[found]["rows"] for found in self})
        self._finish_trying()

    def _as_executor(self):
        """This reversal in the hands of whoever would carry it out.

        The user, if he or she may. Otherwise an approver: sudo, because which one of
        them is not known; the policy says that one with all rights is needed, and
        all of it is rolled back. The user stays the same, for the host's lock dates.
        """
        if self._waits():
            able = self.can_approve and self._may_carry_out(self.env.user)
        else:
            able = not self._needs_approval()
        return self if able else self.sudo()

    def _find_unable(self):
        """What keeps whoever decides on it from carrying it out, too.

        :return: list of findings
        """
        user = self.env.user
        if self._waits() and self.can_approve:
            if self._may_carry_out(user):
                return []
            try:
                self._check_may_execute()
            except AccessError as error:
                return [self._explain_refusal(error, Rehearsal())]
        if not self._waits() and not self._needs_approval():
            return []
        # sudo: the names of users, which not everybody may read.
        approvers = self._get_approvers().sudo()
        if not approvers or any(map(self._may_carry_out, approvers)):
            return []
        root = self._get_root()
        return [
            {
                "severity": "warning",
                "code": "approvers_unable",
                "message": self.env._(
                    "%s may approve it, but have no right to carry it out.",
                    ", ".join(approvers.mapped("name")),
                ),
                "remedy": self.env._("Have one of them given the missing right."),
                "who": self.env._("An administrator may do that."),
                "res_model": root._name,
                "res_id": root.id,
                "res_name": self.root_name,
            }
        ]

    @contextmanager
    def _keeping_nothing(self):
        """Roll back what is done inside, and forget what it wanted to do later.

        Mails and bus messages wait for the commit: what was added inside never runs.
        """
        cr = self.env.cr
        hooks = ("postcommit", "prerollback", "postrollback")
        with cr.savepoint() as savepoint:
            kept = {name: getattr(cr, name) for name in hooks}
            for name in hooks:
                setattr(cr, name, Callbacks())
            try:
                yield
            finally:
                for name, callbacks in kept.items():
                    setattr(cr, name, callbacks)
                # Clears the cache, and the hooks before the commit, too.
                savepoint.rollback()
        self.env.invalidate_all(flush=False)

    @api.model
    def _get_rehearsal(self):
        """The `Rehearsal` that is going on, or None; it can't be sent over RPC."""
        rehearsal = self.env.context.get("order_reversal_rehearsal")
        return rehearsal if isinstance(rehearsal, Rehearsal) else None

    def _rehearsing(self, rehearsal):
        """In an environment where all is tried out only, and nobody is told."""
        return self.with_context(
            order_reversal_rehearsal=rehearsal,
            tracking_disable=True,
            mail_notrack=True,
            mail_notify_force_send=False,
        )

    def _dispatch(self, model, operation, steps):
        if rehearsal := self._get_rehearsal():
            rehearsal.steps = [
                (step.res_model, step.res_id, step.res_name) for step in steps
            ]
        return super()._dispatch(model, operation, steps)

    def _request_approval(self):
        """An approver reads the rehearsal; what would be refused isn't asked for."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for reversal in self.filtered(lambda reversal: not reversal.batch_id):
            findings = reversal._store_rehearsal(langs)
            self._refuse(found for found in findings if found["severity"] == "blocker")
        return super()._request_approval()

    def _publish_effects(self, effects):
        """Effects in the user's language; what would be made has no id to open."""
        own = effects.get(self.env.lang or "en_US", [])
        return [
            {
                **effect,
                "res_id": effect["before"] and effect["res_id"] or False,
            }
            for effect in own
        ]

    # ------------------------------------------------------------------
    # What stopped it, as a finding
    # ------------------------------------------------------------------

    def _note_refusal(self, error):
        """Of many that are tried out, keep why this one would be refused."""
        if rehearsal := self._get_rehearsal():
            rehearsal.rows.pop(self.id, None)
            rehearsal.refused[self.id] = self._explain_refusal(error, rehearsal)

    def _explain_refusal(self, error, rehearsal):
        """A finding for whatever was raised: the text is the host's own.

        :param error: the exception
        :param Rehearsal rehearsal: knows what was being done
        :return: dict, see `rehearse`
        """
        root = self._get_root()
        model, record_id, name = (root and root._name, root and root.id, self.root_name)
        if rehearsal.steps and len(rehearsal.steps) == 1:
            [(model, record_id, name)] = rehearsal.steps
        if not isinstance(error, UserError):
            _logger.warning("Rehearsal of %s failed", name, exc_info=error)
        code, severity, remedy, who = self._classify_refusal(error, rehearsal)
        return {
            "severity": severity,
            "code": code,
            "message": self._get_refusal_text(error, name),
            "remedy": remedy,
            "who": who,
            "res_model": model,
            "res_id": record_id,
            "res_name": name,
        }

    def _get_refusal_text(self, error, name):
        text = str(error.args[0] if error.args else error).strip()
        if isinstance(error, UserError):
            return text
        return self.env._(
            "%(document)s can't be taken back, because of an error: %(error)s",
            document=name,
            error=text or type(error).__name__,
        )

    def _classify_refusal(self, error, rehearsal):
        """Code, severity, remedy, and who may, of what was raised."""
        if isinstance(error, DocumentsBusyError):
            return ("busy", "warning", "", "")
        if isinstance(error, AccessError):
            return (
                "no_right",
                "blocker",
                self.env._("Nothing was changed. Ask somebody who has that right."),
                self.env._("Whoever holds the right that is named here may do it."),
            )
        if rehearsal.checking:
            return (
                "result_wrong",
                "blocker",
                self.env._("Choose another method for these documents."),
                self.env._("An accountant may take them back by hand."),
            )
        if isinstance(error, UserError):
            return (
                "host_refused",
                "blocker",
                self.env._("Resolve that first, or choose another method or scope."),
                self.env._("Whoever may change that document may do it."),
            )
        return (
            "host_failed",
            "blocker",
            self.env._("Nothing was changed. The details are in the server's log."),
            self.env._("An administrator can look into it."),
        )
