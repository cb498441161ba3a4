from odoo import models
from odoo.tools import float_compare, float_round

from ...const import CREDIT_TYPES, REVERSIBLE_TYPES
from ...plan import Rest, Share

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
        rest, used = products._reversal_rest()
        taken = None
        if plan.part is not None:
            taken = invoices._reversal_part(plan, rest)
        for move in invoices:
            plan.shares[move] = move._reversal_share(plan, rest, used, taken)
            if plan.reaches("invoice"):
                move._reversal_check_down_payment(plan, rest)
        if plan.part is not None:
            invoices._reversal_check_part(plan, rest)

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

    def _reversal_share(self, plan, rest, used, taken=None):
        """What a plan takes back of this invoice.

        :param dict rest: {invoice line: Rest} before it
        :param dict used: {credit note: invoices it counts against}
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
        credited = share.credits.line_ids.grouped(lambda line: line._reversal_key())
        for line in self.line_ids:
            if line.display_type in NO_EXTRAS:
                continue
            amount, balance = line.amount_currency, line.balance
            if exact and share.credits:
                taken = credited.pop(line._reversal_key(), share.credits.line_ids[:0])
                amount += sum(taken.mapped("amount_currency"))
                balance += sum(taken.mapped("balance"))
            if not share.whole and not (share.last and exact):
                ratio = self._reversal_base_ratio(line, share, exact)
                amount = line.currency_id.round(amount * ratio)
                balance = line.company_currency_id.round(balance * ratio)
            if amount or balance:
                extras[line] = (amount, balance)
        return extras

    def _reversal_credited_extras(self, share):
        """What earlier credit notes took back and the invoice never had.

        A copy in a foreign currency may have a tax of a cent in the company's
        currency alone; the last credit note gives it back.

        :return: {journal item: (amount in currency, balance)}
        """
        known = {line._reversal_key() for line in self.line_ids}
        lines = share.credits.line_ids.filtered(
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


class AccountMoveLine(models.Model):
    """What is left of an invoice line, and what takes it back."""

    _inherit = "account.move.line"

    def _reversal_siblings(self):
        """These invoice lines and all others of the same order lines."""
        siblings = self.sale_line_ids.invoice_lines.filtered(
            lambda line: line.move_id.state == "posted"
            and line.move_id.move_type in REVERSIBLE_TYPES
        )
        return self | siblings

    def _reversal_rest(self):
        """What no posted credit note took back of these lines yet.

        A credit note that names its invoice (`reversed_entry_id`) counts against
        that invoice; one made from the order counts against the order line's
        invoices, oldest first.

        :return: ({line: Rest}, {credit note: invoices it counts against})
        """
        lines = self._reversal_siblings().filtered(
            lambda line: line.display_type == "product"
        )
        rest = {
            line: Rest(line.quantity, line.amount_currency, line.balance)
            for line in lines
        }
        used = {}
        credit_lines = self._reversal_credit_lines(lines)
        named = credit_lines.filtered(lambda line: line.move_id.reversed_entry_id)
        for credit_line in named + (credit_lines - named):
            candidates = credit_line._reversal_candidates(lines)
            credit_line._reversal_allocate(candidates, rest, used)
        return rest, used

    def _reversal_credit_lines(self, lines):
        credits = lines.move_id.reversal_move_ids.invoice_line_ids
        credits |= lines.sale_line_ids.invoice_lines
        return credits.filtered(
            lambda line: line.display_type == "product"
            and line.move_id.state == "posted"
            and line.move_id.move_type in CREDIT_TYPES
        ).sorted(lambda line: (line.move_id.date, line.move_id.id, line.id))

    def _reversal_candidates(self, lines):
        """Invoice lines that this credit note line may take back, best first."""
        self.ensure_one()
        origin = self.move_id.reversed_entry_id
        free = self.currency_id.is_zero(self.amount_currency)
        pool = lines.filtered(
            lambda line: line.currency_id.is_zero(line.amount_currency)
            if free
            else line.amount_currency * self.amount_currency < 0
        )
        if origin:
            pool = pool.filtered(lambda line: line.move_id == origin)
        if self.sale_line_ids:
            pool = pool.filtered(lambda line: line.sale_line_ids & self.sale_line_ids)
        elif not origin:
            pool = pool.browse()
        return pool.sorted(
            lambda line: (
                line.product_id != self.product_id,
                line.account_id != self.account_id,
                line.price_unit != self.price_unit,
                line.move_id.date,
                line.move_id.id,
                line.sequence,
                line.id,
            )
        )

    def _reversal_allocate(self, candidates, rest, used):
        """Take this credit note line off the rest of the candidates."""
        self.ensure_one()
        if self.currency_id.is_zero(self.amount_currency):
            self._reversal_allocate_free(candidates, rest, used)
            return
        left = abs(self.amount_currency)
        sign = 1 if self.amount_currency < 0 else -1
        for line in candidates:
            taken = min(left, rest[line].amount * sign)
            if self.currency_id.compare_amounts(taken, 0.0) <= 0:
                continue
            self._reversal_take(line, taken, rest)
            used.setdefault(self.move_id, set()).add(line.move_id)
            left -= taken
        if candidates and self.currency_id.compare_amounts(left, 0.0) > 0:
            # More than was invoiced, so that the rest of that line is negative; a cent
            # that the host rounded up is missing elsewhere, its quantity is not.
            cent = (
                self.currency_id.compare_amounts(left, self.currency_id.rounding) <= 0
            )
            self._reversal_take(candidates[0], left, rest, counts=not cent)

    def _reversal_take(self, line, amount, rest, counts=True):
        """Take an amount of this credit note line off the rest of an invoice line.

        :param bool counts: whether the quantity goes down, too. It never does without
            a link to the order line, whose `qty_invoiced` stays then.
        """
        linked = not line.sale_line_ids or self.sale_line_ids & line.sale_line_ids
        quantity = self._reversal_quantity_in(line) if counts and linked else 0.0
        ratio = amount / abs(self.amount_currency)
        rest[line].take(ratio, quantity, self.amount_currency, self.balance)

    def _reversal_allocate_free(self, candidates, rest, used):
        """A line without an amount, fully discounted: quantities alone count."""
        part = 1.0
        for line in candidates:
            quantity = self._reversal_quantity_in(line)
            taken = min(part, rest[line].quantity / quantity) if quantity else 0.0
            if taken > 0:
                rest[line].take(taken, quantity, 0.0, 0.0)
                used.setdefault(self.move_id, set()).add(line.move_id)
                part -= taken

    def _reversal_quantity_in(self, line):
        """The quantity of this line in the unit of another one, not rounded."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.quantity, line.product_uom_id, round=False, raise_if_failure=False
        )

    def _reversal_key(self):
        """What pairs a journal item with its opposite on a credit note.

        A tax line by its tax and its part of it: the refund's repartition may name
        another account; anything else by its account.
        """
        self.ensure_one()
        if self.display_type == "tax" and self.tax_line_id:
            part = self.tax_repartition_line_id
            return ("tax", self.tax_line_id.id, part.factor_percent)
        return (self.display_type, self.account_id.id, self.product_id.id)

    def _reversal_part_vals(self, quantity, amount):
        """Values of a credit note line that takes back a part of this line."""
        self.ensure_one()
        values = self.with_context(include_business_fields=True).copy_data()[0]
        values.pop("move_id", None)
        if abs(quantity) < 1e-6:
            # Only money is left: it must not count against the order line.
            values.update(quantity=1.0, sale_line_ids=False)
            quantity = 1.0
        else:
            unit, quantity = self._reversal_part_unit(quantity)
            values.update(quantity=quantity, product_uom_id=unit.id)
        if self.amount_currency:
            values["price_unit"] = (
                self.price_unit
                * (amount / self.amount_currency)
                * (self.quantity / quantity)
            )
        return values

    def _reversal_part_unit(self, quantity):
        """A quantity of this line in a unit that can say it.

        One of two dozen is 0.08 of a dozen to the digits that a line has; in the unit
        of the order it is 1.

        :param float quantity: in the unit of this line
        :return: (`uom.uom`, quantity in it)
        """
        self.ensure_one()
        unit, own = self.sale_line_ids[:1].product_uom_id, self.product_uom_id
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        exact = float_compare(
            float_round(quantity, precision_digits=digits), quantity, precision_digits=6
        )
        if exact == 0 or not unit or unit == own:
            return own, quantity
        return unit, own._compute_quantity(quantity, unit)

    def _reversal_counter_vals(self, amount, balance):
        """Values of a line of a credit note that has no copy there yet."""
        self.ensure_one()
        values = self.copy_data()[0]
        values.pop("move_id", None)
        values.update(amount_currency=amount, balance=balance, sequence=self.sequence)
        part = self.tax_repartition_line_id
        if part and part.document_type == "invoice":
            mirrors = part.tax_id.refund_repartition_line_ids
            index = list(part.tax_id.invoice_repartition_line_ids).index(part)
            if index < len(mirrors):
                values["tax_repartition_line_id"] = mirrors[index].id
                values["tax_tag_ids"] = [(6, 0, mirrors[index].tag_ids.ids)]
        return values
