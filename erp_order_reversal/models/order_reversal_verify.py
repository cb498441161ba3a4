from collections import defaultdict

from odoo import fields, models


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
        # sudo: a check reads entries that a salesman may not read; it writes nothing.
        for reversal in self.sudo():
            for step in reversal.step_ids:
                check = getattr(reversal, f"_check_{step.operation}", None)
                if check and step._get_document().exists():
                    problems += check(step) or []
            orders = reversal.step_ids.filtered(
                lambda step: step.res_model == "sale.order"
                and step.operation in ("cancel", "draft")
            )
            if reversal.order_id and reversal.scope == "invoice":
                problems += reversal.order_id._reversal_problems(reversal, fresh)
            problems += (
                self.env["sale.order"]
                .sudo()
                .browse(orders.mapped("res_id"))
                ._reversal_problems(reversal, fresh)
            )
            problems += reversal._check_snapshot()
        return problems

    # ------------------------------------------------------------------
    # One check for each operation
    # ------------------------------------------------------------------

    def _check_unlock(self, step):
        return []

    def _check_cancel(self, step):
        return []

    def _check_release(self, step):
        """No released match is left."""
        left = (
            self.env["account.partial.reconcile"]
            .sudo()
            .browse(
                release["partial_id"]
                for release in step.data["releases"]
                if release["partial_id"]
            )
            .exists()
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
        refund = self.env["account.payment"].sudo().browse(step.result_id)
        if not refund.exists() or refund.state not in ("in_process", "paid"):
            return [self.env._("The refund of %s is not posted.", step.res_name)]
        return []

    def _check_credit(self, step):
        """The credit note is posted, exact for every account, and matched."""
        move = step._get_document()
        credit = move.browse(step.result_id)
        if not credit.exists() or credit.state != "posted":
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
