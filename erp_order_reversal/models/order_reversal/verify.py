from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html, split_every

from ...checks import find_existing
from ...plan import Books

# So long a reversal is verified each day; afterwards in turn, or when its documents
# change.
YOUNG_DAYS = 30
# So many are verified with one set of queries, and committed together.
CHUNK = 50
# A document that somebody wrote after the last verification. That one may be the
# transaction that wrote it last, whose time has fractions of a second.
TOUCHED = """
    EXISTS (SELECT 1
              FROM order_reversal_step step
              JOIN %(table)s document ON document.id = step.%(record)s
             WHERE step.reversal_id = reversal.id AND step.%(of_model)s = %(model)s
               AND document.write_date > reversal.verified_on + interval '1 second')
"""
WRITTEN = ("sale.order", "account.move", "account.payment")


class OrderReversal(models.Model):
    """The check of the books after a reversal, right away and at any time."""

    _inherit = "order.reversal"

    verify_state = fields.Selection(
        [("intact", "Books agree"), ("broken", "Books differ")],
        "Verification",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    verify_detail = fields.Text(readonly=True, copy=False, translate=True)
    verified_on = fields.Datetime(readonly=True, copy=False)
    verified_in_turn = fields.Date(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When it was verified as one of the old ones.",
    )

    def action_verify(self):
        """Check the books of done reversals and record the result.

        :return: True if all of them hold
        """
        self.check_access("read")
        done = self.filtered(lambda reversal: reversal.state == "done")
        problems = done._find_problems_each()
        done._store_problems(problems)
        self._record_verified(problems)
        return not any(problems.values())

    @api.model
    def _cron_verify(self):
        """Verify done reversals again: the young and the touched ones, others in turn.

        A change is logged, and managers get an activity for what no longer holds.
        """
        due = []
        for company in self.env["res.company"].search([]):
            due += self._find_due(company)
        left = len(due)
        for part in split_every(CHUNK, due, list):
            reversals = self.browse(reversal for reversal, _turn in part)
            in_turn = self.browse(reversal for reversal, turn in part if turn)
            self._engine_env(in_turn).verified_in_turn = fields.Date.today()
            reversals._verify_again()
            left -= len(part)
            if not self.env["ir.cron"]._commit_progress(len(part), remaining=left):
                break

    @api.model
    def _find_due(self, company):
        """Which reversals of a company are to be verified today.

        All of the last month, all whose documents were written since they were
        verified, and of the others as many as the company sets, the longest unverified
        first.

        :return: list of (id, whether it is one of those others)
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        terms = {
            "company": company.id,
            "today": now.replace(hour=0, minute=0, second=0),
            "young": fields.Datetime.subtract(now, days=YOUNG_DAYS),
        }
        where = """reversal.company_id = %(company)s AND reversal.state = 'done'
               AND (reversal.verified_on IS NULL OR reversal.verified_on < %(today)s)"""
        touched = SQL(" OR ").join(self._get_touched())
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM order_reversal reversal WHERE "
                + where
                + " AND (reversal.done_on >= %(young)s OR %(touched)s) ORDER BY id",
                touched=touched,
                **terms,
            )
        )
        daily = [row[0] for row in rows]
        spent = self.search_count(
            [("company_id", "=", company.id), ("verified_in_turn", "=", now.date())]
        )
        # sudo: a setting of the company.
        limit = max(company.sudo().reversal_verify_limit - spent, 0)
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM order_reversal reversal WHERE "
                + where
                + " AND id != ALL(%(daily)s) "
                "ORDER BY reversal.verified_on NULLS FIRST, id LIMIT %(limit)s",
                daily=daily,
                limit=limit,
                **terms,
            )
        )
        return [(one, False) for one in daily] + [(row[0], True) for row in rows]

    @api.model
    def _get_touched(self):
        """Conditions: a document of a step, or what came of it, was written since."""
        return [
            SQL(
                TOUCHED,
                table=SQL.identifier(self.env[model]._table),
                record=SQL.identifier(f"{prefix}_id"),
                of_model=SQL.identifier(f"{prefix}_model"),
                model=model,
            )
            for model in WRITTEN
            for prefix in ("res", "result")
        ]

    def _verify_again(self):
        """Verify these reversals with one set of queries; record what changed."""
        before = {reversal: reversal.verify_state for reversal in self}
        problems = self._find_problems_each()
        self._store_problems(problems)
        self._record_verified(
            {
                reversal: found
                for reversal, found in problems.items()
                if reversal.verify_state != before[reversal]
            }
        )
        for reversal, found in problems.items():
            if found:
                reversal._warn_managers(lambda reader: reader.verify_detail)

    def _record_verified(self, problems):
        """:param dict problems: {reversal: list of str}"""
        entries = [
            {
                "event": "verified",
                "reversal": reversal,
                "record": reversal,
                "detail": {"intact": not found, "problems": found},
            }
            for reversal, found in problems.items()
        ]
        if entries:
            self.env["order.reversal.log"]._record(entries)

    def _warn_managers(self, tell):
        """An activity for each manager, who has none of these yet.

        :param tell: this reversal in the manager's language -> what is wrong, a str
        """
        group = self.env.ref("erp_order_reversal.group_reversal_manager")
        waiting = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("erp_order_reversal.mail_activity_broken")
        ).user_id
        managers = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        for manager in managers - waiting - self.env.ref("base.user_root"):
            # the host takes its title from the kind, in the language of the environment
            reader = self.with_context(lang=manager.lang)
            reader.activity_schedule(
                "erp_order_reversal.mail_activity_broken",
                user_id=manager.id,
                note=plaintext2html(tell(reader)),
            )

    def _store_verification(self, problems):
        """:param problems: list of str, the same of all of these reversals"""
        self._engine_env(self).write(
            {
                "verify_state": "broken" if problems else "intact",
                "verify_detail": "\n".join(problems) or False,
                "verified_on": fields.Datetime.now(),
            }
        )

    def _store_problems(self, problems):
        """:param dict problems: {reversal: list of str}"""
        intact = self.filtered(lambda reversal: not problems.get(reversal))
        intact._store_verification([])
        broken = self - intact
        # of a language that nobody reads any more nothing may be left
        self._engine_env(broken).verify_detail = False
        for reversal in broken:
            reversal._store_verification(problems[reversal])
        broken._translate_problems()

    def _translate_problems(self):
        """Say what differs in the other languages, too.

        Who reads of it is seldom who verified it, and each day that is nobody.
        """
        if not self:
            return
        _own, *others = self._get_reader_langs()
        for lang in others:
            readers = self.with_context(lang=lang)
            for reader, found in readers._find_problems_each().items():
                if found:
                    engine = self._engine_env(reader).with_context(lang=lang)
                    engine.verify_detail = "\n".join(found)

    def _find_problems(self, fresh=False, matches=None):
        """Compare the books with what the steps say.

        :param bool fresh: right after execution
        :param dict matches: see `Books`
        :return: list of str, empty if all is right
        """
        problems = self._find_problems_each(fresh, matches)
        return [text for found in problems.values() for text in found]

    def _find_problems_each(self, fresh=False, matches=None):
        """As `_find_problems`, told apart.

        :return: {reversal: list of str}
        """
        problems = {}
        books = self._read_books(fresh, matches or {})
        # sudo: a check reads entries that a salesman may not read; it writes nothing.
        checked = self.sudo()
        if not fresh:
            checked._read_together(books)
        for own, reversal in zip(self, checked, strict=True):
            found = problems[own] = []
            for step in reversal.step_ids:
                if books.has(step._get_document()):
                    found += reversal._check_step(step, books)
            found += reversal._check_orders(books)
            if not fresh:
                found += reversal._check_snapshot()
            elif not reversal.restores_id:
                found += reversal._check_neighbours(books)
        return problems

    def _read_together(self, books):
        """Read what the checks of many reversals look at, a query for each table.

        Each check opens one document, which the host would read alone.
        """
        if len(self) == 1:
            return
        self.fetch(["snapshot"])
        # sudo: see `_find_problems_each`.
        documents = {
            model: self.env[model].sudo().browse(ids)
            for model, ids in books.alive.items()
        }
        empty = self.env["account.move"]
        moves = documents.get("account.move", empty)
        if "account.payment" in documents:
            moves |= documents["account.payment"].move_id
        items = moves.line_ids
        (items.matched_debit_ids | items.matched_credit_ids).mapped("amount")
        items.sale_line_ids.mapped("order_id.state")
        if "sale.order" in documents:
            documents["sale.order"].order_line.invoice_lines.mapped("move_id.state")

    def _check_step(self, step, books):
        """What an operation's own check finds: list of str.

        The prefix is fixed, and the operation comes from a Selection.
        """
        check = getattr(self.env[step.res_model], f"_reversal_check_{step.operation}")
        return check(step, books)

    def _check_orders(self, books):
        """The orders that the reversal took back; one may be deleted since."""
        self.ensure_one()
        steps = self.step_ids.filtered(
            lambda step: step.res_model == "sale.order"
            and step.operation in ("cancel", "draft")
        )
        orders = self.order_id.browse(steps.mapped("res_id"))
        if self.scope == "invoice" and not self.restores_id and not self.is_part:
            orders |= self.order_id
        alive = orders.filtered(books.has)
        gone = steps.filtered(lambda step: step.res_id not in alive._ids)
        return alive._reversal_problems(self, books.fresh) + [
            self.env._("%s has been deleted since.", step.res_name) for step in gone
        ]

    def _read_books(self, fresh, matches):
        """What of the documents and matches still exists, in one query.

        :param bool fresh: right after execution the documents are known to be there
        :return: `Books`
        """
        wanted = defaultdict(set)
        partials = set()
        # sudo: ids of documents alone.
        steps = self.sudo().step_ids
        for step in steps.browse(steps.ids):
            wanted[step.res_model].add(step.res_id)
            if step.result_id:
                wanted[step.result_model].add(step.result_id)
            partials.update(
                release.partial_id
                for release in step._get_releases()
                if release.partial_id
            )
        for rows in matches.values():
            partials.update(rows)
        known = wanted if fresh else {}
        asked = {} if fresh else wanted
        asked["account.partial.reconcile"] = partials
        alive = {
            model: set(ids) for model, ids in find_existing(self.env, asked).items()
        }
        return Books(fresh, {**known, **alive}, matches)
