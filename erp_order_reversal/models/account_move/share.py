from odoo import models

from ...const import REVERSIBLE_TYPES
from ...plan import Share

# Lines that a share lists by themselves, or that follow from the others.
NO_EXTRAS = (
    "product",
    "payment_term",
    "line_section",
    "line_subsection",
    "line_note",
    "cogs",
)


class AccountMove(models.Model):
    """The part of an invoice that a reversal takes back."""

    _inherit = "account.move"

    def _reversal_plan_shares(self, plan):
        """Fill `plan.shares` for the posted invoices of the plan."""
        invoices = self.filtered(
            lambda move: move.state == "posted" and move.move_type in REVERSIBLE_TYPES
        )
        products = invoices.line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        rest, used, made = products._reversal_rest()
        taken = None
        if plan.part is not None:
            taken = invoices._reversal_part(plan, rest)
        for move in invoices:
            plan.shares[move] = move._reversal_share(plan, rest, used, made, taken)
            if plan.reaches("invoice"):
                move._reversal_check_down_payment(plan, rest)
        if plan.part is not None:
            invoices._reversal_check_part(plan, rest)
        invoices._reversal_plan_fees(plan)

    def _reversal_check_down_payment(self, plan, rest):
        """A down payment that another invoice deducted can't go back alone."""
        self.ensure_one()
        for line in plan.shares[self].lines:
            if line.quantity < 0:
                continue
            deducted = line.sale_line_ids.filtered("is_downpayment").invoice_lines
            others = deducted.filtered(
                lambda other, line=line: other.move_id not in plan.shares
                and other.move_id not in plan.records("account.move")
                and other.move_id.state != "cancel"
                and other.move_id.move_type in REVERSIBLE_TYPES
                and other.amount_currency * line.amount_currency < 0
                and (other not in rest or self._reversal_is_open(rest[other]))
            )
            if others:
                plan.block(
                    "down_payment_deducted",
                    self.env._(
                        "The down payment %(invoice)s was deducted on %(others)s.",
                        invoice=self.name,
                        others=", ".join(others.move_id.mapped("display_name")),
                    ),
                    self,
                    remedy=self.env._(
                        "Take %s back first, or the whole order.",
                        ", ".join(others.move_id.mapped("display_name")),
                    ),
                )

    def _reversal_share(self, plan, rest, used, made, taken=None):
        """What a plan takes back of this invoice.

        :param dict rest: {invoice line: Rest} before it
        :param dict used: {credit note: invoices it counts against}
        :param dict made: {credit note of an earlier reversal: CreditData}
        :param dict taken: {invoice line: Rest} of a part; None for all of the orders
        :return: Share
        """
        self.ensure_one()
        products = self.line_ids.filtered(lambda line: line.display_type == "product")
        orders = plan.records("sale.order")
        foreign = products.browse()
        if plan.root != self and orders:
            foreign = products.filtered(
                lambda line: line.sale_line_ids.order_id - orders
            )
        own = products - foreign
        if any(self._reversal_is_open(rest[line]) for line in foreign):
            # Lines of no order go with the last one.
            own = own.filtered("sale_line_ids")
        credits = self.browse(
            credit.id for credit, invoices in used.items() if self in invoices
        ).with_prefetch([credit.id for credit in used])
        is_open = self._reversal_is_open
        lines = {line: rest[line] for line in own if is_open(rest[line])}
        whole = own == products
        if taken is not None:
            whole = not any(
                is_open(rest[line].minus(taken.get(line))) for line in products
            )
            lines = {line: taken[line] for line in products if line in taken}
        share = Share(
            whole=whole and not credits,
            last=not any(
                is_open(rest[line].minus(lines.get(line))) for line in products
            ),
            lines=lines,
            rests={line: rest[line] for line in products},
            credits=credits,
            made={credit: made[credit] for credit in credits if credit in made},
            foreign=sorted(
                set((foreign.sale_line_ids.order_id - orders).mapped("name"))
            ),
        )
        exact = all(used[credit] == {self} for credit in credits)
        share.extras = self._reversal_share_extras(share, exact)
        if share.last and exact and credits:
            share.extras.update(self._reversal_credited_extras(share))
            share.rematch = self._reversal_inexact_matches(share)
        amounts = [(part.amount, part.quantity) for part in share.lines.values()]
        amounts += [(amount, 0.0) for amount, _balance in share.extras.values()]
        if credits and not any(self._reversal_is_amount(*found) for found in amounts):
            # A cent of the company's currency is no reason for a credit note of 0.00.
            share.lines, share.extras = {}, {}
        total = sum(amount for amount, _quantity in amounts)
        share.total = abs(total)
        share.exceeded = (
            self.currency_id.compare_amounts(total * self.direction_sign, 0.0) < 0
        )
        return share

    def _reversal_is_open(self, rest):
        return self._reversal_is_amount(
            rest.amount, rest.quantity
        ) or not self.company_currency_id.is_zero(rest.balance)

    def _reversal_is_amount(self, amount, quantity):
        return not self.currency_id.is_zero(amount) or abs(quantity) >= 1e-6

    def _reversal_share_extras(self, share, exact):
        """Taxes, roundings and discounts that go with the lines of a share.

        The last credit note takes the remainder, so that the sum is exact; any
        other one takes its part of what is left, in proportion to the base that is
        left, so that no cents pile up.

        :param bool exact: the earlier credit notes concern this invoice alone
        :return: {journal item: (amount in currency, balance)}
        """
        extras = {}
        if not share.lines and not share.whole:
            return extras
        credited = self._reversal_credited(share)
        for line in self.line_ids:
            if line.display_type in NO_EXTRAS:
                continue
            amount, balance = line.amount_currency, line.balance
            if exact and share.credits:
                for key in (line, line._reversal_key()):
                    taken = credited.pop(key, (0.0, 0.0))
                    amount += taken[0]
                    balance += taken[1]
            if not share.whole and not (share.last and exact):
                ratio = self._reversal_base_ratio(line, share, exact)
                amount = line.currency_id.round(amount * ratio)
                balance = line.company_currency_id.round(balance * ratio)
            if amount or balance:
                extras[line] = (amount, balance)
        return extras

    def _reversal_credited(self, share):
        """What earlier credit notes took back of the other journal items.

        An earlier reversal knows of which item; of any other credit note, its kind.

        :return: {journal item or its key: (amount in currency, balance)}
        """
        found = {}

        def add(key, amount, balance):
            before = found.get(key, (0.0, 0.0))
            found[key] = (before[0] + amount, before[1] + balance)

        for line in (share.credits - self.union(*share.made)).line_ids:
            add(line._reversal_key(), line.amount_currency, line.balance)
        for data in share.made.values():
            for part in data.extras:
                line = self.line_ids.browse(part.line_id)
                add(line, -part.amount, -part.balance)
        return found

    def _reversal_credited_extras(self, share):
        """What earlier credit notes took back and the invoice never had.

        A copy in a foreign currency may have a tax of a cent in the company's
        currency alone; the last credit note gives it back.

        :return: {journal item: (amount in currency, balance)}
        """
        known = {line._reversal_key() for line in self.line_ids}
        others = share.credits - self.union(*share.made)
        lines = others.line_ids.filtered(
            lambda line: line.display_type not in NO_EXTRAS
            and line._reversal_key() not in known
        )
        extras = {}
        for same in lines.grouped(lambda line: line._reversal_key()).values():
            amount = sum(same.mapped("amount_currency"))
            balance = sum(same.mapped("balance"))
            if amount or balance:
                extras[same[0]] = (amount, balance)
        return extras

    def _reversal_inexact_matches(self, share):
        """Matches with earlier credit notes that carry entries of their own.

        Exchange differences and cash-basis entries of parts don't add up to nothing.
        When the last part of the invoice is credited, the parts are matched anew,
        all at once, so that none is left. Not where a credit note was paid back: that
        did happen.
        """

        def terms(move):
            return move.line_ids.filtered(
                lambda line: line.account_type
                in ("asset_receivable", "liability_payable")
            )

        partials = terms(self).matched_debit_ids | terms(self).matched_credit_ids
        of_credits = terms(share.credits)
        others = (
            of_credits.matched_debit_ids | of_credits.matched_credit_ids
        ).filtered(
            lambda partial: not (
                partial.debit_move_id | partial.credit_move_id
            ).move_id.exchange_diff_partial_ids
        )
        partials &= others
        if others - partials:
            return partials.browse()
        if any(data.fee for data in share.made.values()):
            # What was charged stays due, and its taxes with it.
            return partials.browse()
        cash_basis = (
            self.tax_cash_basis_created_move_ids
            | share.credits.tax_cash_basis_created_move_ids
        ).tax_cash_basis_rec_id
        return partials.filtered(
            lambda partial: partial.exchange_move_id or partial in cash_basis
        )

    def _reversal_base_ratio(self, line, share, exact):
        """Part of the base of a tax line that lies in the share (0 to 1).

        :param bool exact: of the base that earlier credit notes left, else of all
        """
        tax = line.tax_line_id

        def is_base(product):
            return not tax or tax in product.tax_ids.flatten_taxes_hierarchy()

        whole = sum(
            rest.amount if exact else item.amount_currency
            for item, rest in share.rests.items()
            if is_base(item)
        )
        part = sum(rest.amount for item, rest in share.lines.items() if is_base(item))
        return part / whole if whole else 0.0
