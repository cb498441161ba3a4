from collections import defaultdict

from odoo import api, models
from odoo.fields import Command
from odoo.tools import format_date

from ...plan import CreditData


class AccountMove(models.Model):
    """Credit notes that take an invoice back to the cent."""

    _inherit = "account.move"

    def _reversal_plan_credit(self, plan, share, values):
        self._reversal_foresee_credit(plan, share)
        self._reversal_report_rate(plan, share)
        date = format_date(self.env, plan.date)
        if share.whole:
            outcome = self.env._("Stays, with a credit note dated %s", date)
        elif share.foreign and plan.part is None:
            outcome = self.env._(
                "Stays; only the lines of this order are credited, dated %s", date
            )
        elif plan.part is not None:
            outcome = self.env._("Stays; a part of it is credited, dated %s", date)
        else:
            outcome = self.env._("Stays; what is left is credited, dated %s", date)
        outcome += self._reversal_fee_words(share.fee)
        outcome += self._reversal_journal_words(share)
        plan.add_step(self, "credit", outcome, data=share.to_step(), **values)

    def _reversal_foresee_credit(self, plan, share):
        """What stands against a credit note, or has to be known about it."""
        if self.need_cancel_request:
            plan.warn(
                "cancel_request",
                self.env._(
                    "%s was sent to the authorities. The credit note has to be sent "
                    "too.",
                    self.name,
                ),
                self,
            )
        self._reversal_check_exceeded(plan, share)
        if archived := self._reversal_archived_accounts(share):
            plan.block(
                "account_archived",
                self.env._(
                    "%(invoice)s uses the archived account %(account)s: no credit note "
                    "can be posted.",
                    invoice=self.name,
                    account=", ".join(
                        f"{account.code} {account.name}" for account in archived
                    ),
                ),
                self,
                remedy=self.env._("Activate the account for the time of the reversal."),
                who=self.env._("An accounting administrator may do that."),
            )

    def _reversal_check_exceeded(self, plan, share):
        """A credit note can't be negative (`account.move._post`)."""
        if share.exceeded and not share.credits:
            plan.block(
                "credit_negative",
                self.env._(
                    "%s deducts more of this order than it charges: a credit note of "
                    "that part would be negative.",
                    self.name,
                ),
                self,
                remedy=self.env._("Take the whole invoice back, from the invoice."),
            )
        elif share.exceeded:
            credits = ", ".join(share.credits.mapped("name"))
            plan.block(
                "credit_exceeds",
                self.env._(
                    "%(credits)s took back more than what was due on %(invoice)s: a "
                    "credit note of the rest would be negative.",
                    credits=credits,
                    invoice=self.name,
                ),
                self,
                remedy=self.env._(
                    "Reset %s to draft or cancel it, then take the invoice back as a "
                    "whole.",
                    credits,
                ),
                who=self.env._("An accountant may do that."),
            )

    def _reversal_archived_accounts(self, share):
        lines = self.line_ids.browse(line.id for line in share.lines)
        lines |= self.line_ids.browse(line.id for line in share.extras)
        return lines.account_id.filtered(lambda account: not account.active)

    @api.private
    def _reversal_apply_credit(self, steps):
        """Post a credit note for each step, exact for every account.

        A whole invoice is mirrored; of a part, its lines, at the invoice's own
        exchange rate.
        """
        whole = steps.filtered(lambda step: CreditData.from_json(step.data).whole)
        self._reversal_credit_whole(whole)
        for step in steps - whole:
            self._reversal_credit_part(step)
        self._reversal_match_the_rest(steps)

    def _reversal_credit_whole(self, steps):
        if not steps:
            return
        moves = steps._get_document()
        defaults = moves._reversal_credit_defaults(steps)
        if moves._reversal_takes_host_way():
            credits = moves._reversal_reverse_as_host(defaults)
        else:
            credits = moves._reversal_create_mirrors(defaults)
            credits._reversal_post_mirrors()
        for step, credit in zip(steps, credits, strict=True):
            step._set_result(credit)

    def _reversal_credit_defaults(self, steps):
        """Values of each credit note: the host's, and what a copy would get wrong.

        :param steps: `order.reversal.step`, one for each of these invoices
        :return: list of dicts, as `_reverse_moves` takes them
        """
        reversals = [step.reversal_id for step in steps]
        return [
            {**values, **move._reversal_credit_values(reversal)}
            for move, reversal, values in zip(
                self, reversals, self._reversal_wizard_values(reversals), strict=True
            )
        ]

    def _reversal_credit_values(self, reversal):
        """Values of the credit note that every invoice needs.

        Today's exchange rate and the company's own bank account would come with
        the host's copy. The rest is what its wizard gives (HOST: `_reverse_moves`,
        wizard `account.move.reversal`): payment terms stay only where the discount
        was booked at once.
        """
        self.ensure_one()
        date = reversal.entry_date
        terms = self.invoice_payment_term_id
        own = self.company_id.partner_id if self.is_outbound() else None
        partner_bank = (own or self.commercial_partner_id).bank_ids.filtered(
            lambda bank: bank.company_id in (self.company_id, bank.company_id.browse())
        )
        return {
            "journal_id": reversal._get_credit_journal(self).id,
            "date": date,
            "invoice_date": date,
            "invoice_date_due": date,
            "invoice_payment_term_id": terms.id
            if terms.early_pay_discount_computation == "mixed"
            else False,
            "invoice_currency_rate": self.invoice_currency_rate,
            "invoice_origin": self.invoice_origin,
            "invoice_user_id": self.invoice_user_id.id,
            "auto_post": "no",
            "partner_bank_id": partner_bank[:1].id,
            "ref": self.env._(
                "Reversal of: %(move)s, %(reversal)s: %(reason)s",
                move=self.name,
                reversal=reversal.name,
                reason=reversal.reason_id.name,
            ),
        }

    def _reversal_credit_part(self, step):
        """Credit the lines of the share alone, linked to their order lines."""
        move = step._get_document().with_context(include_business_fields=True)
        lines_model = self.env["account.move.line"]
        targets = []
        commands = []
        data = CreditData.from_json(step.data)
        for part in data.lines:
            line = lines_model.browse(part.line_id)
            targets.append((line, part.amount, part.balance))
            commands.append(
                Command.create(line._reversal_part_vals(part.quantity, part.amount))
            )
        for part in data.extras:
            line = lines_model.browse(part.line_id)
            targets.append((line, part.amount, part.balance))
        [values] = move._reversal_credit_defaults(step)
        values["line_ids"] = []
        if not any(line.display_type == "rounding" for line, _a, _b in targets):
            values["invoice_cash_rounding_id"] = False
        credit = move._reverse_moves([values], cancel=False)
        credit.write({"line_ids": commands})
        credit._reversal_square(targets, data.fee)
        credit._reversal_keep_receivable(move)
        self._reversal_post_part(step, credit)
        step._set_result(credit)

    def _reversal_keep_receivable(self, move):
        """The account that the customer owed on, though it is another one by now.

        The host takes the one of today (`account.move.line._compute_account_id`).
        """

        def terms(entry):
            return entry.line_ids.filtered(lambda ln: ln.display_type == "payment_term")

        account = terms(move).account_id[:1]
        changed = terms(self).filtered(lambda line: line.account_id != account)
        if account and changed:
            changed.account_id = account

    def _reversal_match_the_rest(self, steps):
        """Match what these credit notes left open on other accounts.

        Two invoices of a reversal may be matched with each other on a deposits
        account. The host's own reversal unmatches them and matches each with its
        credit note; here they stay, and their credit notes are matched instead.
        """
        for of_reversal in steps.grouped("reversal_id").values():
            moves = of_reversal._get_document()
            moves |= moves.browse(of_reversal.mapped("result_id"))
            lines = moves.line_ids.filtered(
                lambda line: line.account_id.reconcile
                and not line.reconciled
                and line.account_type not in ("asset_receivable", "liability_payable")
                and line.parent_state == "posted"
            )
            groups = lines.grouped(
                lambda line: (line.account_id, line.currency_id, line.partner_id)
            )
            for group in groups.values():
                if len({line.balance > 0 for line in group}) == 2:
                    group.reconcile()

    def _reversal_made(self):
        """What earlier reversals credited with these credit notes.

        :return: {credit note: CreditData}, of credit notes that reversals made
        """
        if not self:
            return {}
        # sudo: reversals of others, for what is left of the invoices.
        steps = (
            self.env["order.reversal.step"]
            .sudo()
            .search(
                [
                    ("operation", "=", "credit"),
                    ("result_model", "=", self._name),
                    ("result_id", "in", self.ids),
                ]
            )
        )
        found = {
            self.browse(step.result_id): CreditData.from_json(step.data)
            for step in steps
        }
        return {credit: data for credit, data in found.items() if not data.whole}

    def _reversal_post_part(self, step, credit):
        """Post the credit note of a part, which matches it with its invoice."""
        earlier = self.browse(CreditData.from_json(step.data).credit_ids)
        if earlier:
            self._reversal_unmatch_earlier(step)
        exact = credit._reversal_exactly(cancelled=bool(earlier))
        credit._reversal_acted(exact.action_post(), "posted")
        if earlier:
            move = step._get_document()._reversal_exactly(cancelled=True)
            move._reversal_match_again(earlier | credit)

    # ------------------------------------------------------------------
    # Checked
    # ------------------------------------------------------------------

    def _reversal_check_credit(self, step, books):
        """The credit note is posted, exact for every account, and matched."""
        move = step._get_document()
        credit = move.browse(step.result_id)
        if not books.has(credit) or credit.state != "posted":
            return [self.env._("The credit note of %s is not posted.", step.res_name)]
        problems = []
        sums = defaultdict(lambda: [0.0, 0.0])
        for account, amount, balance in move._reversal_credited_parts(step):
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

    def _reversal_credited_parts(self, step):
        """What the credit note must be the opposite of: (account, amount, balance)."""
        self.ensure_one()
        data = CreditData.from_json(step.data)
        if data.whole:
            return [
                (line.account_id, line.amount_currency, line.balance)
                for line in self.line_ids
            ]
        # sudo: accounts of items of this invoice, which the plan read as sudo, too.
        lines = self.env["account.move.line"].sudo()
        parts = [
            (lines.browse(part.line_id).account_id, part.amount, part.balance)
            for part in (*data.lines, *data.extras)
        ]
        parts += self._reversal_fee_parts(data.fee)
        term = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        parts.append(
            (
                term[:1].account_id,
                -sum(amount for _account, amount, _balance in parts),
                -sum(balance for _account, _amount, balance in parts),
            )
        )
        if any(
            lines.browse(part.line_id).display_type == "cogs" for part in data.extras
        ):
            return parts
        # No cost of goods was planned: the host computes it for the quantity credited.
        credit = self.browse(step.result_id)
        parts += [
            (line.account_id, -line.amount_currency, -line.balance)
            for line in credit.line_ids
            if line.display_type == "cogs"
        ]
        return parts

    # ------------------------------------------------------------------
    # Taken back
    # ------------------------------------------------------------------

    def _reversal_obstacles_credit(self, step, plan):
        """Its credit note must be one that can be cancelled."""
        self.browse(step.result_id).exists()._reversal_block_kept(plan)

    @api.private
    def _reversal_apply_uncredit(self, steps):
        """Cancel the credit notes: the invoices stand again."""
        origins = steps.origin_id
        credits = self.browse(origins.mapped("result_id"))
        posted = credits.filtered(lambda move: move.state == "posted")
        posted._reversal_acted(posted.button_cancel(), "cancel")
        origins.filtered(
            lambda step: CreditData.from_json(step.data).rematch_ids
        )._reversal_unmatch()
        for step in steps:
            step._set_result(self.browse(step.origin_id.result_id))

    def _reversal_check_uncredit(self, step, books):
        """:return: list of str"""
        credit = self.browse(step.origin_id.result_id).exists()
        if books.fresh and credit and credit.state != "cancel":
            return [self.env._("%s is not cancelled.", credit.name)]
        return []
