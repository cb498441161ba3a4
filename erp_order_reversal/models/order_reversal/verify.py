from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ...checks import find_existing
from ...plan import Books


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
    verify_detail = fields.Text(readonly=True, copy=False)
    verified_on = fields.Datetime(readonly=True, copy=False)

    def action_verify(self):
        """Check the books of done reversals and record the result.

        :return: True if all of them hold
        """
        self.check_access("read")
        intact = True
        entries = []
        for reversal in self.filtered(lambda reversal: reversal.state == "done"):
            problems = reversal._find_problems()
            intact = intact and not problems
            reversal._store_verification(problems)
            entries.append(
                {
                    "event": "verified",
                    "reversal": reversal,
                    "record": reversal,
                    "detail": {"intact": not problems, "problems": problems},
                }
            )
        if entries:
            self.env["order.reversal.log"]._record(entries)
        return intact

    @api.model
    def _cron_verify(self):
        """Verify done reversals again, the longest unverified first.

        A change is logged, and managers get an activity for what no longer holds.
        """
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        domain = [
            ("state", "=", "done"),
            "|",
            ("verified_on", "=", False),
            ("verified_on", "<", today),
        ]
        cron = self.env["ir.cron"]
        while reversals := self.search(domain, order="verified_on, id", limit=50):
            for reversal in reversals:
                reversal._verify_again()
            left = self.search_count(domain)
            if not cron._commit_progress(len(reversals), remaining=left):
                break

    def _verify_again(self):
        self.ensure_one()
        before = self.verify_state
        problems = self._find_problems()
        self._store_verification(problems)
        if self.verify_state != before:
            self.env["order.reversal.log"]._record(
                [
                    {
                        "event": "verified",
                        "reversal": self,
                        "record": self,
                        "detail": {"intact": not problems, "problems": problems},
                    }
                ]
            )
        if problems:
            self._warn_managers()

    def _warn_managers(self):
        group = self.env.ref("erp_order_reversal.group_reversal_manager")
        waiting = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id
            == self.env.ref("erp_order_reversal.mail_activity_broken")
        ).user_id
        managers = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        for manager in managers - waiting - self.env.ref("base.user_root"):
            self.activity_schedule(
                "erp_order_reversal.mail_activity_broken",
                user_id=manager.id,
                note=plaintext2html(self.verify_detail),
            )

    def _store_verification(self, problems):
        self._engine_env(self).write(
            {
                "verify_state": "broken" if problems else "intact",
                "verify_detail": "\n".join(problems) or False,
                "verified_on": fields.Datetime.now(),
            }
        )

    def _find_problems(self, fresh=False, matches=None):
        """Compare the books with what the steps say.

        :param bool fresh: right after execution
        :param dict matches: see `Books`
        :return: list of str, empty if all is right
        """
        problems = []
        books = self._read_books(fresh, matches or {})
        # sudo: a check reads entries that a salesman may not read; it writes nothing.
        for reversal in self.sudo():
            for step in reversal.step_ids:
                if books.has(step._get_document()):
                    problems += reversal._check_step(step, books)
            problems += reversal._check_orders(books)
            if not fresh:
                problems += reversal._check_snapshot()
            elif not reversal.restores_id:
                problems += reversal._check_neighbours(books)
        return problems

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
