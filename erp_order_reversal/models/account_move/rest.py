from odoo import models

from ...const import CREDIT_TYPES, REVERSIBLE_TYPES
from ...plan import Rest


class AccountMoveLine(models.Model):
    """What is left of an invoice line after earlier credit notes."""

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

        :return: ({line: Rest}, {credit note: invoices it counts against},
            {credit note of an earlier reversal: CreditData})
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
        made = credit_lines.move_id._reversal_made()
        for credit, data in made.items():
            for part in data.lines:
                line = lines.browse(part.line_id)
                if line in rest:
                    rest[line] = rest[line].minus(part)
                    used.setdefault(credit, set()).add(line.move_id)
        credit_lines = credit_lines.filtered(lambda line: line.move_id not in made)
        named = credit_lines.filtered(lambda line: line.move_id.reversed_entry_id)
        for credit_line in named + (credit_lines - named):
            candidates = credit_line._reversal_candidates(lines)
            credit_line._reversal_allocate(candidates, rest, used)
        return rest, used, made

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
        pool = lines
        if origin:
            pool = pool.filtered(lambda line: line.move_id == origin)
        if self.sale_line_ids:
            pool = pool.filtered(lambda line: line.sale_line_ids & self.sale_line_ids)
        elif not origin:
            pool = pool.browse()
        of_sign = pool.filtered(
            lambda line: line.currency_id.is_zero(line.amount_currency)
            if free
            else line.amount_currency * self.amount_currency < 0
        )
        # With the sign of the invoice it charges more of what was ordered; a line of
        # no order (a fee) is a charge of its own.
        pool = of_sign or (self.sale_line_ids and pool)
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
        if candidates and candidates[0].amount_currency * self.amount_currency > 0:
            # One quantity was lowered and another one raised: more of this one is
            # invoiced (`sale.order._create_invoices`, final).
            self._reversal_take(candidates[0], abs(self.amount_currency), rest)
            used.setdefault(self.move_id, set()).add(candidates[0].move_id)
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
