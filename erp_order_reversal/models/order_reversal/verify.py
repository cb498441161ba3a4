from collections import defaultdict

from odoo import api, fields, models

from ...const import PAYMENT_IN_FORCE


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
                note=self.verify_detail,
            )

    def _store_verification(self, problems):
        self._engine_env(self).write(
            {
                "verify_state": "broken" if problems else "intact",
                "verify_detail": "\n".join(problems) or False,
                "verified_on": fields.Datetime.now(),
            }
        )

    def _find_problems(self, fresh=False):
        """Compare the books with what the steps say.

        :param bool fresh: right after execution
        :return: list of str, empty if all is right
        """
        problems = []
        alive = self._find_alive(fresh)
        # sudo: a check reads entries that a salesman may not read; it writes nothing.
        for reversal in self.sudo().with_context(reversal_alive=alive):
            for step in reversal.step_ids:
                check = getattr(reversal, f"_check_{step.operation}", None)
                if check and reversal._is_alive(step._get_document()):
                    problems += check(step) or []
            problems += reversal._check_orders(fresh)
            if not fresh:
                problems += reversal._check_snapshot()
            if fresh:
                problems += reversal._check_neighbours()
        return problems

    def _check_orders(self, fresh):
        """The orders that the reversal took back; one may be deleted since."""
        self.ensure_one()
        steps = self.step_ids.filtered(
            lambda step: step.res_model == "sale.order"
            and step.operation in ("cancel", "draft")
        )
        orders = self.order_id.browse(steps.mapped("res_id"))
        if self.scope == "invoice" and not self.is_part:
            orders |= self.order_id
        alive = orders.filtered(self._is_alive)
        gone = steps.filtered(lambda step: step.res_id not in alive._ids)
        return alive._reversal_problems(self, fresh) + [
            self.env._("%s was deleted since.", step.res_name) for step in gone
        ]

    def _find_alive(self, fresh):
        """What of the documents and matches still exists, one query for each model.

        :param bool fresh: right after execution the documents are known to be there
        :return: {model: set of ids}
        """
        wanted = defaultdict(set)
        partials = set()
        steps = self.sudo().step_ids
        for step in steps.browse(steps.ids):
            wanted[step.res_model].add(step.res_id)
            if step.result_id:
                wanted[step.result_model].add(step.result_id)
            partials.update(
                release["partial_id"]
                for release in (step.data or {}).get("releases", [])
                if release["partial_id"]
            )
        alive = {
            model: ids if fresh else set(self.env[model].browse(ids).exists().ids)
            for model, ids in wanted.items()
        }
        for matches in self.env.context.get("reversal_matches", {}).values():
            partials.update(matches)
        model = self.env["account.partial.reconcile"]
        alive[model._name] = set(model.browse(partials).exists().ids)
        return alive

    @api.model
    def _is_alive(self, record):
        alive = self.env.context.get("reversal_alive") or {}
        if record._name in alive:
            return record.id in alive[record._name]
        return bool(record.exists())

    def _check_unlock(self, step):
        return []

    def _check_cancel(self, step):
        return []

    def _check_release(self, step):
        """No released match is left."""
        partials = self.env["account.partial.reconcile"].sudo()
        left = any(
            self._is_alive(partials.browse(release["partial_id"]))
            for release in step.data["releases"]
            if release["partial_id"]
        )
        return [self.env._("%s is still matched.", step.res_name)] if left else []

    def _check_void_payment(self, step):
        payment = step._get_document()
        wrong = payment.state != "canceled" or (
            payment.move_id.state == "posted" and not step.result_id
        )
        return [self.env._("%s is not cancelled.", step.res_name)] if wrong else []

    def _check_void(self, step):
        if step._get_document().state != "cancel":
            return [self.env._("%s is not cancelled.", step.res_name)]
        return []

    def _check_refund(self, step):
        if step._is_online_refund() and not step.done:
            # Asked for after this check, or on its way.
            failed = step.refund_transaction_id and step._refund_failed()
            return [step._refund_text()] if failed else []
        refund = self.env["account.payment"].sudo().browse(step.result_id)
        if not self._is_alive(refund) or refund.state not in PAYMENT_IN_FORCE:
            return [self.env._("The refund of %s is not posted.", step.res_name)]
        return []

    def _check_credit(self, step):
        """The credit note is posted, exact for every account, and matched."""
        move = step._get_document()
        credit = move.browse(step.result_id)
        if not self._is_alive(credit) or credit.state != "posted":
            return [self.env._("The credit note of %s is not posted.", step.res_name)]
        problems = []
        sums = defaultdict(lambda: [0.0, 0.0])
        for account, amount, balance in self._credited_parts(step, move):
            sums[account][0] += amount
            sums[account][1] += balance
        for line in credit.line_ids:
            sums[line.account_id][0] += line.amount_currency
            sums[line.account_id][1] += line.balance
        for account, (amount, balance) in sums.items():
            if not move.currency_id.is_zero(amount) or (
                not move.company_currency_id.is_zero(balance)
            ):
                problems.append(
                    self.env._(
                        "%(invoice)s and %(credit)s differ by %(amount)s on the "
                        "account %(account)s.",
                        invoice=move.name,
                        credit=credit.name,
                        amount=balance or amount,
                        account=account.display_name,
                    )
                )
        if not move.currency_id.is_zero(credit.amount_residual):
            problems.append(
                self.env._(
                    "%(credit)s is not wholly matched with %(invoice)s.",
                    credit=credit.name,
                    invoice=move.name,
                )
            )
        return problems

    def _credited_parts(self, step, move):
        """What the credit note must be the opposite of: (account, amount, balance)."""
        if step.data["whole"]:
            return [
                (line.account_id, line.amount_currency, line.balance)
                for line in move.line_ids
            ]
        lines = self.env["account.move.line"].sudo()
        parts = [
            (lines.browse(line_id).account_id, amount, balance)
            for line_id, _quantity, amount, balance in step.data["lines"]
        ]
        parts += [
            (lines.browse(line_id).account_id, amount, balance)
            for line_id, amount, balance in step.data["extras"]
        ]
        term = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        parts.append(
            (
                term[:1].account_id,
                -sum(amount for _account, amount, _balance in parts),
                -sum(balance for _account, _amount, balance in parts),
            )
        )
        if any(
            lines.browse(line_id).display_type == "cogs"
            for line_id, _amount, _balance in step.data["extras"]
        ):
            return parts
        # No cost of goods was planned: the host computes it for the quantity credited.
        credit = move.browse(step.result_id)
        parts += [
            (line.account_id, -line.amount_currency, -line.balance)
            for line in credit.line_ids
            if line.display_type == "cogs"
        ]
        return parts
